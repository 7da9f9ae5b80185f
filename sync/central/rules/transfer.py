"""Transfers between sites: their milestones, which may follow which, and how long each has lasted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.transfer import BOOKED_OVER as BOOKED_OVER  # noqa: PLC0414 - callers know them from here
from app.domain.transfer import BOOKED_SHORT as BOOKED_SHORT  # noqa: PLC0414
from sync.central.rules.outcomes import Conflict

_HOUR_S = 3600


class Milestone(StrEnum):
    """How far a transfer is: the last of these that it has reached."""

    DRAFTED = "drafted"
    APPROVED = "approved"
    PICKED = "picked"
    SHIPPED = "shipped"
    IN_TRANSIT = "in_transit"
    ARRIVED = "arrived"
    RECEIVED = "received"
    CLOSED = "closed"
    CANCELLED = "cancelled"


LEFT = (Milestone.SHIPPED, Milestone.IN_TRANSIT, Milestone.ARRIVED, Milestone.RECEIVED)
"""Milestones at which units are, or were, on their way."""

ENDED = (Milestone.CLOSED, Milestone.CANCELLED)

# From which milestones each may be reached; the same one again where it is done in parts.
_FROM: Mapping[Milestone, tuple[Milestone, ...]] = {
    Milestone.APPROVED: (Milestone.DRAFTED, Milestone.APPROVED, Milestone.PICKED),
    Milestone.PICKED: (Milestone.APPROVED, Milestone.PICKED),
    Milestone.SHIPPED: (Milestone.PICKED, Milestone.SHIPPED),
    Milestone.IN_TRANSIT: (Milestone.SHIPPED,),
    Milestone.ARRIVED: (Milestone.SHIPPED, Milestone.IN_TRANSIT),
    Milestone.RECEIVED: LEFT,
    Milestone.CLOSED: LEFT,
    Milestone.CANCELLED: (Milestone.DRAFTED, Milestone.APPROVED, Milestone.PICKED),
}


def may_follow(state: str, step: Milestone) -> bool:
    """True when a transfer at that milestone may go on to the other."""
    return state in _FROM.get(step, ())


def require_step(code: str, state: str, step: Milestone) -> None:
    """Refuses a step that does not follow from where the transfer is."""
    if not may_follow(state, step):
        raise Conflict(
            f"transfer.not_{step}",
            f"Transfer {code} is {state.replace('_', ' ')}.",
            f"Expected one that is {' or '.join(_FROM.get(step, ())).replace('_', ' ')}.",
            "Look at its milestones.",
        )


@dataclass(frozen=True, slots=True)
class Reached:
    """A milestone and when it was reached."""

    milestone: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ages:
    """Seconds at each milestone that was reached, in all, and since the last one.

    What has ended grows no older: its total stops there, and `present` is nothing.
    """

    at: Mapping[str, int]
    total: int
    present: int

    def alarms(self, code: str, limit_hours: int) -> list[str]:
        """One sentence for each milestone that lasted longer than the limit."""
        return [
            f"Transfer {code} was {milestone.replace('_', ' ')} for {seconds // _HOUR_S} hours, longer than "
            f"{limit_hours}."
            for milestone, seconds in self.at.items()
            if seconds > limit_hours * _HOUR_S
        ]


def ages(reached: Sequence[Reached], now: datetime) -> Ages:
    """How long a transfer was at each milestone, by what its callers said; never below zero.

    What happened beside the milestones counts for none of them.
    """
    found: dict[str, int] = {}
    reached = [entry for entry in reached if entry.milestone in set(Milestone)]
    ended = bool(reached) and reached[-1].milestone in ENDED
    stops = [*(entry.at for entry in reached[1:]), reached[-1].at if ended else now] if reached else []
    for entry, until in zip(reached, stops, strict=True):
        if entry.milestone not in ENDED:
            lasted = max(0, int((until - entry.at).total_seconds()))
            found[entry.milestone] = found.get(entry.milestone, 0) + lasted
    total = max(0, int((stops[-1] - reached[0].at).total_seconds())) if reached else 0
    present = 0 if ended or not reached else max(0, int((now - reached[-1].at).total_seconds()))
    return Ages(found, total, present)


@dataclass(frozen=True, slots=True)
class TransferLine:
    """Units of one item, of one lot when `lot` is not empty, and what became of them."""

    line: int
    sku: str
    lot: str
    qty: int
    picked: int = 0
    shipped: int = 0
    received: int = 0
    damaged: int = 0
    short: int = 0
    over: int = 0
    claimed: int = 0

    @property
    def on_the_way(self) -> int:
        """Units that left and were not received, damaged or found short."""
        return self.shipped - self.received - self.damaged - self.short

    @property
    def to_ship(self) -> int:
        """Units that were picked, did not leave yet, and are still claimed."""
        return max(0, min(self.picked - self.shipped, self.claimed))

    @property
    def to_pick(self) -> int:
        """Units that are claimed and not picked yet."""
        return max(0, self.claimed - (self.picked - self.shipped))
