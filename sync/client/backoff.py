"""How long to rest after a failure: longer each time, never in step with the other stations."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime

FIRST_S = 1.0
LONGEST_S = 60.0
LONGEST_ASKED_S = 3600.0
# Instants are whole microseconds, rests are not: what is left below this is nothing.
_TICK_S = 0.001
# So many doublings reach the longest rest.
_ENOUGH = 6


class Backoff:
    """Doubles from `first_s` to `longest_s`, each time between half and all of it."""

    def __init__(self, noise: random.Random, first_s: float = FIRST_S, longest_s: float = LONGEST_S) -> None:
        self._noise = noise
        self._first_s = first_s
        self._longest_s = longest_s
        self._failures = 0

    def succeeded(self) -> None:
        """The next failure starts from the beginning."""
        self._failures = 0

    def failed(self, asked_s: float = 0.0) -> float:
        """Seconds to rest now; never less than the centre asked for, within an hour."""
        most = min(self._longest_s, self._first_s * (1 << self._failures))
        self._failures = min(self._failures + 1, _ENOUGH)
        return max(most * (0.5 + self._noise.random() / 2), min(asked_s, LONGEST_ASKED_S))


@dataclass(frozen=True, slots=True)
class Rest:
    """A pause; one whose end is further away than its length was timed by a clock since put back."""

    begun: datetime
    length_s: float

    def left(self, now: datetime) -> float:
        """Seconds of it that are left; 0 when it is over."""
        left = self.length_s - (now - self.begun).total_seconds()
        return left if _TICK_S < left <= self.length_s else 0.0
