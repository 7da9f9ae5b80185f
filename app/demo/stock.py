"""What had to come in so that everything that was shipped could leave, and what is left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from app.demo.catalogue import BINS, Offer
from app.domain.clock import to_text
from app.domain.item import Item, Tracking

_FIRST_RECEIPT = 4_001
_LOT_MONTHS = (("B2607", "B2608", "B2609"), ("B2605", "B2608"))
# One receipt becomes one event; every serial is a move of its own in it.
_MOST_SERIALS = 200


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """Units of one item that came in; with serials one for each unit."""

    line: int
    sku: str
    qty: int
    lot: str | None = None
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """A purchase order's goods put into one bin, sellable at once; `at` is RFC 3339."""

    document: str
    location: str
    at: str
    lines: tuple[ReceiptLine, ...]


@dataclass(slots=True)
class _Held:
    """One item and lot: units without serial, or the serials."""

    units: int
    serials: list[str]


class Stock:
    """Hands out lots and serials as goods are shipped, and remembers what was needed."""

    def __init__(self, random: Random, offers: Sequence[Offer]) -> None:
        self.items = {offer.item.sku: offer.item for offer in offers}
        self._random = random
        self._last_serial = 10_000_000
        self._lots = {sku: self._lots_of(item) for sku, item in self.items.items()}
        self._shipped: defaultdict[tuple[str, str | None], _Held] = defaultdict(lambda: _Held(0, []))

    def ship(self, item: Item, qty: int) -> tuple[str | None, tuple[str, ...]]:
        """The lot and the serials of `qty` units that leave."""
        lot = self._random.choice(self._lots[item.sku])
        serials = self.new_serials(item, qty)
        held = self._shipped[item.sku, lot]
        held.units += qty
        held.serials += serials
        return lot, serials

    def new_serials(self, item: Item, qty: int) -> tuple[str, ...]:
        """Serials never given before, one for each unit; none for an item without."""
        if not item.has_serial:
            return ()
        return tuple(self._next_serial() for _ in range(qty))

    def needed(self, item: Item, left: int) -> list[tuple[str | None, int, tuple[str, ...]]]:
        """By lot, the units and serials to receive so that `left` units of the last lot remain."""
        found = []
        for lot in self._lots[item.sku]:
            held = self._shipped[item.sku, lot]
            more = left if lot == self._lots[item.sku][-1] else 0
            found.append((lot, held.units + more, (*held.serials, *self.new_serials(item, more))))
        return [entry for entry in found if entry[1]]

    def left_over(self) -> int:
        """How many units of an item are still there."""
        return self._random.randint(4, 40)

    def _next_serial(self) -> str:
        self._last_serial += self._random.randint(1, 40)
        return f"SN{self._last_serial}"

    def _lots_of(self, item: Item) -> tuple[str | None, ...]:
        if item.tracking in {Tracking.LOT, Tracking.LOT_AND_SERIAL}:
            return self._random.choice(_LOT_MONTHS)
        return (None,)


def receipts(stock: Stock, short: set[str], before: datetime) -> tuple[Receipt, ...]:
    """Everything that came in, bin by bin and an hour apart; of `short` SKUs nothing is left."""
    by_bin: defaultdict[str, list[ReceiptLine]] = defaultdict(list)
    for number, (sku, item) in enumerate(stock.items.items()):
        for lot, qty, serials in stock.needed(item, 0 if sku in short else stock.left_over()):
            by_bin[BINS[number % len(BINS)]] += _lines(sku, qty, lot, serials)
    parts = [(location, lines) for location in sorted(by_bin) for lines in _packed(by_bin[location])]
    first = before - timedelta(hours=len(parts))
    return tuple(
        Receipt(f"PO-{_FIRST_RECEIPT + number}", location, to_text(first + timedelta(hours=number)), lines)
        for number, (location, lines) in enumerate(parts)
    )


def _lines(sku: str, qty: int, lot: str | None, serials: tuple[str, ...]) -> list[ReceiptLine]:
    if not serials:
        return [ReceiptLine(1, sku, qty, lot)]
    parts = (serials[start : start + _MOST_SERIALS] for start in range(0, qty, _MOST_SERIALS))
    return [ReceiptLine(1, sku, len(part), lot, part) for part in parts]


def _packed(lines: Sequence[ReceiptLine]) -> list[tuple[ReceiptLine, ...]]:
    """Lines as receipts of no more serials than one event takes, numbered from 1 in each."""
    found: list[list[ReceiptLine]] = [[]]
    room = _MOST_SERIALS
    for line in lines:
        if len(line.serials) > room:
            found.append([])
            room = _MOST_SERIALS
        room -= len(line.serials)
        found[-1].append(ReceiptLine(len(found[-1]) + 1, line.sku, line.qty, line.lot, line.serials))
    return [tuple(part) for part in found]
