"""What every scanner driver gives: scans with their time, and states a person can act on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias


@dataclass(frozen=True, slots=True)
class Scan:
    """One read.

    `raw` is the text without its terminator. `source` names the device. `mono_ms` is the monotonic time at
    which the read was complete. `encoding` is `utf-8`, or `latin-1` where the bytes were no UTF-8.
    """

    raw: str
    source: str
    mono_ms: float
    encoding: str = "utf-8"


class LostCause(StrEnum):
    """Why a scanner does not answer, in words for the Devices screen."""

    ABSENT = "not plugged in"
    BUSY = "used by another program"
    FORBIDDEN = "no right to open it"
    UNPLUGGED = "unplugged"
    FAILED = "fault"


@dataclass(frozen=True, slots=True)
class Starting:
    """The first try to open it is under way."""


@dataclass(frozen=True, slots=True)
class Ok:
    """Open and flushed: every scan from now on arrives."""

    port: str


@dataclass(frozen=True, slots=True)
class Lost:
    """Not there; tried again until it is. Said once for each cause."""

    cause: LostCause
    detail: str


@dataclass(frozen=True, slots=True)
class HalfScan:
    """A scan that broke off: `text` is what came of it. Momentary: another state holds."""

    text: str


ScannerState: TypeAlias = Starting | Ok | Lost | HalfScan
OnScan: TypeAlias = Callable[[Scan], None]
OnState: TypeAlias = Callable[[ScannerState], None]


class Scanner(Protocol):
    """A scanner driver. Both callbacks come from the driver's own thread."""

    @property
    def source(self) -> str:
        """The device's name, as in its scans."""

    def start(self, on_scan: OnScan, on_state: OnState) -> None:
        """Begins to deliver; returns at once. Once for each driver object."""

    def stop(self) -> None:
        """Ends delivery: no callback begins after this returns, unless the driver's thread hangs in one."""
