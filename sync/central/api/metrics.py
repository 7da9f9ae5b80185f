"""The centre's figures for Prometheus.

For an administrator's or auditor's token only: behind a proxy on the same computer every caller looks like
this computer itself, so where a request comes from proves nothing.
"""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from sync.central.api.calls import Calls
from sync.central.api.meters import MEDIA, Meters
from sync.central.centre import Centre
from sync.central.store.standing import standing


def metrics_router(centre: Centre, calls: Calls, meters: Meters) -> APIRouter:
    """One route that a Prometheus server asks every few seconds."""
    router = APIRouter(tags=["health"], route_class=calls.route)

    @router.get("/metrics", summary="Figures for Prometheus", response_class=PlainTextResponse)
    def metrics_() -> Response:
        """Requests, writes and how the ledger stands, in Prometheus' text form."""
        with centre.database.read() as conn:
            now = standing(conn, centre.clock.now())
        return Response(meters.text(now), media_type=MEDIA)

    return router
