"""Who waits to hear that the feed moved: one look at the feed for all of them, and no thread for any.

Each station has one seat: one that comes again ends the stream it had, so none takes the others' places.

A look is made about every half second while anybody waits, more seldom the more there are, so that a crowd
that is woken together does not come faster than it can be served.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool

from app.domain.feed import Cursor
from app.domain.refusal import Unavailable
from sync.wire.wakes import HEARTBEAT, HEARTBEAT_S, written

MOST = 500
"""Connections of one process."""
LIFE_S = 600.0
_LOOK_S = 0.5
_PER_SECOND = 100


@dataclass(eq=False, slots=True)
class Seat:
    """A station's place among those who wait; its stream ends once it is `over`."""

    station: str
    over: bool = False


class Wakes:
    """The waiting connections of one process; everything but `close` is called in its event loop.

    `look` says where the feed is, `shut` which stations are shut out: their streams end.
    """

    def __init__(self, look: Callable[[], Cursor], shut: Callable[[], Collection[str]] = frozenset) -> None:
        self._look = look
        self._shut = shut
        self._seats = dict[str, Seat]()
        self._known: Cursor | None = None
        self._moved = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def full(self) -> bool:
        """True when no more may wait here."""
        return self._closed or len(self._seats) >= MOST

    def close(self) -> None:
        """Ends every stream within a moment; from any thread."""
        self._closed = True

    def admit(self, station: str) -> Seat | None:
        """A seat for a station, which counts from now on until `leave`; None when there is no room.

        The stream that it had here ends.
        """
        older = self._seats.pop(station, None)
        if older is not None:
            older.over = True
            self._told()
        if self.full:
            return None
        seat = self._seats[station] = Seat(station)
        return seat

    def leave(self, seat: Seat) -> None:
        """Gives a seat back; once is enough, again changes nothing."""
        seat.over = True
        if self._seats.get(seat.station) is seat:
            del self._seats[seat.station]

    async def stream(
        self, seat: Seat, life_s: float = LIFE_S, heartbeat_s: float = HEARTBEAT_S
    ) -> AsyncGenerator[bytes, None]:
        """Where the feed is, at once and whenever it moved; ends after `life_s`, to be asked for again."""
        ends = asyncio.get_running_loop().time() + life_s
        try:
            if self._watch is None:
                self._known = await self._looked()
                self._watch = asyncio.create_task(self._watching())
            told: Cursor | None = None
            while not (self._closed or seat.over) and asyncio.get_running_loop().time() < ends:
                moved = self._moved
                if self._known != told and self._known is not None:
                    told = self._known
                    yield written(told)
                    continue
                try:
                    await asyncio.wait_for(moved.wait(), heartbeat_s)
                except TimeoutError:
                    yield HEARTBEAT
        finally:
            self.leave(seat)

    async def _watching(self) -> None:
        """Looks for as long as anybody waits."""
        try:
            while self._seats and not self._closed:
                await asyncio.sleep(max(_LOOK_S, len(self._seats) / _PER_SECOND))
                found = await self._looked()
                if found is not None and found != self._known:
                    self._known = found
                    self._told()
        finally:
            self._watch = None
            self._told()

    async def _looked(self) -> Cursor | None:
        try:
            found, shut = await run_in_threadpool(lambda: (self._look(), self._shut()))
        except Unavailable:
            # The database is away: stations poll meanwhile, and are told once it is back.
            return self._known
        ended = [seat for station, seat in self._seats.items() if station in shut]
        for seat in ended:
            self.leave(seat)
        if ended:
            self._told()
        return found

    def _told(self) -> None:
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()
