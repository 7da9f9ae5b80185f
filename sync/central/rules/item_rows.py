"""Rows of items: every cell held against the rules, then one document for each row that stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.domain.attributes import is_region
from app.domain.item import MOST_DAYS, MOST_GRAMS, MOST_MM
from app.domain.packs import MOST_UNITS
from sync.central.rules import quality, units
from sync.central.rules.judging import Judged, Known, judge_entity, judge_twins, remember
from sync.central.rules.quality import RowFindings
from sync.central.rules.seen import SeenCodes
from sync.central.rules.sheet import Row

_SIDES = {"length_mm": "length", "width_mm": "width", "height_mm": "height"}
_WHOLE: Mapping[str, tuple[int, int]] = {
    "value_minor": (0, quality.MOST),
    "safety": (0, quality.MOST),
    "weight_g": (0, MOST_GRAMS),
    "shelf_life_days": (0, MOST_DAYS),
    "min_remaining_days": (0, MOST_DAYS),
    "min_order_qty": (1, quality.MOST),
    **dict.fromkeys(_SIDES, (0, MOST_MM)),
}
_FLAGS = ("hazardous", "returnable")
_CODES = ("tracking", "category", "entity")
_OTHERS = ("sku", "name", "unit", "currency", "gtins", "packs", "kit", "substitutes", "restricted_regions")
_KNOWN = frozenset({*_WHOLE, *_FLAGS, *_CODES, *_OTHERS})
_MAPS = {"attribute": "attributes", "external": "external_ids"}
_LONGEST_CURRENCY = 3
# A number of a row and that of a unit share 32 bits.
_UNIT_BITS = 4
_UNITS = 1 << _UNIT_BITS


def known_column(name: str) -> bool:
    """True for a column of items: a field, `attribute:NAME`, `external:SYSTEM`."""
    prefix, _, rest = name.partition(":")
    return name in _KNOWN or (prefix in _MAPS and bool(rest.strip()))


class ItemRows:
    """Judges rows of one table, one after the other; remembers what earlier rows had."""

    def __init__(self, seen: SeenCodes) -> None:
        self._seen = seen
        self._units: dict[str, int] = {}

    @staticmethod
    def key(row: Row) -> str:
        """The row's SKU as it stands."""
        return row.cells.get("sku", "")

    @staticmethod
    def gtins(row: Row) -> list[str]:
        """What may be GTINs in the row, as 14 digits where they are digits."""
        packs = row.cells.get("packs", "")
        written = [
            *_listed(row.cells.get("gtins", "")),
            *(part.rpartition("/")[2] for part in _listed(packs)),
        ]
        return [text.zfill(14) for text in written if text.isascii() and text.isdigit()]

    def judge(self, row: Row, known: Known) -> Judged:
        """What is wrong with a row; its document laid over the stored one when nothing rejects it.

        An empty cell leaves what is stored as it is.
        """
        sku = self.key(row)
        found = RowFindings(row.number, sku)
        quality.judge_code(found, "sku", sku)
        if found.rejected:
            return Judged(row.number, sku, None, found.found)
        judge_twins(found, "sku", sku, known, self._seen)
        stored = known.stored.get(sku, {})
        read = _Reading(found, row.cells, stored, known)
        document = read.document(sku)
        codes = read.gtins
        self._judge_gtins(found, sku, codes, known)
        if not found.rejected:
            self._judge_unit(found, document)
            remember(sku, row.number, self._seen)
            for code in codes:
                self._seen.put("gtin", code, row.number)
        return Judged(row.number, sku, None if found.rejected else document, found.found)

    def _judge_gtins(self, found: RowFindings, sku: str, codes: list[str], known: Known) -> None:
        for code in codes:
            first = self._seen.get("gtin", code)
            owner = known.gtins.get(code, sku)
            if first is not None:
                found.reject("gtins", "gtin.twice", code, f"Row {first} has the same GTIN.")
            elif owner != sku:
                found.reject("gtins", "gtin.taken", code, f"It is {owner!r}'s in the centre.")

    def _judge_unit(self, found: RowFindings, document: Mapping[str, Any]) -> None:
        """One thing sold in several sizes is counted in one unit."""
        unit = str(document.get("unit", "piece"))
        name = units.base_name(document["name"])
        number = self._units.setdefault(unit, min(len(self._units), _UNITS - 1))
        first = self._seen.get("name", name) if name else None
        if first is not None and first % _UNITS != number:
            why = f"Row {first >> _UNIT_BITS} counts {name!r} in another unit."
            found.warn("unit", "unit.inconsistent", unit, why)
        elif first is None and name:
            self._seen.put("name", name, found.row << _UNIT_BITS | number)


