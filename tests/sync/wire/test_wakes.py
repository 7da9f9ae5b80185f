"""Events that say where the feed is, as they are written and read."""

from __future__ import annotations

from app.domain.feed import Cursor
from sync.wire.wakes import HEARTBEAT, Reading, written


def read(stream: bytes) -> list[Cursor]:
    reading = Reading()
    return [found for line in stream.decode().split("\n") if (found := reading.line(line)) is not None]


def test_what_is_written_is_read() -> None:
    stream = written(Cursor(1, 7)) + HEARTBEAT + written(Cursor(2, 1))
    assert read(stream) == [Cursor(1, 7), Cursor(2, 1)]


def test_what_another_version_says_is_passed_over() -> None:
    assert read(b'event: other\ndata: {"gen":1,"pos":2}\n\n') == []
    assert read(b'id: 4\nevent: feed\ndata: no json\n\ndata: {"gen":1,"pos":2}\n\n') == []
    assert read(b'event:feed\ndata:{"gen":1,"pos":2,"more":true}\n\n') == [Cursor(1, 2)]
