"""What a scenario is: a work on a disk of which each call may fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Scenario:
    """Something that a station or a centre does in a folder that `prepare` fills.

    `do` may be refused by the world with `Unavailable`, and by nothing else. `look` then says what is wrong
    of what is there, or nothing; it is told whether `do` came to its end. It works on, too.
    """

    name: str
    prepare: Callable[[Path], object]
    do: Callable[[Path], object]
    look: Callable[[Path, bool], str]
