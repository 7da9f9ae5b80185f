"""Time and identities of a simulated world: one true time, a clock for each machine, seeded noise."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.ids import uuid7

START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


class Truth:
    """What time it really is; moves when told to."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def pass_by(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Watch:
    """A `Clock` of one machine: ahead of the truth, or behind it, by `off_s`; its uptime never goes back."""

    def __init__(self, truth: Truth, off_s: float = 0.0) -> None:
        self._truth = truth
        self.off_s = off_s

    def now(self) -> datetime:
        return self._truth.at + timedelta(seconds=self.off_s)

    def monotonic_ms(self) -> float:
        return (self._truth.at - START).total_seconds() * 1000


class Noise:
    """An `Ids` that repeats from run to run."""

    def __init__(self, *names: object) -> None:
        # A text is hashed by the library's own SHA-512, never by the interpreter's salted hash.
        self._random = random.Random(":".join(map(str, names)))

    @property
    def state(self) -> object:
        """What the next draws depend on; set back, they repeat."""
        return self._random.getstate()

    @state.setter
    def state(self, drawn: Any) -> None:
        self._random.setstate(drawn)

    def event_id(self, now_ms: int) -> str:
        return str(uuid7(max(0, now_ms), self.secret(10)))

    def secret(self, size: int) -> bytes:
        return self._random.randbytes(size)
