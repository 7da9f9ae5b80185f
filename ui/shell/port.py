"""`BenchPort`: all the window knows of the station. Everything submitted comes back as a `ScreenUpdate`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.workflows.view import Screen


class Source(StrEnum):
    """Where a raw code came from."""

    WEDGE = "wedge"
    TYPED = "typed"
    SCREEN = "screen"


@dataclass(frozen=True, slots=True)
class ScreenUpdate:
    """What to show now; `scan_id` names the scan, command or typed code that this answers."""

    screen: Screen
    scan_id: int | None = None


OnUpdate = Callable[[ScreenUpdate], None]


class BenchPort(Protocol):
    """The station as the window sees it; no call waits for the station's work."""

    def submit(self, raw: str, source: str) -> None:
        """Hand over a code as it was read, typed or touched, to be worked on in the station's own thread."""

    def command(self, word: str) -> None:
        """Hand over the word of a mat code (`UNDO`, `GRI`) that a key or touch stands for."""

    def enter_pin(self, pin: str) -> None:
        """Hand over a PIN to whoever asked for it; it is no code and is written down nowhere."""

    def screen(self) -> Screen:
        """The last screen; answers at once, from any thread."""

    def subscribe(self, callback: OnUpdate) -> None:
        """Have `callback` called with every update from now on, from any thread."""
