"""Server-sent events that tell a station that the feed moved: how they are written, and how they are read."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.feed import Cursor
from app.domain.fields import Fields
from app.domain.refusal import Refused
from sync.wire import codec
from sync.wire.protocol import PREFIX

WAKE_PATH = f"{PREFIX}/wake"
WAKE_TYPE = "text/event-stream"
HEARTBEAT = b": here\n\n"
HEARTBEAT_S = 15.0
LONGEST_LINE = 4096


def written(cursor: Cursor) -> bytes:
    """The event that says where the feed is now."""
    return b"event: feed\ndata: " + codec.encode({"gen": cursor.gen, "pos": cursor.pos}) + b"\n\n"


@dataclass(slots=True)
class Reading:
    """Reads a stream line by line; other events and fields are another version's and passed over."""

    _event: str = ""

    def line(self, line: str) -> Cursor | None:
        """Where the feed is, when this line says so."""
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            self._event = ""
        elif name == "event":
            self._event = value
        elif name == "data" and self._event == "feed":
            try:
                f = codec.decode(value.encode(), "wake")
                return _cursor(f)
            except Refused:
                return None
        return None


def _cursor(f: Fields) -> Cursor:
    return Cursor(f.whole("gen"), f.whole("pos"))
