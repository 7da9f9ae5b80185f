"""Who waits to hear that the feed moved: one look at the feed for all of them, and no thread for any.

A look is made about every half second while anybody waits, more seldom the more there are, so that a crowd
that is woken together does not come faster than it can be served.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

from starlette.concurrency import run_in_threadpool

from app.domain.feed import Cursor
from app.domain.refusal import Unavailable
from sync.wire.wakes import HEARTBEAT, HEARTBEAT_S, written

MOST = 500
"""Connections of one process."""
LIFE_S = 600.0
_LOOK_S = 0.5
_PER_SECOND = 100


class Wakes:
    """The waiting connections of one process; everything but `close` is called in its event loop."""

    def __init__(self, look: Callable[[], Cursor]) -> None:
        self._look = look
        self._waiting = 0
        self._known: Cursor | None = None
        self._moved = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def full(self) -> bool:
        """True when no more may wait here."""
        return self._closed or self._waiting >= MOST

    def close(self) -> None:
        """Ends every stream within a moment; from any thread."""
        self._closed = True

    async def stream(
        self, life_s: float = LIFE_S, heartbeat_s: float = HEARTBEAT_S
    ) -> AsyncGenerator[bytes, None]:
        """Where the feed is, at once and whenever it moved; ends after `life_s`, to be asked for again."""
        ends = asyncio.get_running_loop().time() + life_s
        self._waiting += 1
        try:
            if self._watch is None:
                self._known = await self._looked()
                self._watch = asyncio.create_task(self._watching())
            told: Cursor | None = None
            while not self._closed and asyncio.get_running_loop().time() < ends:
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
            self._waiting -= 1

    async def _watching(self) -> None:
        """Looks for as long as anybody waits."""
        try:
            while self._waiting and not self._closed:
                await asyncio.sleep(max(_LOOK_S, self._waiting / _PER_SECOND))
                found = await self._looked()
                if found is not None and found != self._known:
                    self._known = found
                    self._told()
        finally:
            self._watch = None
            self._told()

    async def _looked(self) -> Cursor | None:
        try:
            return await run_in_threadpool(self._look)
        except Unavailable:
            # The database is away: stations poll meanwhile, and are told once it is back.
            return self._known

    def _told(self) -> None:
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()
