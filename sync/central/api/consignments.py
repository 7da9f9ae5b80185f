"""Consignments over HTTP: goods that leave for good, step by step, and the papers that go with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Connection

from sync.central.api.calls import Answer, Calls
from sync.central.api.records import Cursor, Limit
from sync.central.commands import consignments, departures
from sync.central.commands.consignments_asked import (
    ComeBack,
    ConsignmentStep,
    Departure,
    FewerUnits,
    HandedOver,
    MoreUnits,
    NewConsignment,
    Settlement,
)
from sync.central.rules.consignment import Route, State
from sync.central.store import consignments as kept
from sync.central.store.act import Act
from sync.central.store.scope import Scope

Name = Annotated[str | None, Query(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


def consignments_router(calls: Calls) -> APIRouter:
    """Goods on their way out: to vendors, buyers, charities, recyclers and destroyers."""
    router = APIRouter(prefix="/v1/consignments", tags=["consignments"], route_class=calls.route)

    @router.post("", summary="Draft a consignment", status_code=201)
    def draft_(request: Request, body: NewConsignment) -> Response:
        """Goods that are to leave for good by one route; a route that a rule blocks is refused."""
        return calls.command(
            request,
            lambda act: consignments.draft(act, body),
            at=body.at,
            status=201,
            within=lambda scope: scope.act(body.site),
        )

    @router.get("", summary="Consignments")
    def consignments_(
        request: Request,
        *,
        state: Annotated[State | None, Query()] = None,
        route: Annotated[Route | None, Query()] = None,
        site: Name = None,
        owner: Name = None,
        counterpart: Name = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response:
        """The oldest first, each with its lines, steps, handovers, certificate and settlement."""
        where = {
            "state": state.value if state else None,
            "route": route.value if route else None,
            "site": site,
            "owner": owner,
            "counterpart": counterpart,
        }
        return calls.scoped(
            request, lambda conn, scope: kept.page(conn, where, cursor=cursor, limit=limit, sites=scope.sites)
        )

    @router.get("/{code}", summary="One consignment")
    def one_(request: Request, code: str) -> Response:
        """What is in it, what happened to it, and which papers its settlement needs."""

        def ask(conn: Connection, scope: Scope) -> Answer:
            scope.consignment(code)
            return kept.document(conn, code)

        return calls.scoped(request, ask)

    _filling(router, calls)
    _leaving(router, calls)
    return router


def _step(
    calls: Calls, request: Request, code: str, at: datetime | None, do: Callable[[Act], Answer]
) -> Response:
    return calls.command(request, do, at=at, within=lambda scope: scope.consignment(code))


def _filling(router: APIRouter, calls: Calls) -> None:
    """Steps while nothing has left."""

    @router.post("/{code}/units", summary="Add units")
    def add_(request: Request, code: str, body: MoreUnits) -> Response:
        """By label, by serial, or so many of an item at a place; all that are named or none."""
        return _step(calls, request, code, body.at, lambda act: consignments.add(act, code, body))

    @router.post("/{code}/remove", summary="Take lines out")
    def remove_(request: Request, code: str, body: FewerUnits) -> Response:
        """While it is drafted; their units are free again."""
        return _step(calls, request, code, body.at, lambda act: consignments.remove(act, code, body))

    @router.post("/{code}/pack", summary="Close it")
    def pack_(request: Request, code: str, body: ConsignmentStep | None = None) -> Response:
        """Each unit is looked at once more, by the policy in force now."""
        asked = body or ConsignmentStep()
        return _step(calls, request, code, asked.at, lambda act: consignments.pack(act, code, asked))

    @router.post("/{code}/cancel", summary="Give it up")
    def cancel_(request: Request, code: str, body: ConsignmentStep | None = None) -> Response:
        """Before it left; its units are free again."""
        asked = body or ConsignmentStep()
        return _step(calls, request, code, asked.at, lambda act: consignments.cancel(act, code, asked))


def _leaving(router: APIRouter, calls: Calls) -> None:
    """Steps of goods that are handed over and gone."""

    @router.post("/{code}/handovers", summary="Note a handover", status_code=201)
    def hand_over_(request: Request, code: str, body: HandedOver) -> Response:
        """Who gave the goods to whom, where and under which seal: the chain of custody, never changed."""
        return calls.command(
            request,
            lambda act: departures.hand_over(act, code, body),
            at=body.at,
            status=201,
            within=lambda scope: scope.consignment(code),
        )

    @router.post("/{code}/depart", summary="It left")
    def depart_(request: Request, code: str, body: Departure | None = None) -> Response:
        """Every unit leaves stock for its route's end and is booked, in one event."""
        asked = body or Departure()
        return _step(calls, request, code, asked.at, lambda act: departures.depart(act, code, asked))

    @router.post("/{code}/reverse", summary="It came back")
    def reverse_(request: Request, code: str, body: ComeBack) -> Response:
        """A counter-event puts every unit where it was; it is packed again."""
        return _step(calls, request, code, body.at, lambda act: departures.come_back(act, code, body))

    @router.post("/{code}/settle", summary="Settle it")
    def settle_(request: Request, code: str, body: Settlement | None = None) -> Response:
        """Credit note, proceeds, fee or nothing; regulated goods need their certificate and custody."""
        asked = body or Settlement()
        return _step(calls, request, code, asked.at, lambda act: departures.settle(act, code, asked))
