"""Customer orders and returns."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Connection

from sync.central.api.calls import Answer, Calls
from sync.central.api.records import Cursor, Limit
from sync.central.commands import capture, fulfilment, replacing, return_exits, returns, reversing
from sync.central.commands.requests import Cancellation, Order, Return, Shipment
from sync.central.commands.return_exits_asked import ReturnExit, ReturnSent, Reversal
from sync.central.store import listing, orders
from sync.central.store.scope import Scope


def trade_router(calls: Calls) -> APIRouter:
    """What customers order and send back."""
    router = APIRouter(prefix="/v1", tags=["trade"], route_class=calls.route)

    @router.post("/orders", summary="Capture an order", status_code=201)
    def capture_(request: Request, body: Order) -> Response:
        """Reserves what can be promised in the same act; ship=available ships it at once."""

        def within(scope: Scope) -> None:
            scope.see(body.site)
            if body.hold is not None:
                scope.basket(body.hold)

        return calls.command(
            request, lambda act: capture.capture(act, body), at=body.at, status=201, within=within
        )

    @router.get("/orders", summary="Orders in the order of their capture")
    def orders_(
        request: Request,
        state: Annotated[Literal["open", "shipped", "cancelled"] | None, Query()] = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response:
        """One page; `next` is the cursor of the following one. Not those bound to a site outside."""
        return calls.scoped(
            request, lambda conn, scope: listing.order_page(conn, state, cursor, limit, scope.sites)
        )

    @router.get("/orders/{order}", summary="One order")
    def order_(request: Request, order: str) -> Response:
        """The order and where each line stands, with its ETag."""
        return calls.shared(
            request, lambda conn: orders.found(conn, order), within=lambda scope: scope.order(order)
        )

    _fulfilment(router, calls)
    _returns(router, calls)
    return router


def _fulfilment(router: APIRouter, calls: Calls) -> None:
    @router.post("/orders/{order}/ship", summary="Ship what is reserved")
    def ship_(request: Request, order: str, body: Shipment | None = None) -> Response:
        """Ships everything reserved, or the lines that are named."""
        asked = body or Shipment()
        return calls.command(
            request,
            lambda act: fulfilment.ship_order(act, order, asked),
            at=asked.at,
            within=lambda scope: scope.order(order),
            current=lambda conn: orders.found(conn, order),
        )

    @router.post("/orders/{order}/cancel", summary="Give up what is not shipped")
    def cancel_(request: Request, order: str, body: Cancellation | None = None) -> Response:
        """Gives up everything not shipped, or the lines that are named; freed units fill backorders."""
        asked = body or Cancellation()
        return calls.command(
            request,
            lambda act: replacing.cancel(act, order, asked),
            at=asked.at,
            within=lambda scope: scope.order(order),
            current=lambda conn: orders.found(conn, order),
        )


def _returns(router: APIRouter, calls: Calls) -> None:
    @router.post("/returns", summary="Authorize a return", status_code=201)
    def authorize_(request: Request, body: Return) -> Response:
        """What was sold and not returned yet goes on the RMA; the rest is blind."""
        return calls.command(
            request,
            lambda act: returns.authorize(act, body),
            at=body.at,
            status=201,
            within=lambda scope: scope.act(body.site),
        )

    @router.get("/returns/{rma}", summary="One RMA")
    def return_(request: Request, rma: str) -> Response:
        """The RMA, the state of each line and what each station has done."""

        def ask(conn: Connection, scope: Scope) -> Answer:
            found = returns.rma_document(conn, rma)
            site = found["site"]
            scope.see(site if isinstance(site, str) else None)
            return found

        return calls.scoped(request, ask)

    @router.post("/returns/{rma}/in-transit", summary="Say that a parcel is on its way")
    def in_transit_(request: Request, rma: str, body: ReturnSent) -> Response:
        """Its lines are in transit until a bench sees the box; a new tracking number is added to the RMA."""
        return calls.command(
            request,
            lambda act: return_exits.sent(act, rma, body),
            at=body.at,
            within=lambda scope: scope.rma(rma),
        )

    @router.post("/returns/{rma}/cancel", summary="End a return that will not come")
    def cancel_return_(request: Request, rma: str, body: ReturnExit) -> Response:
        """Units that did not come may come back another way; a box that comes all the same is a fact."""
        return calls.command(
            request,
            lambda act: return_exits.end(act, rma, body),
            at=body.at,
            within=lambda scope: scope.rma(rma),
        )

    @router.post("/returns/{rma}/reverse", summary="Take back a disposition that was wrong")
    def reverse_(request: Request, rma: str, body: Reversal) -> Response:
        """Counter-moves put the units where they were; refused once something else used them."""
        return calls.command(request, lambda act: reversing.reverse(act, rma, body), at=body.at)
