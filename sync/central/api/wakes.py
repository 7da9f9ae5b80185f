"""The stations' route that stays open: it says when the feed moved, so that nobody need ask all the time."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from app.domain.feed import Cursor
from sync.central.api.problem import problem
from sync.central.api.signed import SignedDesk, require_open
from sync.central.centre import Centre
from sync.central.store.feed import position
from sync.central.wakes import LIFE_S, Wakes
from sync.wire import signatures
from sync.wire.wakes import HEARTBEAT_S, WAKE_TYPE

_OK, _BUSY = 200, 503
_LATER_S = "30"


@dataclass(frozen=True, slots=True)
class _Admitted:
    """Said of a station that may listen."""

    def to_json(self) -> dict[str, object]:
        """Nothing more."""
        return {}


def wakes_of(centre: Centre) -> Wakes:
    """Those who wait at this centre, in this process."""

    def look() -> Cursor:
        with centre.database.read() as conn:
            return Cursor(*position(conn))

    return Wakes(look)


def wakes_router(
    centre: Centre, wakes: Wakes, *, life_s: float = LIFE_S, heartbeat_s: float = HEARTBEAT_S
) -> APIRouter:
    """What wakes stations."""
    router = APIRouter(prefix="/v1/sync", tags=["sync"])
    desk = _Desk(centre)

    @router.get("/wake", summary="Be told when the feed moves")
    async def wake_(request: Request) -> Response:
        """Server-sent events named `feed`, each with where the feed is; stations go on polling beside it."""
        if wakes.full:
            full = problem(_BUSY, "wake.full", "As many stations listen here as may.", do="Poll meanwhile.")
            full.headers["retry-after"] = _LATER_S
            return full
        answer = await desk.answer(request, desk.admit)
        if answer.status_code != _OK:
            return answer
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(wakes.stream(life_s, heartbeat_s), headers=headers, media_type=WAKE_TYPE)

    return router


class _Desk(SignedDesk):
    """Lets stations listen."""

    def admit(self, asked: signatures.Request) -> _Admitted:
        """Whoever may pull may listen."""
        require_open(self.signed(self.caller(asked), lambda _, station: station))
        return _Admitted()
