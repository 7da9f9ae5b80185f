"""A unit that came back as nobody's and found its sale: it is worth what it had cost when it was sold.

It was booked at what such a unit cost on the day it came. Its match moves the difference from the cost of
sales to inventory, and says in its entry which sale has its units back, so that it can be taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sync.central.rules.books.chart import Book
from sync.central.rules.books.costing import Worth
from sync.central.rules.books.entry import Line
from sync.central.rules.books.sale import Sale
from sync.central.rules.books.shares import share


@dataclass(frozen=True, slots=True)
class Revalued:
    """Units of an item that were booked at `was` and had cost `now`, in minor units of all of them."""

    sku: str
    qty: int
    was: int
    now: int

    def lines(self, worth: Worth) -> list[Line]:
        """What it does to the stock, which is changed."""
        variance = worth.revalue(self.qty, self.was, self.now)
        return [
            Line(Book.INVENTORY, self.now - self.was - variance, self.sku),
            Line(Book.COST_VARIANCE, variance),
        ]


def found_sales(came: Iterable[Line], back: Sequence[tuple[Sale, int]]) -> tuple[Revalued, list[Line]] | None:
    """What a match does to an entry by which units came blind; the sales have them back from now on.

    Args:
        came: the lines of that entry.
        back: the sales the units belong to, with how many of them at most, in that order.

    Returns:
        The units with both costs, and the lines against the stock. None when no unit is of these sales.
    """
    lines = list(came)
    sku, qty = next(((n.sku, n.qty) for n in lines if n.book is Book.INVENTORY and n.qty > 0), (None, 0))
    if sku is None:
        return None
    booked = -sum(line.minor for line in lines if line.book is Book.COST_OF_SALES)
    left, now, against = qty, 0, list[Line]()
    for sale, most in back:
        units = min(left, sale.out, most) if sale.sku == sku else 0
        if units > 0:
            cost = sale.come_back(units)
            against.append(Line(Book.COST_OF_SALES, -cost, sku, -units, sale.key))
            left, now = left - units, now + cost
    if left == qty:
        return None
    was = share(booked, qty, 0, qty - left)
    return Revalued(sku, qty - left, was, now), [Line(Book.COST_OF_SALES, was), *against]


def read_revalued(lines: Iterable[Line]) -> Revalued | None:
    """What of an entry `found_sales` made: it has units back on a sale and none that came with them."""
    found, moved = list(lines), False
    qty = now = was = 0
    sku: str | None = None
    for line in found:
        moved = moved or (line.book is Book.INVENTORY and line.qty != 0)
        if line.book is Book.COST_OF_SALES and line.sale is not None:
            sku, qty, now = line.sku, qty - line.qty, now - line.minor
        elif line.book is Book.COST_OF_SALES:
            was += line.minor
    return Revalued(sku, qty, was, now) if sku is not None and qty and not moved else None
