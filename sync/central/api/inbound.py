"""Inbound supply over HTTP: purchase orders and despatch advices, and orders that are met from them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Connection

from sync.central.api.calls import Answer, Calls
from sync.central.api.records import Cursor, Limit
from sync.central.commands import inbound
from sync.central.commands.inbound_asked import Inbound, InboundCancellation, InboundChange, SupplyClaims
from sync.central.store import supplies
from sync.central.store.scope import Scope


def inbound_router(calls: Calls) -> APIRouter:
    """What suppliers are to send; POST /v1/receipts counts what comes."""
    router = APIRouter(prefix="/v1", tags=["inbound"], route_class=calls.route)

    @router.post("/inbound", summary="Announce inbound supply", status_code=201)
    def announce_(request: Request, body: Inbound) -> Response:
        """A purchase order or despatch advice; nothing of it is in stock or promised by that."""
        return calls.command(
            request,
            lambda act: inbound.announce(act, body),
            at=body.at,
            status=201,
            within=lambda scope: scope.act(body.site),
        )

    @router.get("/inbound", summary="Inbound supply by code")
    def inbound_(
        request: Request,
        state: Annotated[Literal["open", "closed", "cancelled"] | None, Query()] = None,
        site: Annotated[str | None, Query(min_length=1)] = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response:
        """One page; `next` is the cursor of the following one."""
        return calls.scoped(
            request,
            lambda conn, scope: supplies.page(conn, state, site, cursor, limit, sites=scope.sites),
        )

    @router.get("/inbound/{code}", summary="One inbound supply")
    def one_(request: Request, code: str) -> Response:
        """Its lines, what is to come of each, and who claims it."""

        def ask(conn: Connection, scope: Scope) -> Answer:
            scope.supply(code)
            return supplies.document(conn, code)

        return calls.scoped(request, ask)

    _offer_changes(router, calls)
    return router


def _offer_changes(router: APIRouter, calls: Calls) -> None:
    @router.post("/inbound/{code}/lines", summary="Change inbound lines")
    def change_(request: Request, code: str, body: InboundChange) -> Response:
        """Another quantity or date, or lines that are new; claims beyond what is to come are taken back."""
        return calls.command(
            request,
            lambda act: inbound.change(act, code, body),
            at=body.at,
            within=lambda scope: scope.supply(code),
        )

    @router.post("/inbound/{code}/cancel", summary="Close inbound lines short")
    def cancel_(request: Request, code: str, body: InboundCancellation | None = None) -> Response:
        """Nothing more will come of these lines, or of any; claims on it are taken back."""
        asked = body or InboundCancellation()
        return calls.command(
            request,
            lambda act: inbound.cancel(act, code, asked),
            at=asked.at,
            within=lambda scope: scope.supply(code),
        )

    @router.post("/orders/{order}/claim-supply", summary="Meet an order from inbound supply")
    def claim_(request: Request, order: str, body: SupplyClaims) -> Response:
        """Waiting units are reserved of what is to come; when it comes they are the first to get it."""

        def within(scope: Scope) -> None:
            scope.order(order)
            for line in body.lines:
                scope.supply(line.supply)

        return calls.command(request, lambda act: inbound.claim(act, order, body), within=within)