class _Reading:
    """One row on its way to a document."""

    def __init__(
        self, found: RowFindings, cells: Mapping[str, str], stored: Mapping[str, object], known: Known
    ) -> None:
        self._found = found
        self._cells = cells
        self._stored = stored
        self._known = known
        self.gtins: list[str] = []

    def document(self, sku: str) -> dict[str, object]:
        """The stored document with every filled cell laid over it."""
        read: dict[str, object] = {}
        for name, text in self._cells.items():
            if text and name != "sku":
                reader = _READERS.get(name)
                if reader is None:
                    self._mapped(read, name, text)
                    continue
                value = reader(self, name, text)
                if value is not None and name not in _SIDES:
                    read[name] = value
                elif value is not None:
                    read.setdefault("dimensions_mm", {})[_SIDES[name]] = value  # type: ignore[index]
        if "name" not in read and "name" not in self._stored:
            quality.judge_text(self._found, "name", "", needed=True)
        if not self._found.rejected:
            self._measures(read)
        return {**self._stored, **read, "sku": sku}

    def _mapped(self, read: dict[str, object], name: str, text: str) -> None:
        prefix, _, key = name.partition(":")
        quality.judge_text(self._found, name, text)
        field = _MAPS[prefix]
        if field not in read:
            before = self._stored.get(field)
            read[field] = dict(before) if isinstance(before, Mapping) else {}
        read[field][key.strip()] = text  # type: ignore[index]

    def _measures(self, read: dict[str, object]) -> None:
        """Weight and sides: wanted for shipping, all three sides or none."""
        sides = read.get("dimensions_mm")
        if isinstance(sides, dict):
            lost = [column for column, side in _SIDES.items() if not sides.get(side)]
            if lost:
                del read["dimensions_mm"]
                why = f"A thing has three sides, none of them 0; {', '.join(lost)} is missing. None is taken."
                self._found.warn("dimensions_mm", "dimensions.part", str(sides), why)
                return
        both = {**self._stored, **read}
        if both.get("kit"):
            return
        lost = [name for name in ("weight_g", "dimensions_mm") if both.get(name) is None]
        if lost:
            why = f"Nothing is known of {' and '.join(lost)}; shipping cannot be costed."
            self._found.warn(lost[0], "dimensions.missing", "", why)
        elif both.get("weight_g") == 0:
            self._found.warn(
                "weight_g", "dimensions.zero", "0", "Nothing weighs nothing; it was not measured."
            )

    def name(self, field: str, text: str) -> object:
        """A name for people."""
        quality.judge_text(self._found, field, text, needed=True)
        return text

    def code(self, field: str, text: str) -> object:
        """A word that rules look at."""
        quality.judge_text(self._found, field, text)
        known = self._known.categories
        if field == "category" and known is not None and text not in known:
            self._found.warn(field, "category.unknown", text, "The policy in force does not know it.")
        elif field == "entity":
            judge_entity(self._found, text, self._known)
        return text

    def number(self, field: str, text: str) -> object | None:
        """A whole number within the field's bounds."""
        least, most = _WHOLE[field]
        return quality.whole(self._found, field, text, most, least)

    def flag(self, field: str, text: str) -> object | None:
        """Yes or no."""
        return quality.flag(self._found, field, text)

    def currency(self, field: str, text: str) -> object:
        """Three capital letters."""
        if not (len(text) == _LONGEST_CURRENCY and text.isascii() and text.isalpha() and text.isupper()):
            self._found.reject(
                field, "currency.unreadable", text, "It is no currency of ISO 4217, such as GBP."
            )
        return text

    def unit(self, field: str, text: str) -> object:
        """The one word for a base unit; quantities in the ledger count it, so that it does not change."""
        base, part = units.base_unit(text), units.part_of(text)
        if base is None:
            quality.judge_text(self._found, field, text)
            why = f"Quantities are whole numbers; count in {part}." if part else "No such unit is known."
            self._found.warn(field, "unit.large" if part else "unit.unknown", text, why)
        elif base != text:
            self._found.warn(field, "unit.spelling", text, f"It is taken as {base}.")
        unit = base or text
        before = self._stored.get("unit", unit)
        if before != unit:
            why = f"The item is counted in {before}; what was booked would mean something else."
            self._found.reject(field, "unit.changed", text, why)
        return unit

    def codes(self, field: str, text: str) -> object:
        """GTINs."""
        found = [quality.gtin(self._found, field, part) for part in _listed(text)]
        codes = list(dict.fromkeys(code for code in found if code))
        self.gtins += codes
        return codes

    def packs(self, field: str, text: str) -> object | None:
        """Packs: CODE=UNITS, or CODE=UNITS/GTIN for a pack that has its own."""

        def pack(code: str, value: str) -> object | None:
            qty, slash, written = value.partition("/")
            units_ = quality.whole(self._found, field, qty, MOST_UNITS, 1)
            code14 = quality.gtin(self._found, field, written) if slash else None
            if code14 is not None:
                self.gtins.append(code14)
            return {"code": code, "qty": units_} | ({"gtin": code14} if code14 else {})

        return quality.pairs(self._found, field, text, pack)

    def kit(self, field: str, text: str) -> object | None:
        """Components: SKU=UNITS."""

        def part(sku: str, value: str) -> object | None:
            return {"sku": sku, "qty": quality.whole(self._found, field, value, MOST_UNITS, 1)}

        return quality.pairs(self._found, field, text, part)

    def others(self, field: str, text: str) -> object:
        """SKUs of other items."""
        codes = list(dict.fromkeys(_listed(text)))
        for code in codes:
            quality.judge_code(self._found, field, code)
        if self._found.key in codes:
            self._found.reject(field, "substitute.itself", text, "An item does not stand in for itself.")
        return codes

    def regions(self, field: str, text: str) -> object:
        """Countries and their parts."""
        codes = _listed(text)
        for code in codes:
            if not is_region(code):
                self._found.reject(field, "region.unreadable", code, "It is no region such as GB or US-AK.")
        return codes


def _listed(text: str) -> list[str]:
    if text.isalnum():
        # Nearly every cell names one thing, and a table has a million of them.
        return [text]
    return [part.strip() for part in text.replace("|", ";").split(";") if part.strip()]


_READERS: Mapping[str, Callable[[_Reading, str, str], object | None]] = {
    "name": _Reading.name,
    "unit": _Reading.unit,
    "currency": _Reading.currency,
    "gtins": _Reading.codes,
    "packs": _Reading.packs,
    "kit": _Reading.kit,
    "substitutes": _Reading.others,
    "restricted_regions": _Reading.regions,
    **dict.fromkeys(_WHOLE, _Reading.number),
    **dict.fromkeys(_FLAGS, _Reading.flag),
    **dict.fromkeys(_CODES, _Reading.code),
}
