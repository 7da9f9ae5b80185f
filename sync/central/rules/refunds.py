"""Money for what came back: how much of a sale is owed, in which state it is, what the books say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from app.domain.event import EventKind
from app.domain.policy.refunds import Method, RefundRule
from app.domain.refusal import Refused
from sync.central.rules.books import Book, Line, share
from sync.central.rules.books.shares import ratio
from sync.central.rules.outcomes import Conflict
from sync.central.rules.replacements import settled

_WHOLE = 100


class RefundState(StrEnum):
    """Where a refund is; `posted` is approved and in the books."""

    DUE = "due"
    POSTED = "posted"
    PAYING = "paying"
    PAID = "paid"
    FAILED = "failed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REVERSED = "reversed"


_AFTER: Mapping[RefundState, frozenset[RefundState]] = MappingProxyType(
    {
        RefundState.DUE: frozenset({RefundState.POSTED, RefundState.REJECTED, RefundState.WITHDRAWN}),
        RefundState.POSTED: frozenset({RefundState.PAYING, RefundState.PAID, RefundState.REVERSED}),
        RefundState.PAYING: frozenset({RefundState.PAID, RefundState.FAILED}),
        RefundState.FAILED: frozenset({RefundState.PAYING, RefundState.PAID, RefundState.REVERSED}),
        RefundState.PAID: frozenset({RefundState.REVERSED}),
    }
)

FREES = frozenset({RefundState.REJECTED, RefundState.WITHDRAWN, RefundState.REVERSED})
"""States in which the units and their price may be refunded again."""


def require_step(code: str, state: str, wanted: RefundState) -> None:
    """Refuses a step that does not follow from where a refund is.

    Raises:
        Conflict: it does not.
    """
    now = RefundState(state)
    if wanted not in _AFTER.get(now, frozenset()):
        before = sorted(s.value for s, after in _AFTER.items() if wanted in after)
        raise Conflict(
            "refund.state",
            f"Refund {code} is {now.value}.",
            f"Expected {' or '.join(before)}.",
            "Look at how it came there.",
        )


@dataclass(slots=True)
class Owed:
    """What a sale brought, and how much of it refunds were opened for: units, net and tax."""

    qty: int
    net: int
    tax: int
    credited: int = 0
    credited_net: int = 0
    credited_tax: int = 0

    @property
    def left(self) -> int:
        """Units that no refund was opened for."""
        return self.qty - self.credited

    def take(self, units: int) -> tuple[int, int]:
        """The price of some more units, net and tax: all of them together have all that is left."""
        net = share(self.net - self.credited_net, self.left, 0, units)
        tax = share(self.tax - self.credited_tax, self.left, 0, units)
        self._credit(units, net, tax)
        return net, tax

    def take_amount(self, net: int) -> tuple[int, int]:
        """A part of the price that goes back for no unit, with its part of the tax.

        Raises:
            Refused: it is more than is left of the price.
        """
        left = self.net - self.credited_net
        if net > left:
            raise Refused(
                "refund.beyond_paid",
                f"Read {net} minor units to be credited.",
                f"Expected no more than the {left} that are left of the price.",
                "Credit no more than was paid.",
            )
        tax = ratio(self.tax - self.credited_tax, net, left) if left else 0
        self._credit(0, net, tax)
        return net, tax

    def give_back(self, units: int, net: int, tax: int) -> None:
        """Takes a refund back."""
        self._credit(-units, -net, -tax)

    def _credit(self, units: int, net: int, tax: int) -> None:
        self.credited += units
        self.credited_net += net
        self.credited_tax += tax


@dataclass(frozen=True, slots=True)
class Taken:
    """What a refund took of a sale's price; `units` is 0 for a part of the price alone."""

    units: int
    net: int
    tax: int


