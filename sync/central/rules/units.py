"""Units of measure: one word for each base unit, however people write it."""

from __future__ import annotations

import re

_WRITTEN = {
    "piece": "piece pieces pc pcs pce pces ea each unit units item items stk stück st c62 h87 nr no",
    "gram": "gram grams gramme grammes g gr grm gm gramm",
    "millilitre": "millilitre millilitres milliliter milliliters ml mlt",
    "millimetre": "millimetre millimetres millimeter millimeters mm mmt",
}
_LARGER = {
    "gram": "kg kgs kgm kilo kilogram kilograms kilogramm t ton tonne lb lbs oz",
    "millilitre": "l lt ltr litre litres liter liters cl dl",
    "millimetre": "m mtr metre metres meter meters cm cmt",
}
_BASE = {word: base for base, words in _WRITTEN.items() for word in words.split()}
_TO_SPLIT = {word: base for base, words in _LARGER.items() for word in words.split()}
_SIZE = re.compile(
    r"\b\d+(?:[.,]\d+)?\s*(?:x\s*\d+(?:[.,]\d+)?\s*)?(?:kg|g|gr|mg|l|cl|dl|ml|mm|cm|m|oz|lbs?|pcs?|er|%)?\b"
)


def base_unit(written: str) -> str | None:
    """The base unit a person means; None when the word is not known."""
    return _BASE.get(written.strip().rstrip(".").casefold())


def part_of(written: str) -> str | None:
    """The base unit that a larger unit is better counted in: gram for kg; None when it is no such unit."""
    return _TO_SPLIT.get(written.strip().rstrip(".").casefold())


def base_name(name: str) -> str:
    """A name without sizes and counts: `Flour 500 g` and `Flour 1kg` are one; empty when nothing is left."""
    return " ".join(_SIZE.sub(" ", name.casefold()).split())
