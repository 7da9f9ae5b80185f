"""Allocation policies: who gets units first, what is kept back, what may wait."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from sync.central.api.calls import Calls
from sync.central.commands import allocation_policies
from sync.central.commands.allocation_policies import NewAllocationPolicy


def allocation_policies_router(calls: Calls) -> APIRouter:
    """The rules that planners publish for promising stock."""
    router = APIRouter(prefix="/v1", tags=["records"], route_class=calls.route)

    @router.post("/allocation-policies", summary="Publish an allocation policy", status_code=201)
    def publish_(request: Request, body: NewAllocationPolicy) -> Response:
        """The policy is read whole before it is in force; a mistake names its line and key."""
        do = allocation_policies.publish
        return calls.command(request, lambda act: do(act, body.source), status=201)

    @router.get("/allocation-policies", summary="All versions of the allocation policy")
    def versions_() -> Response:
        """Each with when and by whom it was published, the one in force first."""
        return calls.query(allocation_policies.versions)

    @router.get("/allocation-policies/current", summary="The allocation policy in force")
    def current_() -> Response:
        """Its version and its text."""
        return calls.query(allocation_policies.current)

    return router
