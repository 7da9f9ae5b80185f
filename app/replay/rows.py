"""What each row of the file means, by its codes and signs alone. Pure.

An invoice number that begins with `C` is a credit note, one with `A` an adjustment of a bad debt. Service
codes are no goods. Of what is left, goods with a negative quantity and no credit note are gone from the
shelf; goods for nothing were found there, or given away when they stand on somebody's invoice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from app.replay.trade_file import Row

SERVICE_CODES = frozenset(
    {"POST", "D", "M", "C2", "DOT", "S", "BANK CHARGES", "AMAZONFEE", "CRUK", "PADS", "B"}
)
_VOUCHER = "GIFT_"
_BAD_DEBT = "B"
_PENCE = Decimal(100)


class Kind(StrEnum):
    """What a row is; the values name it in reports."""

    SALE = "sale"
    CREDIT = "credit"
    SERVICE = "service"
    BAD_DEBT = "bad_debt"
    WRITE_OFF = "write_off"
    ADJUSTMENT = "adjustment"
    STRANGE = "strange"
    """Goods that a credit note gives instead of taking back."""


class Reason(StrEnum):
    """Why a row ends as an exception; the values are the words of reports."""

    BLIND = "credit line of an unnamed customer"
    """Nobody can be asked what was sold to them: all of its units are held."""
    ORPHAN = "credit line with no sale"
    """Nothing of its item was ever sent to that customer; all of its units are held."""
    OVER = "credit line beyond what was sold"
    """Not so much of its item is out with that customer; what is beyond is held."""
    NOT_SENT = "credit line of what is not shipped yet"
    """Some of its units were ordered and wait for stock; these are held."""
    SAME_DAY = "same-day reversal"
    """All of a sale was taken back on its day."""
    UNUSUAL = "keying error"
    """So many units at once that the centre takes them for mistyped."""
    NOT_SHIPPED = "line not shipped at the end"
    """An order's line of which at least one unit still waits for stock."""
    REJECTED = "write-off rejected"
    BAD_DEBT = "A row"
    """The adjustment of a bad debt; it stands at the centre as a line that is not stock."""
    STRANGE = "goods given on a credit note"


BY_FINDING = {
    "return.orphan": Reason.ORPHAN,
    "return.over_return": Reason.OVER,
    "return.not_sent": Reason.NOT_SENT,
    "return.same_day": Reason.SAME_DAY,
    "return.unusual_qty": Reason.UNUSUAL,
}
"""By what the centre found of a return that was asked for, how its credit line ends."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row with its meaning; `number` is its line number on its paper, from 1."""

    number: int
    kind: Kind
    row: Row

    @property
    def units(self) -> int:
        """Base units, without the sign."""
        return abs(self.row.qty)


@dataclass(frozen=True, slots=True)
class Paper:
    """An invoice, credit note or adjustment: all rows of one number, at the time of its first row.

    `bought` says that goods for nothing on it were given to somebody rather than found.
    """

    number: str
    at: datetime
    customer: str | None
    entries: tuple[Entry, ...]
    bought: bool

    def of(self, *kinds: Kind) -> tuple[Entry, ...]:
        """The entries of these kinds, in their order."""
        return tuple(entry for entry in self.entries if entry.kind in kinds)


def kind_of(row: Row) -> Kind:
    """The meaning of a row."""
    prefix, code = row.invoice[0].upper(), row.code.upper()
    if prefix == "A" or code == _BAD_DEBT:
        return Kind.BAD_DEBT
    if code in SERVICE_CODES or code.startswith(_VOUCHER):
        return Kind.SERVICE
    if prefix == "C":
        return Kind.CREDIT if row.qty < 0 else Kind.STRANGE
    if row.qty < 0:
        return Kind.WRITE_OFF
    return Kind.ADJUSTMENT if row.price == 0 else Kind.SALE


def papers(rows: Iterable[Row]) -> tuple[Paper, ...]:
    """The papers of a file in the order of time; rows of one number belong together wherever they stand."""
    by_number: dict[str, list[Row]] = {}
    for row in rows:
        by_number.setdefault(row.invoice, []).append(row)
    found = (_paper(number, of_paper) for number, of_paper in by_number.items())
    return tuple(sorted(found, key=lambda paper: (paper.at, paper.entries[0].row.line)))


def _paper(number: str, rows: list[Row]) -> Paper:
    entries = tuple(Entry(place, kind_of(row), row) for place, row in enumerate(rows, 1))
    customer = next((row.customer for row in rows if row.customer), None)
    bought = customer is not None or any(row.price for row in rows)
    return Paper(number, min(row.at for row in rows), customer, entries, bought)


def pence(price: Decimal) -> int:
    """A price in minor units; the few prices with parts of a penny are rounded to the nearest."""
    return int((price * _PENCE).to_integral_value(ROUND_HALF_UP))
