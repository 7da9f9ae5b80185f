"""Who may approve without the centre, and what became of what they signed."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy import Connection

from sync.central.api.calls import Answer, Calls
from sync.central.api.records import Cursor, Limit
from sync.central.centre import Centre
from sync.central.commands import approvers
from sync.central.commands.approvers_asked import NewApprover, NewRevocation, Unlocking
from sync.central.store import approval_listing
from sync.central.store.act import Act
from sync.central.store.approval_keys import Issuer, issuer_of, require_issuer
from sync.central.store.approvers import find
from sync.central.store.scope import Scope

Code = Annotated[str, Path(min_length=1, max_length=80)]


def approvals_router(centre: Centre, calls: Calls) -> APIRouter:
    """Approvers, their certificates, and the verdicts on what they signed."""
    router = APIRouter(prefix="/v1", tags=["approvals"], route_class=calls.route)

    def issuer(act: Act) -> Issuer:
        return require_issuer(issuer_of(act.conn, centre.policy_key), act.posted_at)

    @router.post("/approvers", summary="Enrol an approver, or give one other limits", status_code=201)
    def enrol_(request: Request, body: NewApprover) -> Response:
        """The key is the approver's own; a certificate goes to the stations of the sites at once."""

        def within(scope: Scope) -> None:
            for site in body.sites:
                scope.act(site)

        def do(act: Act) -> Answer:
            known = find(act.conn, body.approver)
            # Limits that hold at other sites too are not changed from one of them.
            for site in json.loads(known.sites) if known is not None else ():
                calls.scope(request, act.conn).act(site)
            return approvers.enrol(act, issuer(act), body)

        return calls.command(request, do, status=201, within=within)

    @router.get("/approvers", summary="All approvers")
    def approvers_(request: Request) -> Response:
        """By code, those of the caller's sites."""
        return calls.scoped(request, lambda conn, scope: approval_listing.everyone(conn, scope.sites))

    @router.get("/approvers/{code}", summary="One approver")
    def approver_(request: Request, code: Code) -> Response:
        """Limits, sites and state."""
        return calls.scoped(request, lambda conn, scope: _seen(scope, approval_listing.one(conn, code)))

    @router.post("/approvers/{code}/revoke", summary="End an approver's key for good")
    def revoke_(request: Request, code: Code, body: NewRevocation) -> Response:
        """Stations hear of it with their next sync; what was signed before is judged by what proves it."""

        def do(act: Act) -> Answer:
            _seen(calls.scope(request, act.conn), approval_listing.one(act.conn, code))
            return approvers.revoke(act, issuer(act), code, body)

        return calls.command(request, do)

    @router.post("/approvers/{code}/unlock", summary="Let an approver try the PIN again at a station")
    def unlock_(request: Request, code: Code, body: Unlocking) -> Response:
        """The station hears of it with its next sync; the token in the answer can be carried there."""

        def do(act: Act) -> Answer:
            _seen(calls.scope(request, act.conn), approval_listing.one(act.conn, code))
            return approvers.unlock(act, issuer(act), code, body)

        return calls.command(request, do)

    _shown(router, calls)
    return router


def _shown(router: APIRouter, calls: Calls) -> None:
    @router.get("/approvers/{code}/digest", summary="An approver's day")
    def digest_(request: Request, code: Code, day: Annotated[date, Query()]) -> Response:
        """All that was approved in that name and came on that day (UTC), for the approver to look at."""

        def ask(conn: Connection, scope: Scope) -> Answer:
            _seen(scope, approval_listing.one(conn, code))
            return approval_listing.digest(conn, code, day)

        return calls.scoped(request, ask)

    @router.get("/approvals", summary="Verdicts on approvals")
    def approvals_(
        request: Request,
        verdict: Annotated[Literal["valid", "review", "invalid"] | None, Query()] = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response:
        """Event by event in the order they were judged, each with every approval and every reason."""
        return calls.scoped(
            request,
            lambda conn, scope: approval_listing.approvals(conn, verdict, cursor, limit, scope.sites),
        )


def _seen(scope: Scope, found: dict[str, object]) -> dict[str, object]:
    """An approver, to whoever may see one of its sites."""
    sites = found["sites"]
    scope.see_one(*(map(str, sites) if isinstance(sites, list) else ()))
    return found
