"""The stations that joined: how each stands, and who is shut out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from sync.central.api.calls import Answer, Calls
from sync.central.commands import stations
from sync.central.commands.requests import Shutting
from sync.central.store.act import Act
from sync.central.store.stations import everyone, site_of_station

StationId = Annotated[str, Path(min_length=1, max_length=80)]


def stations_router(calls: Calls) -> APIRouter:
    """Stations."""
    router = APIRouter(prefix="/v1", tags=["govern"], route_class=calls.route)

    @router.get("/stations", summary="All stations")
    def stations_(request: Request) -> Response:
        """By bench, those of the caller's sites: how far the centre holds each one's record."""
        return calls.scoped(request, lambda conn, scope: everyone(conn, scope.sites))

    @router.post("/stations/{station_id}/shut-out", summary="Let a station neither send nor read any more")
    def shut_out_(request: Request, station_id: StationId, body: Shutting) -> Response:
        """At once. What it still holds can be carried in as a file of `backhaul sync export`."""

        def do(act: Act) -> Answer:
            calls.scope(request, act.conn).act(site_of_station(act.conn, station_id))
            return stations.shut_out(act, station_id, body)

        return calls.command(request, do)

    @router.post("/stations/{station_id}/let-in", summary="Let a station that was shut out sync again")
    def let_in_(request: Request, station_id: StationId, body: Shutting) -> Response:
        """It goes on where its record stands; one that was copied meanwhile renews."""

        def do(act: Act) -> Answer:
            calls.scope(request, act.conn).act(site_of_station(act.conn, station_id))
            return stations.let_in(act, station_id, body)

        return calls.command(request, do)

    return router
