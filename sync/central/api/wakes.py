"""The stations' route that stays open: it says when the feed moved, so that nobody need ask all the time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import select
from starlette.types import Receive, Scope, Send

from app.domain.feed import Cursor
from sync.central.api.problem import problem
from sync.central.api.signed import SignedDesk, require_open
from sync.central.centre import Centre
from sync.central.store.feed import position
from sync.central.store.tables import station
from sync.central.wakes import LIFE_S, Seat, Wakes
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

    def shut() -> frozenset[str]:
        with centre.database.read() as conn:
            return frozenset(conn.scalars(_FENCED))

    return Wakes(look, shut)


def wakes_router(
    centre: Centre, wakes: Wakes, *, life_s: float = LIFE_S, heartbeat_s: float = HEARTBEAT_S
) -> APIRouter:
    """What wakes stations."""
    router = APIRouter(prefix="/v1/sync", tags=["sync"])
    desk = _Desk(centre)

    @router.get("/wake", summary="Be told when the feed moves")
    async def wake_(request: Request) -> Response:
        """Server-sent events named `feed`, each with where the feed is; stations go on polling beside it."""
        # Strangers are not asked for their signature while there is no room anyway.
        if wakes.full:
            return _full()
        stations = list[str]()
        answer = await desk.answer(request, lambda asked: desk.admit(asked, stations.append))
        if answer.status_code != _OK:
            return answer
        seat = wakes.admit(*stations)
        if seat is None:
            return _full()
        return _Listening(wakes, seat, wakes.stream(seat, life_s, heartbeat_s))

    return router


class _Listening(StreamingResponse):
    """A stream that gives its seat back, also when it broke off before its first word."""

    def __init__(self, wakes: Wakes, seat: Seat, stream: AsyncIterator[bytes]) -> None:
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        super().__init__(stream, headers=headers, media_type=WAKE_TYPE)
        self._wakes = wakes
        self._seat = seat

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As an ASGI application."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._wakes.leave(self._seat)


class _Desk(SignedDesk):
    """Lets stations listen."""

    def admit(self, asked: signatures.Request, name: Callable[[str], None]) -> _Admitted:
        """Whoever may pull may listen; `name` is told who it is."""
        caller = self.signed(self.caller(asked), lambda _, found: found)
        require_open(caller)
        name(caller.head.station_id)
        return _Admitted()


def _full() -> Response:
    full = problem(_BUSY, "wake.full", "As many stations listen here as may.", do="Poll meanwhile.")
    full.headers["retry-after"] = _LATER_S
    return full


_FENCED = select(station.c.station_id).where(station.c.fenced)
