"""The hand that goes on after a kill: it looks at what is saved and what is asked, and scans the rest.

Pure: from a box, what was saved of its return, and the question the station takes up, to the scans left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.demo.business import BoxToScan, Business, UnitInBox
from app.demo.hand import asks, scans_of, words_of
from app.domain.item import Item
from app.scanning.commands import Word, payload
from app.workflows.bench.state import BenchState, Phase
from tests.simulation.laws import unit_of, units_of
from tests.simulation.rest import Rest, Unit
from tests.simulation.station_process import OutOfStep

HOLD = (payload(Word.HOLD), "]C0")
# A unit's scans are its code, then for more than one: COUNT, the digits, OK; and last its grade.
_COUNT, _FIRST_DIGIT = 1, 2


@dataclass(frozen=True, slots=True)
class Pull:
    """One pull of the trigger; `saves` says that a unit must be on disk when it is answered."""

    code: str
    aim: str
    saves: bool


@dataclass(frozen=True, slots=True)
class Visit:
    """A box as the hand meets it.

    `earlier` is what other boxes brought of the same return before; `parks` says that more of it comes in
    another box, so that this one ends with HOLD.
    """

    box: BoxToScan
    earlier: Counter[Unit]
    parks: bool


def visits(business: Business) -> Iterator[Visit]:
    """The boxes in the order they come in."""
    missing = {entry.rma.code: sum(line.qty for line in entry.rma.lines) for entry in business.returns}
    brought: dict[str, Counter[Unit]] = {}
    for box in business.boxes:
        missing[box.rma] -= sum(unit.qty for unit in box.units)
        yield Visit(box, brought.get(box.rma, Counter()).copy(), missing[box.rma] > 0)
        brought.setdefault(box.rma, Counter()).update(units_of(box))


def parcel(box: BoxToScan) -> Pull:
    """The label on the box: opens it, and changes nothing when it is open."""
    return Pull(box.tracking, "]C0", saves=False)


def is_open(visit: Visit, rest: Rest) -> bool:
    """True when the station takes this box up by itself."""
    question = rest.question
    return question is not None and question.job is not None and question.job.key == visit.box.rma


def is_done(visit: Visit, rest: Rest) -> bool:
    """True when nothing of the box is left to do, not even to park it."""
    return not units_of(visit.box) - _saved(visit, rest) and not is_open(visit, rest)


def pulls(visit: Visit, rest: Rest, items: dict[str, Item]) -> list[Pull]:
    """What is left to scan of a box whose parcel label was answered.

    Raises:
        OutOfStep: the question taken up is none that the saved scans lead to.
    """
    saved = _saved(visit, rest)
    found: list[Pull] = []
    asked = rest.question if is_open(visit, rest) else None
    for held, scans in zip(visit.box.units, _by_unit(visit.box, items), strict=True):
        if saved[unit_of(held)]:
            saved[unit_of(held)] -= 1
            continue
        found += scans[_answered(asked, held, scans) :] if asked else scans
        asked = None
    return [*found, Pull(*HOLD, saves=False)] if visit.parks else found


def all_pulls(visit: Visit, items: dict[str, Item]) -> list[Pull]:
    """Every scan of a box that nobody has opened yet, its parcel label first."""
    nothing = Rest((), {visit.box.rma: visit.earlier}, (), None, 0, ())
    return [parcel(visit.box), *pulls(visit, nothing, items)]


def _saved(visit: Visit, rest: Rest) -> Counter[Unit]:
    return rest.units.get(visit.box.rma, Counter()) - visit.earlier


def _by_unit(box: BoxToScan, items: dict[str, Item]) -> Iterator[list[Pull]]:
    scans: list[Pull] = []
    for (code, aim), saves in list(scans_of(box, items))[1:]:
        scans.append(Pull(code, aim, saves))
        if saves:
            yield scans
            scans = []


def _answered(asked: BenchState, held: UnitInBox, scans: Sequence[Pull]) -> int:
    """How many scans of the unit in the hand the station remembers."""
    pick = asked.pick
    if asked.phase is Phase.ITEM and pick is None:
        return 0
    if pick is None or (pick.item.sku, pick.serial) != (held.sku, held.serial):
        raise OutOfStep(f"the station has {pick} in the hand, the hand has {held}")
    if asked.phase is Phase.GRADE and pick.qty != held.qty:
        return _COUNT
    if asked.phase is Phase.GRADE:
        # What was said of it already; the rest of its scans are what is still to say.
        words = words_of(pick.item.category, held.grade, hazardous=pick.item.hazardous, guided=asks(held))
        return len(scans) - len(words) + len(pick.said)
    if asked.phase is Phase.COUNT and str(held.qty).startswith(asked.digits):
        return _FIRST_DIGIT + len(asked.digits) + (1 if asked.asked_large else 0)
    raise OutOfStep(f"the station asks {asked.phase} {asked.digits} of {held}")


def repeats(before: Sequence[Pull], pull: Pull) -> bool:
    """True for the same code twice in a row: a hand needs time for that, a bouncing scanner does not."""
    return bool(before) and (before[-1].code, before[-1].aim) == (pull.code, pull.aim)
