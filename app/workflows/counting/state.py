"""Where a count stands between two scans; saved with every scan, so that nothing is counted twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.item import Item
from app.workflows.notice import Notice

WORK = "counting"
"""What drafts of counts are marked with."""

Key = tuple[str, str]
"""An item, and its lot where it is counted by lots; empty otherwise."""


class Phase(StrEnum):
    """What the count waits for."""

    IDLE = "idle"
    COUNT = "count"
    SERIAL = "serial"
    LOT = "lot"
    RECOUNT = "recount"


@dataclass(frozen=True, slots=True)
class Expected:
    """What the station's view holds of an item in the bin: units, and serials where it knows them."""

    item: Item
    qty: int
    serials: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Line:
    """What was counted of an item; `serials` name its units where it is tracked by them."""

    item: Item
    lot: str = ""
    qty: int = 0
    serials: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        """What tells lines apart."""
        return self.item.sku, self.lot


@dataclass(frozen=True, slots=True)
class Visit:
    """The line in the hand since its item was scanned: what was there `before`, and `qty` more.

    `entering` says that digits make one number, `digits` so far; `asked` is the large number that a second
    OK takes.
    """

    key: Key
    before: int
    qty: int
    entering: bool = False
    digits: str = ""
    asked: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """How a line and the visit were before a scan, for UNDO; `line` is None where there was none."""

    key: Key
    line: Line | None
    visit: Visit | None
    phase: Phase
    asked: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Bin:
    """A bin that is being counted.

    `opened` are the units that the station's view held when the count began, `started` that moment
    (RFC 3339). `asked` are the lines that are still to be counted again, the first one now;
    `again` were. `touched` is the local time of the last scan that counted. `whole` says that the view was
    whole when the count began.
    """

    code: str
    name: str
    started: str
    lines: tuple[Line, ...] = ()
    opened: Mapping[Key, int] = field(default_factory=dict)
    scans: int = 0
    taken: tuple[Taken, ...] = ()
    asked: tuple[Key, ...] = ()
    again: tuple[Key, ...] = ()
    empty_asked: bool = False
    touched: str = ""
    whole: bool = False

    @property
    def job(self) -> str:
        """Under which name its draft is kept."""
        return job_of(self.code)

    def line(self, key: Key) -> Line | None:
        """What was counted under that key."""
        return next((line for line in self.lines if line.key == key), None)

    @property
    def counted(self) -> tuple[Line, ...]:
        """The lines that say something; one that only asked for its lot does not."""
        return tuple(line for line in self.lines if line.lot or not line.item.has_lot or line.qty)

    @property
    def units(self) -> int:
        """All units counted so far."""
        return sum(line.qty for line in self.lines)


def job_of(code: str) -> str:
    """Under which name the draft of a bin is kept; no return's code looks like it."""
    return f"{WORK}/{code}"


@dataclass(frozen=True, slots=True)
class Difference:
    """A line that a count found otherwise than the station's view."""

    name: str
    counted: int
    expected: int


@dataclass(frozen=True, slots=True)
class Counted:
    """A count that was recorded, for the screen that says so and for UNDO.

    `unknown` says that the station did not have the books of the bin to hold it against.
    """

    event_id: str
    code: str
    items: int
    units: int
    differences: tuple[Difference, ...] = ()
    moved: int = 0
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class CountState:
    """Everything the count remembers. Replaced, never changed."""

    phase: Phase = Phase.IDLE
    bin: Bin | None = None
    visit: Visit | None = None
    notice: Notice | None = None
    saved: Counted | None = None
