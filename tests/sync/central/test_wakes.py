"""Those who wait are told of each move, hear a heartbeat meanwhile, and go when the centre goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.domain.feed import Cursor
from app.domain.refusal import Unavailable
from sync.central import wakes
from sync.central.wakes import Wakes
from sync.wire.wakes import HEARTBEAT, written


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wakes, "_LOOK_S", 0.01)


class Feed:
    """A feed that moves when told to, and may be away."""

    def __init__(self) -> None:
        self.at, self.looks, self.away = Cursor(1, 1), 0, False

    def __call__(self) -> Cursor:
        self.looks += 1
        if self.away:
            raise Unavailable("away")
        return self.at


async def next_of(stream: AsyncIterator[bytes]) -> bytes:
    """The next that is no heartbeat."""
    while (said := await anext(stream)) == HEARTBEAT:
        pass
    return said


def test_all_who_wait_are_told_of_each_move_by_one_look() -> None:
    async def play() -> None:
        feed = Feed()
        waiting = Wakes(feed)
        streams = [waiting.stream(heartbeat_s=30) for _ in range(5)]
        assert [await anext(stream) for stream in streams] == [written(Cursor(1, 1))] * 5
        feed.at = Cursor(1, 9)
        before = feed.looks
        assert await asyncio.gather(*(anext(stream) for stream in streams)) == [written(Cursor(1, 9))] * 5
        assert feed.looks - before <= 3
        for stream in streams:
            await stream.aclose()

    asyncio.run(play())


def test_silence_is_broken_by_heartbeats_and_life_ends() -> None:
    async def play() -> None:
        waiting = Wakes(Feed())
        said = [part async for part in waiting.stream(life_s=0.2, heartbeat_s=0.02)]
        assert said[0] == written(Cursor(1, 1))
        assert len(said) > 2
        assert set(said[1:]) == {HEARTBEAT}

    asyncio.run(play())


def test_a_database_that_is_away_ends_no_stream() -> None:
    async def play() -> None:
        feed = Feed()
        waiting = Wakes(feed)
        stream = waiting.stream(heartbeat_s=0.02)
        await anext(stream)
        feed.away, before = True, feed.looks
        while feed.looks < before + 3:
            assert await anext(stream) == HEARTBEAT
        feed.at, feed.away = Cursor(2, 1), False
        assert await next_of(stream) == written(Cursor(2, 1))
        await stream.aclose()

    asyncio.run(play())


def test_only_so_many_wait_and_all_go_when_it_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        monkeypatch.setattr(wakes, "MOST", 2)
        waiting = Wakes(Feed())
        streams = [waiting.stream(heartbeat_s=30) for _ in range(2)]
        before = waiting.full
        for stream in streams:
            await anext(stream)
        assert (before, waiting.full) == (False, True)
        waiting.close()
        for stream in streams:
            assert [part async for part in stream] == []
        assert waiting.full

    asyncio.run(play())


def test_nobody_looks_while_nobody_waits() -> None:
    async def play() -> None:
        feed = Feed()
        waiting = Wakes(feed)
        stream = waiting.stream()
        await anext(stream)
        await stream.aclose()
        await asyncio.sleep(0.1)
        before = feed.looks
        await asyncio.sleep(0.1)
        assert feed.looks == before
        # And the next one that comes is told at once.
        feed.at = Cursor(1, 5)
        later = waiting.stream()
        assert await anext(later) == written(Cursor(1, 5))
        await later.aclose()

    asyncio.run(play())
