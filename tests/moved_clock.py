"""Programs of their own under a clock that a test moves while they run: a fortnight passes in seconds.

Two means. The library libfaketime, where it is installed, moves the clocks below the program: those of
Python, of SQLite and of the C library alike. Everywhere else the program is started by this module, which
moves the product's own clock, the only one it asks (the lint bans all others). Both read how far from one
small file.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Self

import pytest

from app.command.root import run
from app.station.system import SystemClock
from tests.processes import alive

PACKAGE = "libfaketime"
# Where Debian and its kin, Fedora and its kin, and a build from source put it; the one for many threads.
_PLACES = ("lib/*/faketime", "lib64/faketime", "lib/faketime", "local/lib/faketime")
MEMORY = Path("/dev/shm")  # noqa: S108 - where the system keeps what processes share
_LIBRARY = "libfaketimeMT.so.1"


class Means(StrEnum):
    """How a clock is moved."""

    OWN = "the product's own clock"
    LIBRARY = "libfaketime"


def find_library(root: Path = Path("/usr")) -> Path | None:
    """The library, where it is installed."""
    found = sorted(path for place in _PLACES for path in root.glob(f"{place}/{_LIBRARY}"))
    return found[0] if found else None


def strongest() -> Means:
    """What can be had here."""
    return Means.LIBRARY if find_library() else Means.OWN


def required(means: Means) -> Means:
    """These means, or a skip that says what is missing."""
    if means is Means.LIBRARY and find_library() is None:
        pytest.skip(f"{PACKAGE} is not installed here: sudo apt-get install {PACKAGE}")
    return means


class MovedClock:
    """A clock that programs go by; it begins `at` an instant and goes on like the machine's until it is set.

    `program` are the words that start Backhaul under it. A context: what the library of programs that were
    killed left in the system's memory goes in the end.
    """

    def __init__(self, file: Path, means: Means, at: datetime) -> None:
        self._file = file
        self.program = _program(file, means)
        self.set(at)

    def set(self, to: datetime) -> None:
        """It is this instant, also for programs that run."""
        ahead = to - SystemClock().now()
        # A program reads the old text or the new one, whole.
        draft = self._file.with_suffix(".draft")
        draft.write_text(f"{ahead.total_seconds():+.0f}\n", encoding="ascii")
        draft.replace(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for name in ("faketime_shm_", "sem.faketime_sem_"):
            for note in MEMORY.glob(f"{name}*"):
                # One of another person's programs is theirs to take away.
                if not alive(int(note.name.removeprefix(name))) and os.access(note, os.W_OK):
                    note.unlink(missing_ok=True)


def _program(file: Path, means: Means) -> tuple[str, ...]:
    if means is Means.OWN:
        return (sys.executable, "-m", "tests.moved_clock", str(file))
    settings = {
        "LD_PRELOAD": str(find_library()),
        "FAKETIME_TIMESTAMP_FILE": str(file),
        "FAKETIME_NO_CACHE": "1",
        # Compiled modules go by the times of files. The monotonic clock leaps too, as when a machine slept:
        # told to leave that alone, the library spins wherever threads wait.
        "NO_FAKE_STAT": "1",
    }
    return ("env", *(f"{name}={value}" for name, value in settings.items()), sys.executable, "-m", "app")


def main(words: list[str]) -> int:
    """Backhaul, its clock as far off as the file that comes first says."""
    file, machines = Path(words[0]), SystemClock.now

    def now(self: SystemClock) -> datetime:
        return machines(self) + timedelta(seconds=float(file.read_text(encoding="ascii")))

    SystemClock.now = now  # type: ignore[method-assign]
    return run(words[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
