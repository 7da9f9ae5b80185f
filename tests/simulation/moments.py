"""When to kill: seeded moments, between scans and inside them."""

from __future__ import annotations

import random
from collections import Counter
from enum import StrEnum
from statistics import median

_SCANS = 8
_COMMITS = 3
# Half as long again as it usually takes, so that some kills come just after.
_BEYOND = 1.5


class Aim(StrEnum):
    """What a kill is aimed at."""

    ANYWHERE = "anywhere"
    COMMIT = "a commit"
    START = "the start"


_SHARES = {Aim.ANYWHERE: 5, Aim.COMMIT: 4, Aim.START: 1}


class Moments:
    """Chooses the moments of a run; the same seed and the same durations give the same moments."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._scan_s: list[float] = [0.1]
        self._save_s: list[float] = [0.01]
        self._start_s: list[float] = [1.5]
        self.aimed = Counter[Aim]()

    def scan_took(self, seconds: float) -> None:
        """From the pull of the trigger to the painted answer."""
        self._scan_s.append(seconds)

    def save_took(self, seconds: float) -> None:
        """From the scan to the disk."""
        self._save_s.append(seconds)

    def start_took(self, seconds: float) -> None:
        """From the start of the process to its first answer."""
        self._start_s.append(seconds)

    def next_aim(self) -> Aim:
        """What the next kill is aimed at."""
        return self._random.choices(tuple(_SHARES), tuple(_SHARES.values()))[0]

    def within_scans(self) -> float:
        """Seconds to a moment within the next few scans."""
        return self._random.uniform(0, _SCANS * median(self._scan_s))

    def within_start(self) -> float:
        """Seconds to a moment within the start of the process."""
        return self._random.uniform(0, _BEYOND * median(self._start_s))

    def commits_ahead(self) -> int:
        """How many saving scans to let pass before the one to be hit."""
        return self._random.randrange(_COMMITS)

    def within_commit(self) -> float:
        """Seconds to a moment about the commit of the scan that is fired now."""
        return self._random.uniform(0, _BEYOND * median(self._save_s))
