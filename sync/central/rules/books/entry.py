"""A journal entry: what one event does to one owner's books; always balanced, never changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sync.central.rules.books.chart import Book


@dataclass(frozen=True, slots=True)
class Line:
    """An amount on one account in minor units: above zero a debit, below zero a credit.

    `sku` and `qty` say which units it is the worth of (`qty` below zero when they left); `sale` is the row of
    the order and the line that they were sold on.
    """

    book: Book
    minor: int
    sku: str | None = None
    qty: int = 0
    sale: tuple[int, int] | None = None

    def reversed(self) -> Line:
        """The line that takes this one back."""
        return Line(self.book, -self.minor, self.sku, -self.qty, self.sale)


@dataclass(frozen=True, slots=True)
class Entry:
    """Everything that one event does to the books of one owner in one currency.

    `occurred_on` is the day it happened, `posted_on` the day it counts for: later when the books were closed
    by then. `reverses` is the event whose entry it takes back.
    """

    event_id: str
    owner: str
    currency: str
    kind: str
    occurred_on: date
    posted_on: date
    lines: tuple[Line, ...]
    reverses: str | None = None

    def __post_init__(self) -> None:
        """Money is neither made nor lost."""
        total = sum(line.minor for line in self.lines)
        if total:
            raise ValueError(
                f"the entry of event {self.event_id} is out of balance by {total} {self.currency}"
            )

    @property
    def late(self) -> bool:
        """True when it counts for another day than it happened on, because that day is closed."""
        return self.posted_on != self.occurred_on


def posting_day(occurred_on: date, locked_until: date | None) -> date:
    """The day an entry counts for: that it happened on, or the first one that is open."""
    if locked_until is None or occurred_on > locked_until:
        return occurred_on
    return locked_until + timedelta(days=1)


def together(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines on the same account, for the same item and sale, put into one; those at nothing are left out."""
    found = dict[tuple[Book, str | None, tuple[int, int] | None], tuple[int, int]]()
    for line in lines:
        key = (line.book, line.sku, line.sale)
        minor, qty = found.get(key, (0, 0))
        found[key] = (minor + line.minor, qty + line.qty)
    return tuple(
        Line(book, minor, sku, qty, sale) for (book, sku, sale), (minor, qty) in found.items() if minor or qty
    )
