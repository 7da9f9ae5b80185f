"""Inbound supply: what is still to come, what of it is claimed, and which lines count what came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

OPEN, CLOSED, CANCELLED = "open", "closed", "cancelled"


@dataclass(frozen=True, slots=True)
class SupplyLine:
    """Units of one item that a supplier is to send by `due` (RFC 3339); `claimed` of them are promised."""

    line: int
    sku: str
    qty: int
    due: str
    received: int = 0
    cancelled: int = 0
    claimed: int = 0

    @property
    def outstanding(self) -> int:
        """Units still to come."""
        return max(0, self.qty - self.cancelled - self.received)

    @property
    def free(self) -> int:
        """Units still to come that nobody claims."""
        return max(0, self.outstanding - self.claimed)


@dataclass(frozen=True, slots=True)
class Came:
    """Units that came in; `line` when whoever received them said which line they are for."""

    sku: str
    qty: int
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """What became of a receipt: units by line, and units that were not to come.

    `over` are units by item beyond what was outstanding, which are counted on a line too; `strange` are units
    by item that no line is about.
    """

    counted: Mapping[int, int]
    over: Mapping[str, int]
    strange: Mapping[str, int]


def arrive(lines: Iterable[SupplyLine], came: Iterable[Came]) -> Arrival:
    """Counts what came on a named line, then on the lines of its item, soonest due first.

    What is beyond all of them is counted on the named line, else on the one due last.
    """
    open_lines = {line.line: line for line in sorted(lines, key=lambda line: (line.due, line.line))}
    counted, over, strange = Counter[int](), Counter[str](), Counter[str]()
    for entry in came:
        mine = [number for number, line in open_lines.items() if line.sku == entry.sku]
        if not mine:
            strange[entry.sku] += entry.qty
            continue
        mine.sort(key=lambda number, named=entry.line: number != named)  # type: ignore[misc]
        left = entry.qty
        for number in mine:
            take = min(left, open_lines[number].outstanding)
            if take:
                open_lines[number] = _received(open_lines[number], take)
                counted[number] += take
                left -= take
        if left:
            last = mine[0] if mine[0] == entry.line else mine[-1]
            open_lines[last] = _received(open_lines[last], left)
            counted[last] += left
            over[entry.sku] += left
    return Arrival(dict(counted), dict(over), dict(strange))


def _received(line: SupplyLine, units: int) -> SupplyLine:
    return replace(line, received=line.received + units)


def state_of(lines: Sequence[SupplyLine]) -> str:
    """Open while something is to come; then closed, or cancelled when nothing ever came."""
    if any(line.outstanding for line in lines):
        return OPEN
    return CLOSED if any(line.received for line in lines) else CANCELLED


def from_first(claimed: Sequence[int], units: int) -> list[int]:
    """How many units each claim gets of those that came, the most entitled claim being first."""
    found = list[int]()
    for qty in claimed:
        found.append(min(qty, units))
        units -= found[-1]
    return found


def beyond(claimed: Sequence[int], room: int) -> list[int]:
    """How many units each claim loses so that all fit in `room`, the least entitled, which is last, first."""
    kept = from_first(claimed, max(0, room))
    return [qty - left for qty, left in zip(claimed, kept, strict=True)]
