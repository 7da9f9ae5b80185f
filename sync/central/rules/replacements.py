"""Units that are sent in place of what comes back: where such a replacement is, and what pays for it.

Sent, a replacement's price stands on the books' account of exchanges. Each unit that comes back pays for one
unit of it: what its refund is worth is set against that price first, and only what is left over goes to the
customer; what the price is more, the customer owes. What nothing came back for is charged or waived.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.domain.event import EventKind
from sync.central.rules.books import Book, Line, share


class Kind(StrEnum):
    """How a customer gets the replacement: once the old unit was judged, or ahead of it."""

    EXCHANGE = "exchange"
    ADVANCE = "advance"


class State(StrEnum):
    """Where a replacement is.

    An exchange is `held` (blocked, its units reserved) until the returned units pay for it, then `released`;
    `lapsed` it is blocked still and its units were given to others. An advance is `advanced` until it is
    `settled` by what came back, or `overdue`. `charged` and `waived` are finance's word on the rest.
    """

    HELD = "held"
    LAPSED = "lapsed"
    RELEASED = "released"
    ADVANCED = "advanced"
    OVERDUE = "overdue"
    SETTLED = "settled"
    CHARGED = "charged"
    WAIVED = "waived"
    CANCELLED = "cancelled"


BLOCKED = frozenset({State.HELD, State.LAPSED})
"""States in which the order of a replacement is blocked."""

WAITS = frozenset({State.HELD, State.LAPSED, State.ADVANCED, State.OVERDUE})
"""States in which units are still to come back."""

SAID: Mapping[State, EventKind] = {state: EventKind(f"replacement.{state.value}") for state in State}
"""The event that tells of each state."""


class Settles(StrEnum):
    """What units that come back pay for: the replacement's price, or what was waived of it."""

    EXCHANGE = "exchange"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class Units:
    """Units of a replacement: those not cancelled, those that left, and what was said about them.

    Refunds of `paid` units pay for it; `opened` counts those too whose refund nobody approved yet. `decided`
    units were charged or waived.
    """

    live: int
    shipped: int
    paid: int
    opened: int
    decided: int

    @property
    def covered(self) -> bool:
        """True when nothing more is to come back for it."""
        return self.paid + self.decided >= self.live

    @property
    def back(self) -> bool:
        """True when everything came back that was to, whether or not somebody approved its refund."""
        return self.opened + self.decided >= self.live

    @property
    def without(self) -> int:
        """Units that are with the customer, and nothing is here or was said for them."""
        return max(0, self.shipped - self.opened - self.decided)

    @property
    def kept(self) -> int:
        """Reserved units that something is here or was said for: they are given to nobody else."""
        return max(0, self.opened + self.decided - self.shipped)

    @property
    def wanted(self) -> int:
        """Units that the next units to come back pay for."""
        return max(0, self.live - self.opened - self.decided)


def state_of(kind: Kind, was: State, units: Units, decision: State | None, *, owes: bool = False) -> State:
    """Where a replacement is by its units; late ones stay late until something answers for them.

    What leaves only for what was paid waits for the approval, and for the customer who `owes` the rest of a
    dearer one; of what was sent ahead the goods are enough. What was released stays so while its units pay.
    """
    if not units.live:
        return State.CANCELLED
    if units.covered if kind is Kind.EXCHANGE else units.back:
        if units.decided and decision is not None:
            return decision
        waits = kind is Kind.EXCHANGE and owes and was in BLOCKED and units.shipped < units.live
        if waits:
            return was
        return State.RELEASED if kind is Kind.EXCHANGE else State.SETTLED
    if kind is Kind.EXCHANGE:
        return State.LAPSED if was is State.LAPSED else State.HELD
    return State.OVERDUE if was is State.OVERDUE else State.ADVANCED


@dataclass(frozen=True, slots=True)
class Price:
    """What a replacement costs: for each of its `qty` units without tax, and the tax of all of them."""

    qty: int
    unit_minor: int
    tax_minor: int

    def up_to(self, units: int) -> int:
        """The price of so many units, tax included, as their sale books it."""
        return self.unit_minor * units + share(self.tax_minor, self.qty, 0, units)

    def part(self, units: int, taken: int, taken_minor: int) -> int:
        """The price of some more units where `taken` of them had `taken_minor`: no cent is left or added."""
        return max(0, self.up_to(min(taken + units, self.qty)) - taken_minor)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Units that come back together, and what they pay for; None: they are refunded like any others."""

    qty: int
    settles: Settles | None


NONE = Chunk(0, None)
"""A part of a price that goes back for no unit."""


def chunks(qty: int, units: Units, waived: int) -> list[Chunk]:
    """Which of some units pay for the replacement, which for what was waived of it, which for neither."""
    first = min(qty, units.wanted)
    second = min(qty - first, waived)
    parts = [Chunk(first, Settles.EXCHANGE), Chunk(second, Settles.WAIVED), Chunk(qty - first - second, None)]
    return [part for part in parts if part.qty]


def settled(lines: Sequence[Line], body: Mapping[str, Any]) -> list[Line]:
    """The lines of a refund, the last of them what is owed, with the replacement that it pays for."""
    replaced = int(body.get("replaced") or 0)
    if not replaced:
        return list(lines)
    *others, owed = lines
    value = -owed.minor
    against = Book.WAIVED if body.get("settles") == Settles.WAIVED else Book.EXCHANGES
    return [
        *others,
        Line(owed.book, -max(value - replaced, 0)),
        Line(against, -replaced),
        Line(Book.RECEIVABLE, max(replaced - value, 0)),
    ]


PAID = frozenset({EventKind.REPLACEMENT_PAID, EventKind.REPLACEMENT_UNPAID})
"""Events by which a customer paid what a replacement is dearer, or had not."""


def paid(kind: str, body: Mapping[str, Any]) -> list[Line]:
    """What a customer's payment does to the books, and what takes it back."""
    minor = int(body["minor"])
    lines = [Line(Book.PAYOUTS, minor), Line(Book.RECEIVABLE, -minor)]
    return lines if kind == EventKind.REPLACEMENT_PAID else [line.reversed() for line in lines]


DECIDED = frozenset({EventKind.REPLACEMENT_CHARGED, EventKind.REPLACEMENT_WAIVED})
"""Events that move money."""


def booked(kind: str, body: Mapping[str, Any]) -> list[Line]:
    """What finance's word on a replacement does to the books; `minor` may be nothing."""
    against = Book.RECEIVABLE if kind == EventKind.REPLACEMENT_CHARGED else Book.WAIVED
    minor = int(body.get("minor") or 0)
    return [Line(against, minor), Line(Book.EXCHANGES, -minor)]
