"""Bytes from a line into frames, whatever the chunks they arrive in. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Framing:
    """How one scanner ends its scans.

    `terminators`: any one of these bytes ends a frame; empty frames vanish, so CR LF ends one frame, not two.
    `longest`: bytes kept of a frame; what follows up to the terminator is dropped.
    """

    terminators: bytes = b"\r\n\t\x04"
    longest: int = 4096


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: its bytes, its text, how it was decoded, and whether its end was cut off."""

    data: bytes
    text: str
    encoding: str
    cut: bool = False


def decode(data: bytes) -> tuple[str, str]:
    """The text of bytes and the encoding that gave it: UTF-8, else Latin-1, which takes any byte."""
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


class Framer:
    """The state machine of one line; feed it bytes as they come."""

    def __init__(self, framing: Framing) -> None:
        self._framing = framing
        self._held = bytearray()
        self._cut = False

    def feed(self, data: bytes) -> tuple[Frame, ...]:
        """The frames that these bytes complete, in order."""
        found = []
        start = 0
        for at, byte in enumerate(data):
            if byte in self._framing.terminators:
                self._hold(data[start:at])
                start = at + 1
                frame = self.flush()
                if frame is not None:
                    found.append(frame)
        self._hold(data[start:])
        return tuple(found)

    @property
    def half(self) -> str:
        """The text of what has come since the last frame; empty between frames."""
        return decode(bytes(self._held))[0]

    def flush(self) -> Frame | None:
        """Ends the frame at hand, as a terminator or a quiet line does; None when there is none."""
        if not self._held:
            return None
        data, cut = bytes(self._held), self._cut
        self.drop()
        return Frame(data, *decode(data), cut)

    def drop(self) -> None:
        """Forgets the frame at hand."""
        self._held.clear()
        self._cut = False

    def _hold(self, data: bytes) -> None:
        room = self._framing.longest - len(self._held)
        self._held += data[:room]
        self._cut = self._cut or len(data) > room
