"""Stock: what came in, what was counted, what goes for good, and the moves behind it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Connection

from sync.central.api.blind import Named
from sync.central.api.calls import Answer, Calls
from sync.central.api.records import Cursor, Limit
from sync.central.commands import counting, stock, write_offs
from sync.central.commands.requests import Count, Decision, Receipt, WriteOff
from sync.central.store import listing, write_off_listing
from sync.central.store.act import Act
from sync.central.store.scope import Scope


def stock_router(calls: Calls) -> APIRouter:
    """What moves stock beside orders, and what is asked about it."""
    router = APIRouter(prefix="/v1", tags=["stock"], route_class=calls.route)

    @router.post("/receipts", summary="Take goods in", status_code=201)
    def receive_(request: Request, body: Receipt) -> Response:
        """New goods are sellable at once; orders that waited are filled in the same act."""
        return calls.command(
            request,
            lambda act: stock.receive(act, body),
            at=body.at,
            status=201,
            within=lambda scope: scope.act_at(body.location),
        )

    @router.post("/counts", summary="Record what a count found", status_code=201)
    def count_(request: Request, body: Count) -> Response:
        """Differences in sellable stock of one place; below zero opens an exception.

        Of an item that is told apart by lots or serials each line names its lot or its one serial.
        """
        return calls.command(
            request,
            lambda act: counting.adjust(act, body),
            at=body.at,
            status=201,
            within=lambda scope: scope.act_at(body.location),
        )

    _write_offs(router, calls)

    @router.get("/moves", summary="The moves behind a balance")
    def moves_(
        request: Request,
        sku: Annotated[str, Query(min_length=1)],
        owner: Annotated[str | None, Query()] = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response:
        """In the order they were posted, each with the event that caused it."""
        return calls.scoped(
            request, lambda conn, scope: listing.moves(conn, sku, owner, cursor, limit, sites=scope.sites)
        )

    return router


def _write_offs(router: APIRouter, calls: Calls) -> None:
    @router.post("/write-offs", summary="Ask for a write-off", status_code=201)
    def request_(request: Request, body: WriteOff) -> Response:
        """No unit moves before a supervisor decides."""
        return calls.command(
            request,
            lambda act: write_offs.request(act, body),
            at=body.at,
            status=201,
            within=lambda scope: scope.act_at(body.location),
        )

    @router.get("/write-offs", summary="Write-offs, the oldest request first")
    def write_offs_(
        request: Request,
        *,
        state: Annotated[Literal["requested", "approved", "rejected", "withdrawn"] | None, Query()] = None,
        site: Named = None,
        owner: Named = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response:
        """Each with its unit, the rule that asked for it, its photos' addresses and its value at cost."""
        wanted = write_off_listing.Wanted(state, site, owner)
        return calls.scoped(
            request,
            lambda conn, scope: write_off_listing.listed(conn, wanted, cursor, limit, scope.sites),
        )

    @router.get("/write-offs/{code}", summary="One write-off")
    def write_off_(request: Request, code: str) -> Response:
        """The request and the decision."""

        def ask(conn: Connection, scope: Scope) -> Answer:
            found = write_offs.document(conn, code)
            scope.see_at(write_offs.place_of(conn, code))
            return found

        return calls.scoped(request, ask)

    @router.post("/write-offs/{code}/decision", summary="Approve or reject a write-off")
    def decide_(request: Request, code: str, body: Decision) -> Response:
        """A supervisor decides, never the one who asked; approved units leave stock for good."""

        def do(act: Act) -> Answer:
            calls.scope(request, act.conn).act_at(write_offs.place_of(act.conn, code))
            return write_offs.decide(act, code, body)

        return calls.command(request, do, at=body.at)
