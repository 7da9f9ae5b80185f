"""Transfers over HTTP: one call for each milestone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Connection

from sync.central.api.calls import Answer, Calls
from sync.central.api.records import Cursor, Limit
from sync.central.centre import Centre
from sync.central.commands import transfer_receipts, transfers
from sync.central.commands.transfers_asked import NewTransfer, TransferParts, TransferReceipt, TransferStep
from sync.central.rules.outcomes import Declined
from sync.central.rules.transfer import Milestone
from sync.central.store import transfers as kept
from sync.central.store.act import Act
from sync.central.store.scope import Scope

_MOST_HOURS = 24 * 3650
Doing = Callable[[Act], Answer | Declined]
Hours = Annotated[int | None, Query(ge=0, le=_MOST_HOURS)]


def transfers_router(centre: Centre, calls: Calls) -> APIRouter:
    """Units on their way between sites: claimed, gone, and in exactly one lane until they arrive."""
    router = APIRouter(prefix="/v1/transfers", tags=["transfers"], route_class=calls.route)

    @router.post("", summary="Draft a transfer", status_code=201)
    def draft_(request: Request, body: NewTransfer) -> Response:
        """What is to go from one site to another; nothing is claimed before it is approved."""
        return calls.command(
            request,
            lambda act: transfers.draft(act, body),
            at=body.at,
            status=201,
            within=lambda scope: scope.see_one(body.source, body.target),
        )

    @router.get("", summary="Transfers by code")
    def transfers_(
        request: Request,
        *,
        state: Annotated[Milestone | None, Query()] = None,
        site: Annotated[str | None, Query(min_length=1)] = None,
        older_than: Hours = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response:
        """From or to a site; `older_than` gives those at their milestone for more hours than that."""
        now = centre.clock.now()
        older = now - timedelta(hours=older_than) if older_than is not None else None
        where = {"state": state.value if state else None, "site": site}
        return calls.scoped(
            request,
            lambda conn, scope: kept.page(
                conn, where, older=older, cursor=cursor, limit=limit, now=now, sites=scope.sites
            ),
        )

    @router.get("/{code}", summary="One transfer")
    def one_(request: Request, code: str, limit_hours: Hours = None) -> Response:
        """Its lines, milestones and ages; with `limit_hours` an alarm for each milestone that took longer."""

        def ask(conn: Connection, scope: Scope) -> Answer:
            row = kept.find(conn, code)
            scope.see_one(row.source, row.target)
            return kept.document(conn, code, centre.clock.now(), limit_hours)

        return calls.scoped(request, ask)

    _sending(router, calls)
    _receiving(router, calls)
    return router


def _sending(router: APIRouter, calls: Calls) -> None:
    """Steps of the site that sends."""

    def step(request: Request, code: str, at: datetime | None, do: Doing) -> Response:
        return calls.command(request, do, at=at, within=lambda scope: scope.sends(code))

    @router.post("/{code}/approve", summary="Approve a transfer")
    def approve_(request: Request, code: str, body: TransferStep | None = None) -> Response:
        """Claims its units at the source, all of them or none."""
        return step(request, code, body.at if body else None, lambda act: transfers.approve(act, code))

    @router.post("/{code}/pick", summary="Count units as picked")
    def pick_(request: Request, code: str, body: TransferParts | None = None) -> Response:
        """Everything claimed, or the lines that are named; in as many calls as it takes."""
        asked = body or TransferParts()
        return step(request, code, asked.at, lambda act: transfers.pick(act, code, asked))

    @router.post("/{code}/ship", summary="Ship what is picked")
    def ship_(request: Request, code: str, body: TransferParts | None = None) -> Response:
        """Units leave the source and are in the lane, and nowhere else, until they arrive."""
        asked = body or TransferParts()
        return step(request, code, asked.at, lambda act: transfers.ship(act, code, asked))

    @router.post("/{code}/depart", summary="It is on its way")
    def depart_(request: Request, code: str, body: TransferStep | None = None) -> Response:
        """What was approved and did not leave with it is free again."""
        return step(request, code, body.at if body else None, lambda act: transfers.depart(act, code))

    @router.post("/{code}/cancel", summary="Cancel a transfer")
    def cancel_(request: Request, code: str, body: TransferStep | None = None) -> Response:
        """Before anything has left; its claims are free again."""
        return step(request, code, body.at if body else None, lambda act: transfers.cancel(act, code))


def _receiving(router: APIRouter, calls: Calls) -> None:
    """Steps of the site that receives."""

    def step(request: Request, code: str, at: datetime | None, do: Doing) -> Response:
        return calls.command(request, do, at=at, within=lambda scope: scope.receives(code))

    @router.post("/{code}/arrive", summary="It has arrived")
    def arrive_(request: Request, code: str, body: TransferStep | None = None) -> Response:
        """It stands at the target's dock; nothing of it is in stock before it is received."""
        return step(request, code, body.at if body else None, lambda act: transfers.arrive(act, code))

    @router.post("/{code}/receive", summary="Take its units in")
    def receive_(request: Request, code: str, body: TransferReceipt) -> Response:
        """Sound units are sellable at once; what does not fit stands and opens an exception."""

        def within(scope: Scope) -> None:
            scope.receives(code)
            scope.act_at(body.location, *(came.location for came in body.lines if came.location))

        return calls.command(
            request, lambda act: transfer_receipts.receive(act, code, body), at=body.at, within=within
        )

    @router.post("/{code}/close", summary="Close a transfer")
    def close_(request: Request, code: str, body: TransferStep | None = None) -> Response:
        """What is still on its way is short: booked out, with an exception that says what it is worth."""
        return step(request, code, body.at if body else None, lambda act: transfers.close(act, code))
