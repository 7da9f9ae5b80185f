"""Time, handed in: instants for people, a hybrid clock for order, both only evidence.

Instants are UTC and written as RFC 3339 with milliseconds and `Z`. A station's clock never orders facts; the
chain does. The hybrid clock only makes sure that what a station wrote later never claims an earlier time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from app.domain.refusal import Refused

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_HLC_SIZE = 40


class Clock(Protocol):
    """The only source of time; programs hand in a real one, tests and replays their own."""

    def now(self) -> datetime:
        """The current UTC instant."""

    def monotonic_ms(self) -> float:
        """Milliseconds since an arbitrary start of this boot; never goes back."""


def to_text(instant: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, such as `2026-11-22T10:41:07.123Z`."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant!r} has no zone; instants are UTC")
    if instant.tzinfo is not UTC:
        instant = instant.astimezone(UTC)
    return instant.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def from_text(text: str) -> datetime:
    """Reads RFC 3339 with any offset; refuses a text without one."""
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):  # the latter: an offset that leads out of the calendar
        pass
    raise Refused(
        "time.unreadable",
        f"Read the time {text[:40]!r}.",
        "Expected RFC 3339 with an offset, such as 2026-11-22T10:41:07Z.",
        "Correct the time and try again.",
    )


def from_ms(ms: int) -> datetime:
    """The instant so many milliseconds after the beginning of 1970, in UTC; the reverse of `to_ms`."""
    return _EPOCH + timedelta(milliseconds=ms)


def to_ms(instant: datetime) -> int:
    """Whole milliseconds since 1970, cut as `to_text` cuts them."""
    return (instant - _EPOCH) // _MILLISECOND


@dataclass(frozen=True, slots=True, order=True)
class Hlc:
    """Hybrid logical clock: milliseconds and a counter for events within one millisecond."""

    wall_ms: int
    counter: int

    def tick(self, now_ms: int) -> Hlc:
        """The next reading; never earlier than this one even when the wall clock went back."""
        if now_ms > self.wall_ms:
            return Hlc(now_ms, 0)
        return Hlc(self.wall_ms, self.counter + 1)

    def __str__(self) -> str:
        return f"{self.wall_ms:013d}-{self.counter:05d}"

    @classmethod
    def parse(cls, text: str) -> Hlc:
        """Reads what `str` wrote; refuses anything else."""
        wall, _, counter = text.partition("-")
        if not (text.isascii() and wall.isdigit() and counter.isdigit() and len(text) <= _HLC_SIZE):
            raise Refused(
                "time.hybrid",
                f"Read the hybrid time {text[:40]!r}.",
                "Expected milliseconds, a dash and a counter, such as 1795344067123-00000.",
                "Correct the time and try again.",
            )
        return cls(int(wall), int(counter))
