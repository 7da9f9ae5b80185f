"""Those who wait are told of each move, hear a heartbeat meanwhile, and go when the centre goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

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


def stream_of(waiting: Wakes, station: str = "bench", **told: float) -> AsyncGenerator[bytes, None]:
    seat = waiting.admit(station)
    assert seat is not None
    return waiting.stream(seat, **told)


async def next_of(stream: AsyncIterator[bytes]) -> bytes:
    """The next that is no heartbeat."""
    while (said := await anext(stream)) == HEARTBEAT:
        pass
    return said


def test_all_who_wait_are_told_of_each_move_by_one_look() -> None:
    async def play() -> None:
        feed = Feed()
        waiting = Wakes(feed)
        streams = [stream_of(waiting, f"bench-{n}", heartbeat_s=30) for n in range(5)]
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
        said = [part async for part in stream_of(waiting, life_s=0.2, heartbeat_s=0.02)]
        assert said[0] == written(Cursor(1, 1))
        assert len(said) > 2
        assert set(said[1:]) == {HEARTBEAT}

    asyncio.run(play())


def test_a_database_that_is_away_ends_no_stream() -> None:
    async def play() -> None:
        feed = Feed()
        waiting = Wakes(feed)
        stream = stream_of(waiting, heartbeat_s=0.02)
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
        streams = [stream_of(waiting, f"bench-{n}", heartbeat_s=30) for n in range(2)]
        for stream in streams:
            await anext(stream)
        assert waiting.full
        assert waiting.admit("one more") is None
        waiting.close()
        for stream in streams:
            assert [part async for part in stream] == []
        assert waiting.full

    asyncio.run(play())


def test_nobody_looks_while_nobody_waits() -> None:
    async def play() -> None:
        feed = Feed()
        waiting = Wakes(feed)
        stream = stream_of(waiting)
        await anext(stream)
        await stream.aclose()
        await asyncio.sleep(0.1)
        before = feed.looks
        await asyncio.sleep(0.1)
        assert feed.looks == before
        # And the next one that comes is told at once.
        feed.at = Cursor(1, 5)
        later = stream_of(waiting)
        assert await anext(later) == written(Cursor(1, 5))
        await later.aclose()

    asyncio.run(play())


def test_a_station_has_one_stream_and_the_new_one_ends_the_old(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        monkeypatch.setattr(wakes, "MOST", 2)
        waiting = Wakes(Feed())
        older = stream_of(waiting, "greedy", heartbeat_s=30)
        await anext(older)
        for _ in range(5):
            newer = stream_of(waiting, "greedy", heartbeat_s=30)
            await anext(newer)
            assert [part async for part in older] == []
            older = newer
        # There is room for another all the same, and leaving twice takes nobody's seat.
        other = stream_of(waiting, "modest", heartbeat_s=30)
        await anext(other)
        before = waiting.full
        await older.aclose()
        assert (before, waiting.full) == (True, False)
        await other.aclose()

    asyncio.run(play())


def test_a_seat_counts_from_admission_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wakes, "MOST", 1)
    waiting = Wakes(Feed())
    seat = waiting.admit("bench")
    assert seat is not None
    assert waiting.admit("another") is None
    again = waiting.admit("bench")
    assert again is not None
    waiting.leave(seat)
    before = waiting.full
    waiting.leave(again)
    waiting.leave(again)
    assert (before, waiting.full) == (True, False)


def test_the_stream_of_a_station_that_is_shut_out_ends() -> None:
    async def play() -> None:
        out = set[str]()
        waiting = Wakes(Feed(), lambda: out)
        one, other = stream_of(waiting, "bad", heartbeat_s=30), stream_of(waiting, "good", heartbeat_s=0.02)
        await anext(one)
        await anext(other)
        out.add("bad")
        assert [part async for part in one] == []
        assert await anext(other) == HEARTBEAT
        await other.aclose()

    asyncio.run(play())
