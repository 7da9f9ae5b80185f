"""The on-screen list of what a person can scan or click in the demo."""

from __future__ import annotations

from itertools import chain, islice

from app.demo.business import BoxToScan, Business
from app.demo.hand import item_code
from app.domain.item import Item
from app.scanning.commands import Word, payload
from ui.widgets.drawer import DemoCode

_BOXES = 12
_WORDS = (
    ("GRADE A", "GRI", "like new"),
    ("GRADE B", "GRII", "opened"),
    ("GRADE C", "GRIII", "worn"),
    ("GRADE D", "GRIV", "damaged"),
    ("UNDO", "UNDO", "take the last step back"),
    ("DONE", "DONE", "close the box with what is missing"),
    ("HOLD", "HOLD", "park the box"),
)


def codes_to_scan(business: Business, items: dict[str, Item]) -> tuple[DemoCode, ...]:
    """A first box with what is in it, the mat, then more boxes: in the order of a first return."""
    boxes = [_box(box, items) for box in islice(business.boxes, _BOXES)]
    mat = tuple(DemoCode(caption, payload(Word(word)), detail) for caption, word, detail in _WORDS)
    return (*boxes[0], *mat, *chain.from_iterable(boxes[1:]))


def _box(box: BoxToScan, items: dict[str, Item]) -> tuple[DemoCode, ...]:
    found = [DemoCode(f"Parcel for {box.rma}", box.tracking, "the label on the box")]
    for unit in box.units:
        code, aim = item_code(unit, items[unit.sku])
        many = f"{unit.qty} x " if unit.qty > 1 else ""
        detail = f"serial {unit.serial}" if unit.serial else unit.sku
        found.append(DemoCode(f"{many}{items[unit.sku].name}", f"{aim}{code}", detail))
    return tuple(found)
