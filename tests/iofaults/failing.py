"""A disk whose calls fail on demand, below the standard `sqlite3` module."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from tests.powercut.vfs import Fault

_FULL, _CANNOT_OPEN = 13, 14
# The library's code for an input or output error of each call.
_IO_ERRORS = {
    "read": 266,
    "write": 778,
    "sync": 1034,
    "truncate": 1546,
    "file_size": 1802,
    "delete": 2570,
    "access": 3338,
    "lock": 3850,
    "shm_map": 4874,
    "open": _CANNOT_OPEN,
    # Calls that Python makes by itself; see `files`.
    "rename": 10,
    "link": 10,
}
# Half of a page reaches the disk.
_SHORT = 2048


class Kind(StrEnum):
    """What the disk says."""

    EIO = "input/output error"
    FULL = "no space left"
    SHORT = "a write cut short"


_GROWING = frozenset({"write", "truncate"})


@dataclass
class FailingDisk:
    """A `Watcher`: once armed, call number `at` fails, and with `lasting` every later one too.

    Of a full disk only calls that need space fail, and only those are counted.
    """

    kind: Kind = Kind.EIO
    left: int = 0
    lasting: bool = False
    fired: str = ""
    # What failed, by the name of the call.
    failed: Counter[str] = field(default_factory=Counter)

    def arm(self, at: int, kind: Kind, *, lasting: bool) -> None:
        self.left, self.kind, self.lasting, self.fired = at, kind, lasting, ""

    def disarm(self) -> None:
        self.left = 0
        self.lasting = False

    def before(self, call: str, path: str) -> Fault | None:
        del path
        if (not self.left and not (self.fired and self.lasting)) or (
            self.kind is not Kind.EIO and call not in _GROWING
        ):
            return None
        if self.left:
            self.left -= 1
            if self.left:
                return None
        self.fired = self.fired or call
        self.failed[call] += 1
        if self.kind is Kind.EIO:
            return Fault(_IO_ERRORS[call])
        return Fault(_FULL, _SHORT if self.kind is Kind.SHORT and call == "write" else 0)

    def opened(self, path: str, flags: int, *, made: bool) -> None:
        """Not looked at."""

    def wrote(self, path: str, offset: int, data: bytes) -> None:
        """Not looked at."""

    def truncated(self, path: str, size: int) -> None:
        """Not looked at."""

    def synced(self, path: str) -> None:
        """Not looked at."""

    def deleted(self, path: str, *, lasting: bool) -> None:
        """Not looked at."""
