"""Claims on stock: baskets, the rows behind a reserved number, and why each was given or refused."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from app.domain.fields import EXACT_MAX
from sync.central.api.calls import Calls
from sync.central.api.records import Cursor, Limit
from sync.central.commands import baskets, reservations
from sync.central.commands.baskets_asked import Basket, BasketChange
from sync.central.commands.reservations import Gift, Move
from sync.central.store import claim_listing

Number = Annotated[int, Path(ge=1, le=EXACT_MAX)]
Word = Annotated[str | None, Query(min_length=1, max_length=100)]


def claims_router(calls: Calls) -> APIRouter:
    """Who claims what, and the decisions behind it."""
    router = APIRouter(prefix="/v1", tags=["claims"], route_class=calls.route)

    @router.post("/holds", summary="Claim units for a basket", status_code=201)
    def place_(request: Request, body: Basket) -> Response:
        """Ends by itself; 409 when there is not enough, with who holds the units."""
        return calls.command(request, lambda act: baskets.place(act, body), status=201)

    @router.get("/holds/{hold}", summary="One basket claim")
    def hold_(hold: str) -> Response:
        """Its lines, its end and its state."""
        return calls.query(lambda conn: baskets.document(conn, hold))

    @router.post("/holds/{hold}/change", summary="Change or extend a basket claim")
    def change_(request: Request, hold: str, body: BasketChange) -> Response:
        """Its own units do not stand in its way."""
        return calls.command(request, lambda act: baskets.change(act, hold, body))

    @router.post("/holds/{hold}/release", summary="Give a basket's units back")
    def release_(request: Request, hold: str) -> Response:
        """Orders that wait get them in the same act."""
        return calls.command(request, lambda act: baskets.release(act, hold))

    @router.get("/reservations", summary="The claims behind a reserved number")
    def reservations_(
        owner: Word = None,
        sku: Word = None,
        document: Word = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response:
        """What is reserved of an item is the sum of these rows."""
        given = {"owner": owner, "sku": sku, "document": document}
        return calls.query(lambda conn: claim_listing.reservations(conn, given, cursor, limit))

    @router.post("/reservations/{number}/move", summary="Move a claim to another site")
    def move_(request: Request, number: Number, body: Move) -> Response:
        """The target is checked first; 409 when it has no room."""
        return calls.command(request, lambda act: reservations.move(act, number, body))

    @router.post("/reservations/{number}/give", summary="Give claimed units to another order")
    def give_(request: Request, number: Number, body: Gift) -> Response:
        """Both orders keep the decision and its reason."""
        return calls.command(request, lambda act: reservations.give(act, number, body))

    @router.get("/decisions", summary="Why something was given, refused or moved")
    def decisions_(subject: Annotated[str, Query(min_length=3, max_length=100)]) -> Response:
        """Subjects are order:CODE, hold:CODE, wave:CODE; each decision in sentences and as it was kept."""
        return calls.query(lambda conn: claim_listing.decisions(conn, subject))

    return router
