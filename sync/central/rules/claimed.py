"""Why a claim to bring something back does not fit what was sold: named, so that it can be answered.

A claim is judged when a return is asked for, by what was sold to that customer. Units that come with no claim
are judged by what of their item was ever sent to anybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType


class Why(StrEnum):
    """What does not fit; the value is the type of its case."""

    BLIND = "return.blind"
    """Nobody announced it, and there are sales or open returns that it could be of."""
    ORPHAN = "return.orphan"
    """Nothing of the item was ever sent to that customer, or to anybody."""
    OVER = "return.over_return"
    """Of what was sent everything came back before, or too much of it for so many units."""
    NOT_SENT = "return.not_sent"
    """They ordered it, and by our record it has not left yet."""
    SAME_DAY = "return.same_day"
    """All units of a sale come back on the day it was made."""
    UNUSUAL = "return.unusual_qty"
    """So many units at once that somebody may have mistyped."""


FIX: Mapping[Why, str] = MappingProxyType(
    {
        Why.BLIND: "Nobody announced this return: match it with its sale, then decide about the goods.",
        Why.ORPHAN: "No sale of it is on record: ask where it was bought, and give no money before "
        "that is known.",
        Why.OVER: "More comes back than was sold and is still out: look for a sale that was not recorded, "
        "or a return that was counted twice, before any money is given.",
        Why.NOT_SENT: "It was ordered and by our record has not left yet: record the shipment, or cancel "
        "the order.",
        Why.SAME_DAY: "All of a sale was taken back on its day: look whether the goods had left at all, "
        "and what the customer is charged.",
        Why.UNUSUAL: "So many units of it are not usual: count the goods and correct the quantity where it "
        "was mistyped, before any money is given.",
    }
)
"""What a person does about it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Units of an item that a customer ordered at an instant and that did not leave yet."""

    qty: int
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class History:
    """What a customer had of an item: whether any of it was ever sent to them, and what still waits."""

    sent: bool = False
    waiting: Sequence[Waiting] = ()


def why_blind(qty: int, asked_at: datetime, history: History) -> Why:
    """Why none of these units, or not all of them, are of a sale to that customer."""
    if any(order.qty == qty and same_day(order.placed_at, asked_at) for order in history.waiting):
        return Why.SAME_DAY
    if history.sent:
        return Why.OVER
    return Why.NOT_SENT if history.waiting else Why.ORPHAN


def why_unclaimed(*, out: bool, sent: bool) -> Why:
    """Why units that nobody claimed are nobody's: is their item `out` or awaited, was it ever sent?"""
    if out:
        return Why.BLIND
    return Why.OVER if sent else Why.ORPHAN


def same_day(sold: datetime, asked: datetime) -> bool:
    """Whether both are of one day, counted in UTC as return windows are."""
    return sold.astimezone(UTC).date() == asked.astimezone(UTC).date()
