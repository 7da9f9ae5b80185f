"""Orders on their way: blocks, changes, waves, parcels, and why each decision was taken."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from sync.central.api.calls import Calls
from sync.central.api.records import Cursor, Limit
from sync.central.commands import blocks, changes
from sync.central.commands import parcels as steps
from sync.central.commands.dispatch_asked import Blocking, Change, Despatch, Picking, Step, Unblocking
from sync.central.store import orders, parcels, told

State = Literal["released", "picked", "packed", "shipped", "cancelled"]


def dispatch_router(calls: Calls) -> APIRouter:
    """What happens to orders between their capture and the door."""
    router = APIRouter(prefix="/v1", tags=["dispatch"], route_class=calls.route)

    @router.post("/orders/{order}/block", summary="Block an order")
    def block_(request: Request, order: str, body: Blocking) -> Response:
        """It gets nothing new and is not released, picked or shipped until it is unblocked."""
        return calls.command(request, lambda act: blocks.block(act, order, body))

    @router.post("/orders/{order}/unblock", summary="Take an order's block off")
    def unblock_(request: Request, order: str, body: Unblocking | None = None) -> Response:
        """What waits is reserved again as far as stock goes."""
        return calls.command(request, lambda act: blocks.unblock(act, order, body or Unblocking()))

    @router.post("/orders/{order}/lines", summary="Change an order's quantities or site")
    def change_(request: Request, order: str, body: Change) -> Response:
        """More is claimed where it is free, less is given to whoever waits."""
        return calls.command(request, lambda act: changes.change_order(act, order, body))

    @router.get("/orders/{order}/why", summary="Every decision about an order")
    def why_(order: str) -> Response:
        """In sentences, each with the document it was taken on."""
        return calls.query(lambda conn: told.of_order(conn, order))

    @router.get("/orders/{order}/parcels", summary="An order's parcels")
    def of_order_(order: str) -> Response:
        """In the order of their release."""
        return calls.query(lambda conn: parcels.of_order(conn, orders.find(conn, order)))

    @router.get("/parcels", summary="Parcels by code")
    def parcels_(
        state: Annotated[State | None, Query()] = None,
        site: Annotated[str | None, Query(max_length=80)] = None,
        order: Annotated[str | None, Query(max_length=80)] = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response:
        """One page; `next` is the cursor of the following one."""
        return calls.query(
            lambda conn: parcels.page(conn, cursor, limit, state=state, site=site, order=order)
        )

    @router.get("/parcels/{parcel}", summary="One parcel")
    def parcel_(parcel: str) -> Response:
        """What is in it and how far it is."""
        return calls.query(lambda conn: parcels.document(conn, parcel))

    @router.post("/parcels/{parcel}/pick", summary="Count a parcel as picked")
    def pick_(request: Request, parcel: str, body: Picking | None = None) -> Response:
        """Whole, or with what was found; what was not leaves the parcel and waits for stock."""
        asked = body or Picking()
        return calls.command(request, lambda act: steps.pick(act, parcel, asked), at=asked.at)

    @router.post("/parcels/{parcel}/pack", summary="Count a parcel as packed")
    def pack_(request: Request, parcel: str, body: Step | None = None) -> Response:
        """It was picked before."""
        asked = body or Step()
        return calls.command(request, lambda act: steps.pack(act, parcel, asked), at=asked.at)

    @router.post("/parcels/{parcel}/ship", summary="Ship a parcel")
    def ship_(request: Request, parcel: str, body: Despatch | None = None) -> Response:
        """Exactly what is in it leaves stock."""
        asked = body or Despatch()
        return calls.command(request, lambda act: steps.send(act, parcel, asked), at=asked.at)

    @router.post("/parcels/{parcel}/cancel", summary="Take a parcel apart")
    def cancel_(request: Request, parcel: str, body: Step | None = None) -> Response:
        """Before it leaves; its units stay reserved for the order."""
        asked = body or Step()
        return calls.command(request, lambda act: steps.cancel(act, parcel, asked), at=asked.at)

    return router