def short_of(qty: int, net: int, tax: int, taken: Sequence[Taken]) -> list[tuple[int, int]]:
    """By how much, net and tax, each refund has less than its units' part of the price.

    Refunds are those that stand, in the order they were opened. One of a part of the price alone is short of
    nothing; so is one that has as much or more.
    """
    owed, found = Owed(qty, net, tax), list[tuple[int, int]]()
    for part in taken:
        if not part.units:
            owed.give_back(0, -part.net, -part.tax)
            found.append((0, 0))
            continue
        whole = owed.take(part.units)
        found.append((max(0, whole[0] - part.net), max(0, whole[1] - part.tax)))
    return found


@dataclass(frozen=True, slots=True)
class Amount:
    """What is refunded of a price, and what is kept of that as a fee; `base` is their whole price."""

    base_net: int
    base_tax: int
    net: int
    tax: int
    fee: int

    @property
    def payable(self) -> int:
        """What the customer gets."""
        return self.net + self.tax - self.fee


@dataclass(frozen=True, slots=True)
class Given:
    """What standing refunds of one sale by one rule have: units, the price of these, and what went back."""

    units: int = 0
    base_net: int = 0
    base_tax: int = 0
    net: int = 0
    tax: int = 0
    fee: int = 0

    def with_(self, units: int, due: Amount) -> Given:
        """The same with one refund more."""
        return Given(
            self.units + units,
            self.base_net + due.base_net,
            self.base_tax + due.base_tax,
            self.net + due.net,
            self.tax + due.tax,
            self.fee + due.fee,
        )


NOTHING = Given()
"""Before the first refund of a sale."""


def amount(rule: RefundRule, units: int, net: int, tax: int, before: Given = NOTHING) -> Amount:
    """What a rule makes of the price of some units; a fee is never more than what there is to keep it of.

    The fee is kept of what is paid out, whose tax goes back in whole. A percentage is taken of all that the
    rule refunded of the sale so far, less what went back `before`: parts in any order have the cents that the
    whole would have.
    """
    all_net = ratio(before.base_net + net, rule.percent, _WHOLE)
    all_tax = ratio(before.base_tax + tax, rule.percent, _WHOLE)
    part = _next(all_net, before.net, net), _next(all_tax, before.tax, tax)
    all_fee = rule.fee_minor * (before.units + units) + ratio(all_net + all_tax, rule.fee_percent, _WHOLE)
    return Amount(net, tax, *part, _next(min(all_fee, all_net + all_tax), before.fee, sum(part)))


def _next(whole: int, before: int, most: int) -> int:
    """What is left of a sum for the next part: not less than nothing, nor more than there is of it."""
    return min(max(0, whole - before), most)


MONEY = frozenset({EventKind.REFUND_POSTED, EventKind.REFUND_PAID, EventKind.REFUND_REVERSED})
"""Events that move money and no goods."""


def booked(kind: str, body: Mapping[str, Any]) -> list[Line]:
    """What an event about a refund does to the books; nothing when it moves no money."""
    net, tax, fee = (int(body[name]) for name in ("net", "tax", "fee"))
    value = net + tax - fee
    payable = value if body.get("replaced") is None else max(0, value - int(body["replaced"]))
    credit = body["method"] == Method.STORE_CREDIT
    owed = Book.STORE_CREDIT if credit else Book.REFUNDS_DUE
    if kind == EventKind.REFUND_PAID:
        return [] if credit else [Line(owed, payable), Line(Book.PAYOUTS, -payable)]
    lines = [
        Line(Book.SALES_RETURNS, net),
        Line(Book.SALES_TAX, tax),
        Line(Book.RETURN_FEES, -fee),
        Line(owed, -value),
    ]
    lines = settled(lines, body)
    if kind == EventKind.REFUND_POSTED:
        return lines
    if body.get("paid") and not credit:
        # The money is with the customer: it is his to give back.
        lines = [Line(Book.RECEIVABLE, line.minor) if line.book is owed else line for line in lines]
    return [line.reversed() for line in lines]
