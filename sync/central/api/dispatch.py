"""Orders on their way: blocks, changes, waves, parcels, and why each decision was taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import StringConstraints
from sqlalchemy import Connection

from sync.central.api.calls import Answer, Calls
from sync.central.api.records import Cursor, Limit
from sync.central.centre import Centre
from sync.central.commands import blocks, changes, wave_planning, waves
from sync.central.commands import parcels as steps
from sync.central.commands.dispatch_asked import (
    Blocking,
    Change,
    Despatch,
    Packing,
    Picking,
    Step,
    Unblocking,
    WaveAsked,
)
from sync.central.store import orders, parcels, told
from sync.central.store.act import Act
from sync.central.store.scope import Scope

State = Literal["released", "picked", "packed", "shipped", "cancelled"]
# PostgreSQL keeps no NUL, so that nothing is called by one.
Name = Annotated[Annotated[str, StringConstraints(max_length=80, pattern=r"^[^\x00]+$")] | None, Query()]


def dispatch_router(centre: Centre, calls: Calls) -> APIRouter:
    """What happens to orders between their capture and the door."""
    router = APIRouter(prefix="/v1", tags=["dispatch"], route_class=calls.route)

    @router.post("/orders/{order}/block", summary="Block an order")
    def block_(request: Request, order: str, body: Blocking) -> Response:
        """It gets nothing new and is not released, picked or shipped until it is unblocked."""
        return calls.command(
            request,
            lambda act: blocks.block(act, order, body),
            current=lambda conn: orders.found(conn, order),
        )

    @router.post("/orders/{order}/unblock", summary="Take an order's block off")
    def unblock_(request: Request, order: str, body: Unblocking | None = None) -> Response:
        """What waits is reserved again as far as stock goes."""
        return calls.command(
            request,
            lambda act: blocks.unblock(act, order, body or Unblocking()),
            current=lambda conn: orders.found(conn, order),
        )

    @router.post("/orders/{order}/lines", summary="Change an order's quantities or site")
    def change_(request: Request, order: str, body: Change) -> Response:
        """More is claimed where it is free, less is given to whoever waits."""
        return calls.command(
            request,
            lambda act: changes.change_order(act, order, body),
            current=lambda conn: orders.found(conn, order),
        )

    @router.get("/orders/{order}/why", summary="Every decision about an order")
    def why_(order: str) -> Response:
        """In sentences, each with the document it was taken on."""
        return calls.query(lambda conn: told.of_order(conn, order))

    _parcels(router, calls)
    _steps(router, calls)
    _waves(router, centre, calls)
    return router


def _waves(router: APIRouter, centre: Centre, calls: Calls) -> None:
    @router.post("/waves", summary="Release orders to their sites", status_code=201)
    def release_(request: Request, body: WaveAsked) -> Response:
        """Soft claims are granted anew by rank, orders sourced, parcels made; answers why.

        A wave to optimise is planned while others write. `replanned` names the orders whose plan did not hold
        when it was released, with the reason; they were sourced anew in strict order.
        """

        def within(scope: Scope) -> None:
            for site in body.sites or (None,):
                scope.act(site)

        wave, plan = None, None
        if body.method == "optimise":
            now = centre.clock.now()
            wave = calls.ahead(request, lambda conn: wave_planning.look_ahead(conn, body, now), within)
        if wave is not None:
            plan = wave_planning.planned(wave, body, lambda: centre.clock.monotonic_ms() / 1000)
        return calls.command(
            request,
            lambda act: waves.release_wave(act, body, plan),
            status=201,
            within=within,
        )

    @router.get("/waves/{wave}", summary="What a wave did")
    def wave_(wave: str) -> Response:
        """Its parcels, what it left and why, and who lost units to whom."""
        return calls.query(lambda conn: waves.wave_document(conn, wave))


def _parcels(router: APIRouter, calls: Calls) -> None:
    @router.get("/orders/{order}/parcels", summary="An order's parcels")
    def of_order_(request: Request, order: str) -> Response:
        """In the order of their release; those of sites that the caller may see."""
        return calls.scoped(
            request, lambda conn, scope: parcels.of_order(conn, orders.find(conn, order), scope.sites)
        )

    @router.get("/parcels", summary="Parcels by code")
    def parcels_(
        request: Request,
        *,
        state: Annotated[State | None, Query()] = None,
        site: Name = None,
        order: Name = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response:
        """One page; `next` is the cursor of the following one."""
        which = {"state": state, "site": site, "order": order}
        return calls.scoped(
            request, lambda conn, scope: parcels.page(conn, cursor, limit, which, scope.sites)
        )

    @router.get("/parcels/{parcel}", summary="One parcel")
    def parcel_(request: Request, parcel: str) -> Response:
        """What is in it and how far it is."""

        def ask(conn: Connection, scope: Scope) -> Answer:
            scope.see(parcels.find(conn, parcel).site)
            return parcels.document(conn, parcel)

        return calls.scoped(request, ask)


def _steps(router: APIRouter, calls: Calls) -> None:
    def step(request: Request, parcel: str, at: datetime | None, do: Callable[[Act], Answer]) -> Response:
        def at_its_site(act: Act) -> Answer:
            calls.scope(request, act.conn).act(parcels.find(act.conn, parcel).site)
            return do(act)

        return calls.command(request, at_its_site, at=at)

    @router.post("/parcels/{parcel}/pick", summary="Count a parcel as picked")
    def pick_(request: Request, parcel: str, body: Picking | None = None) -> Response:
        """Whole, or with what was found; what was not leaves the parcel and waits for stock."""
        asked = body or Picking()
        return step(request, parcel, asked.at, lambda act: steps.pick(act, parcel, asked))

    @router.post("/parcels/{parcel}/pack", summary="Count a parcel as packed")
    def pack_(request: Request, parcel: str, body: Packing | None = None) -> Response:
        """It was picked before; a unit that was released in another parcel is refused."""
        asked = body or Packing()
        return step(request, parcel, asked.at, lambda act: steps.pack(act, parcel, asked))

    @router.post("/parcels/{parcel}/ship", summary="Ship a parcel")
    def ship_(request: Request, parcel: str, body: Despatch | None = None) -> Response:
        """Exactly what is in it leaves stock."""
        asked = body or Despatch()
        return step(request, parcel, asked.at, lambda act: steps.send(act, parcel, asked))

    @router.post("/parcels/{parcel}/cancel", summary="Take a parcel apart")
    def cancel_(request: Request, parcel: str, body: Step | None = None) -> Response:
        """Before it leaves; its units stay reserved for the order."""
        return step(request, parcel, body.at if body else None, lambda act: steps.cancel(act, parcel))
