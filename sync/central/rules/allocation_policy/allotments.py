"""Units that are kept back for one channel: how many, from whom, until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

ANY = "*"


class Spill(StrEnum):
    """Whether other channels may take what a channel does not use of its allotment."""

    NEVER = "never"
    ALWAYS = "always"
    LATER = "unused_after_hours"


class Target(StrEnum):
    """What an allotment is of; the narrowest that fits an item counts."""

    ITEM = "item"
    CATEGORY = "category"
    EVERYTHING = "everything"


_NARROWEST_FIRST = (Target.ITEM, Target.CATEGORY, Target.EVERYTHING)


@dataclass(frozen=True, slots=True)
class Allotment:
    """Units of an item, a category's items each, or every item, for one channel.

    Either `qty` units or `share_percent` of what is sellable. `word` is the SKU or the category, `*` for
    everything. In force from `since` until just before `until`; with the spill `unused_after_hours` what the
    channel has not taken `spill_hours` after `since` is open to all.
    """

    channel: str
    target: Target
    word: str = ANY
    qty: int | None = None
    share_percent: int = 0
    spill: Spill = Spill.NEVER
    spill_hours: int = 0
    since: datetime | None = None
    until: datetime | None = None

    def fits(self, sku: str, category: str) -> bool:
        """True when it is of this item."""
        return self.word == {Target.ITEM: sku, Target.CATEGORY: category, Target.EVERYTHING: ANY}[self.target]

    def in_force(self, now: datetime) -> bool:
        """True from its start to its end."""
        return (self.since is None or self.since <= now) and (self.until is None or now < self.until)

    def units(self, sellable: int) -> int:
        """Allotted units; a share is rounded down."""
        return sellable * self.share_percent // 100 if self.qty is None else self.qty

    @property
    def spills_at(self) -> datetime | None:
        """When unused units are open to all; None when that never happens."""
        if self.spill is Spill.LATER and self.since is not None:
            return self.since + timedelta(hours=self.spill_hours)
        return None

    def spilt(self, now: datetime) -> bool:
        """True when others may take what the channel has not taken."""
        at = self.spills_at
        return self.spill is Spill.ALWAYS or (at is not None and now >= at)


def applying(
    allotments: Iterable[Allotment], sku: str, category: str, now: datetime
) -> tuple[Allotment, ...]:
    """The allotment that counts for each channel, in the order of the policy."""
    fitting = [a for a in allotments if a.fits(sku, category) and a.in_force(now)]
    return tuple(a for a in fitting if a is min((o for o in fitting if o.channel == a.channel), key=_rank))


def kept_back(
    applying: Iterable[Allotment],
    now: datetime,
    sellable: int,
    held: Mapping[str, int],
    sent: Mapping[str, int],
) -> dict[str, int]:
    """Units of an item that each channel with an allotment keeps from the others.

    What a channel was sent is gone from its allotment and from the shelf, what it holds is still on the
    shelf; a share is of what is sellable and what the channel was sent. When fewer units are sellable than
    allotted, allotments are met in the order of the policy, so that two channels never keep the same unit
    from each other.

    Args:
        applying: the one allotment of each channel that counts for the item.
        now: when unused units spill.
        sellable: units that are sellable as new, claimed or not.
        held: units that each channel has reserved or in baskets.
        sent: units that left for each channel since the start of its allotment, where that has one.
    """
    there = left = max(0, sellable)
    found = dict[str, int]()
    for allotment in applying:
        gone = sent.get(allotment.channel, 0)
        unsent = max(0, allotment.units(there + gone) - gone)
        share = 0 if allotment.spilt(now) else min(unsent, left)
        left -= share
        found[allotment.channel] = max(0, share - held.get(allotment.channel, 0))
    return found


def _rank(allotment: Allotment) -> int:
    return _NARROWEST_FIRST.index(allotment.target)
