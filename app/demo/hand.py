"""The hand at the bench: pulls the trigger of a scanner, looks at the window, pulls again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import cache

from app.bootstrap import resources
from app.demo.business import BoxToScan, Business, UnitInBox
from app.domain.item import Item
from app.domain.policy.inspection import missing_answer, photo_open, shortest
from app.domain.refusal import Unavailable
from app.scanning.commands import Word, payload
from app.workflows.bench.mat import confirming, spoken
from app.workflows.bench.photos import PHOTO

_DIGITS = ("DO", "DI", "DII", "DIII", "DIV", "DV", "DVI", "DVII", "DVIII", "DIX")
_ANSWER_S = 30.0
_LARGE = 99

Scan = tuple[str, str]


def scans_of(box: BoxToScan, items: dict[str, Item]) -> Iterator[tuple[Scan, bool]]:
    """The codes of one box in the order of the hand, each with the scanner's symbology identifier.

    The flag says that the scan saves a unit.
    """
    yield (box.tracking, "]C0"), False
    for unit in box.units:
        yield item_code(unit, items[unit.sku]), False
        if unit.qty > 1:
            yield _word("COUNT"), False
            for digit in str(unit.qty):
                yield _word(_DIGITS[int(digit)]), False
            for _ in range(2 if unit.qty > _LARGE else 1):
                yield _word("OK"), False
        item = items[unit.sku]
        *questions, last = words_of(item.category, unit.grade, hazardous=item.hazardous, guided=asks(unit))
        for word in questions:
            yield _word(word), False
        yield _word(last), True


@cache
def words_of(category: str, grade: str, *, hazardous: bool, guided: bool) -> tuple[str, ...]:
    """What is said of a unit of that grade: the grade, or answers that lead to it, and what that asks for."""
    policy = resources.policy()
    said = shortest(policy, category, grade, guided=guided)
    missing = missing_answer(policy, category)
    if missing is not None and missing.id in said:
        # Which part is missing no hand can tell from a grade.
        said = shortest(policy, category, grade)
    photo = [PHOTO] if photo_open(policy, said, grade) else []
    last = confirming(policy.decide(category, grade, said, hazardous=hazardous).outcome)
    return (*spoken(policy, said), *photo, *([last] if last else []))


def asks(unit: UnitInBox) -> bool:
    """Whether this hand answers the questions about a unit or grades it at once: the former for a third."""
    return int(unit.gtin) % 3 == 0


def item_code(unit: UnitInBox, item: Item) -> Scan:
    """What stands on the pack: an EAN-13, or GS1 elements where a serial or lot is on it."""
    gtin = item.gtins[0] if item.gtins else unit.gtin
    if unit.serial:
        lot = f"10{unit.lot}\x1d" if unit.lot else ""
        return f"01{gtin}{lot}21{unit.serial}", "]d2"
    if unit.lot:
        return f"01{gtin}10{unit.lot}", "]C1"
    return gtin[1:], "]E0"


def _word(word: str) -> Scan:
    return payload(Word(word)), "]C0"


class Eyes:
    """Waits until the window has painted the answer to a scan, as a person looks before the next one."""

    def __init__(self) -> None:
        self._seen = 0
        self._changed = threading.Condition()

    def painted(self, scan: int) -> None:
        """The window painted the answer to that scan."""
        with self._changed:
            self._seen = max(self._seen, scan)
            self._changed.notify_all()

    def wait_for(self, scan: int) -> None:
        """Returns when that scan's answer was seen.

        Raises:
            Unavailable: it never came.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._seen >= scan, _ANSWER_S):
                raise Unavailable(f"The bench did not answer scan {scan} within {_ANSWER_S:.0f} s.")


def play(
    business: Business, items: dict[str, Item], fire: Callable[[str, str], None], eyes: Eyes
) -> Iterator[int]:
    """Scans all boxes; yields the number of units saved so far after each saving scan."""
    scans = saved = 0
    expected = {entry.rma.code: sum(line.qty for line in entry.rma.lines) for entry in business.returns}
    for box in business.boxes:
        expected[box.rma] -= sum(unit.qty for unit in box.units)
        # The rest of this return is in another parcel: the box is parked until that one comes.
        last = [(_word("HOLD"), False)] if expected[box.rma] else []
        for (code, aim), saves in (*scans_of(box, items), *last):
            fire(code, aim)
            scans += 1
            eyes.wait_for(scans)
            if saves:
                saved += 1
                yield saved
