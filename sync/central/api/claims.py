"""Claims on stock: baskets, the rows behind a reserved number, and why each was given or refused."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy import Connection

from app.domain.fields import EXACT_MAX
from sync.central.api.calls import Answer, Calls
from sync.central.api.records import Cursor, Limit
from sync.central.commands import baskets, reservations
from sync.central.commands.baskets_asked import Basket, BasketChange
from sync.central.commands.reservations import Gift, Move
from sync.central.store import claim_listing, told
from sync.central.store.scope import Scope

Number = Annotated[int, Path(ge=1, le=EXACT_MAX)]
Word = Annotated[str | None, Query(min_length=1, max_length=100)]


def claims_router(calls: Calls) -> APIRouter:
    """Who claims what, and the decisions behind it."""
    router = APIRouter(prefix="/v1", tags=["claims"], route_class=calls.route)

    @router.post("/holds", summary="Claim units for a basket", status_code=201)
    def place_(request: Request, body: Basket) -> Response:
        """Ends by itself; 409 when there is not enough, with who holds the units."""
        return calls.command(
            request,
            lambda act: baskets.place(act, body),
            status=201,
            within=lambda scope: scope.see(*(line.site for line in body.lines)),
        )

    @router.get("/holds/{hold}", summary="One basket claim")
    def hold_(request: Request, hold: str) -> Response:
        """Its lines, its end and its state."""

        def ask(conn: Connection, scope: Scope) -> Answer:
            scope.basket(hold)
            return baskets.document(conn, hold)

        return calls.scoped(request, ask)

    @router.post("/holds/{hold}/change", summary="Change or extend a basket claim")
    def change_(request: Request, hold: str, body: BasketChange) -> Response:
        """Its own units do not stand in its way."""

        def within(scope: Scope) -> None:
            scope.basket(hold)
            scope.see(*(line.site for line in body.lines or ()))

        return calls.command(request, lambda act: baskets.change(act, hold, body), within=within)

    @router.post("/holds/{hold}/release", summary="Give a basket's units back")
    def release_(request: Request, hold: str) -> Response:
        """Orders that wait get them in the same act."""
        return calls.command(
            request, lambda act: baskets.release(act, hold), within=lambda scope: scope.basket(hold)
        )

    _offer_reservations(router, calls)
    return router


def _offer_reservations(router: APIRouter, calls: Calls) -> None:
    @router.get("/reservations", summary="The claims behind a reserved number")
    def reservations_(
        request: Request,
        *,
        owner: Word = None,
        sku: Word = None,
        document: Word = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response:
        """What is reserved of an item is the sum of these rows."""
        given = {"owner": owner, "sku": sku, "document": document}
        return calls.scoped(
            request,
            lambda conn, scope: claim_listing.reservations(conn, given, cursor, limit, scope.sites),
        )

    @router.post("/reservations/{number}/move", summary="Move a claim to another site")
    def move_(request: Request, number: Number, body: Move) -> Response:
        """The target is checked first; 409 when it has no room."""

        def within(scope: Scope) -> None:
            scope.claim(number)
            scope.act(body.site)

        return calls.command(request, lambda act: reservations.move(act, number, body), within=within)

    @router.post("/reservations/{number}/give", summary="Give claimed units to another order")
    def give_(request: Request, number: Number, body: Gift) -> Response:
        """Both orders keep the decision and its reason."""

        def within(scope: Scope) -> None:
            scope.claim(number)
            scope.order(body.order)

        return calls.command(request, lambda act: reservations.give(act, number, body), within=within)

    @router.get("/decisions", summary="Why something was given, refused or moved")
    def decisions_(subject: Annotated[str, Query(min_length=3, max_length=100)]) -> Response:
        """Of order:CODE, hold:CODE or transfer:CODE; each decision in sentences and as it was kept."""
        return calls.query(lambda conn: told.of_subject(conn, subject))
