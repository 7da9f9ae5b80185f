"""One of the processes that work on a part at the same time: its time, its seeds, its word."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

_WORD_S = 30.0
# Seeds of one soak; the next seed's begin where no soak will ever get to.
_SEEDS = 10_000_000


@dataclass(frozen=True, slots=True)
class Slice:
    """What a lane is told: which of how many it is, for how long, from which seed, and a bug to put in."""

    part: str
    index: int
    of: int
    seconds: float
    seed: int
    mutant: str = ""

    def seeds(self) -> Iterator[int]:
        """Seeds that no other lane has."""
        return count(self.seed * _SEEDS + self.index, self.of)


@dataclass(slots=True)
class Lane:
    """A slice under way; its time runs from here."""

    slice: Slice
    _began: float = field(default_factory=time.monotonic)
    _said: float = field(default_factory=time.monotonic)
    _asked: bool = False

    def goes_on(self, sofar: str = "") -> bool:
        """True until the time is over, and the first time in any case; says now and then how far it is."""
        now = time.monotonic()
        if sofar and now - self._said > _WORD_S:
            self._said = now
            say(f"{self.slice.part}: {sofar}")
        first, self._asked = not self._asked, True
        return first or self.left() > 0

    def left(self) -> float:
        """Seconds."""
        return self.slice.seconds - (time.monotonic() - self._began)


def say(line: str) -> None:
    """Progress, for people."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
