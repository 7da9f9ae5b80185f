"""Units that are kept back for one channel: how many, from whom, until when, each with its sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.clock import to_text

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

    @property
    def amount(self) -> str:
        """The allotted units in words."""
        units = f"{self.share_percent} % of what is sellable" if self.qty is None else f"{self.qty} units"
        named = {Target.ITEM: f" of {self.word}", Target.CATEGORY: f" of each item in {self.word}"}
        return units + named.get(self.target, " of every item")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which item is asked for, of which category, by which channel."""

    sku: str
    category: str
    channel: str


@dataclass(frozen=True, slots=True)
class KeptBack:
    """Units that others may not take because they are kept back for `channel`, and why."""

    channel: str
    units: int
    why: str


def applying(
    allotments: Iterable[Allotment], sku: str, category: str, now: datetime
) -> tuple[Allotment, ...]:
    """The allotment that counts for each channel, in the order of the policy."""
    fitting = [a for a in allotments if a.fits(sku, category) and a.in_force(now)]
    return tuple(a for a in fitting if a is min((o for o in fitting if o.channel == a.channel), key=_rank))


def kept_back(
    allotments: Iterable[Allotment],
    wanted: Wanted,
    now: datetime,
    sellable: int,
    own: Mapping[str, int],
) -> tuple[KeptBack, ...]:
    """What is kept back from a channel: one entry for each other channel that has an allotment.

    When fewer units are sellable than allotted, allotments are met in the order of the policy, so that two
    channels never keep the same unit from each other.

    Args:
        allotments: of the policy in force.
        wanted: the item, and the channel that asks.
        now: which allotments are in force.
        sellable: units that are sellable as new, claimed or not.
        own: for each channel the units that are its own already: reserved, and shipped since the start of an
            allotment that has one.
    """
    left = max(0, sellable)
    found: list[KeptBack] = []
    for allotment in applying(allotments, wanted.sku, wanted.category, now):
        spilt = _spilt(allotment, now)
        share = 0 if spilt else min(allotment.units(max(0, sellable)), left)
        left -= share
        if allotment.channel != wanted.channel:
            taken = own.get(allotment.channel, 0)
            units = max(0, share - taken)
            found.append(KeptBack(allotment.channel, units, spilt or _why(allotment, units, share, taken)))
    return tuple(found)


def _spilt(allotment: Allotment, now: datetime) -> str:
    """Why nothing is kept back any more; empty while something is."""
    start = f"Nothing is kept back for {allotment.channel}: {allotment.amount}"
    if allotment.spill is Spill.ALWAYS:
        return f"{start} are allotted to it, and others may always take what it does not use."
    at = allotment.spills_at
    if at is not None and now >= at:
        return f"{start} were allotted to it, and what it had not used by {to_text(at)} is open to all."
    return ""


def _why(allotment: Allotment, units: int, share: int, taken: int) -> str:
    short = "" if share == allotment.qty else f", which is {share}"
    return (
        f"{units} kept back for {allotment.channel}: {allotment.amount} are allotted to it{short}, "
        f"{taken} are its own already."
    )


def _rank(allotment: Allotment) -> int:
    return _NARROWEST_FIRST.index(allotment.target)
