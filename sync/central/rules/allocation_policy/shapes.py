"""What an allocation policy says, read and checked; every question about it has its answer here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from operator import itemgetter

from app.domain.clock import to_text
from app.domain.refusal import Refused
from app.domain.reservation import Claim
from sync.central.rules.allocation_policy.allotments import (
    ANY,
    Allotment,
    Target,
    applying,
)
from sync.central.rules.allocation_policy.scoring import Score, ScoredOrder, Scoring, score
from sync.central.rules.allocation_policy.section import DEFAULT

_DATE = 10
_LAST_DAY = "9999-12-31"


class Fill(StrEnum):
    """What an order gets when there is not enough: what there is, or nothing until all of it is there."""

    PARTIAL = "partial"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class ChannelRule:
    """What holds for the orders of one channel.

    `claim` is soft or hard, as orders are captured. `ship_complete` keeps an order back until all of it can
    leave. `least_life_days` is the shelf life that a unit must have left. `not_served` are region codes; a
    country (`GB`) covers its parts (`GB-NIR`).
    """

    channel: str
    claim: Claim = Claim.HARD
    fill: Fill = Fill.PARTIAL
    ship_complete: bool = False
    least_life_days: int = 0
    not_served: tuple[str, ...] = ()

    def serves(self, region: str | None) -> bool:
        """True unless the region, or the country around it, is one the channel does not serve."""
        return region is None or not any(covers(word, region) for word in self.not_served)


def covers(wide: str, region: str) -> bool:
    """True when a region is, or is a part of, the wider one."""
    return region == wide or region.startswith(f"{wide}-")


class Supply(StrEnum):
    """Where units that are not here yet come from."""

    INBOUND = "inbound"
    TRANSFERS = "transfers"
    EXPECTED_RETURNS = "expected_returns"


@dataclass(frozen=True, slots=True)
class Counted:
    """Units of a supply that may be promised, and why so many."""

    units: int
    why: str


@dataclass(frozen=True, slots=True)
class Exposure:
    """Which supplies may be promised before they are here; none unless the policy says so."""

    inbound: bool = False
    transfers: bool = False
    expected_returns: bool = False
    inbound_confidence_percent: int = 100
    pass_rate_percent: int = 100
    horizon_days: int = 30

    def on(self, supply: Supply) -> bool:
        """True when units of that supply count."""
        return {
            Supply.INBOUND: self.inbound,
            Supply.TRANSFERS: self.transfers,
            Supply.EXPECTED_RETURNS: self.expected_returns,
        }[supply]

    def count(self, supply: Supply, units: int, due_in_days: int | None) -> Counted:
        """How many of the units may be promised, rounded down; overdue ones count, undated ones do not."""
        said = supply.replace("_", " ")
        if not self.on(supply):
            return Counted(0, f"{said} are not promised for this category")
        if due_in_days is None:
            return Counted(0, f"{said} without a date are not promised")
        if due_in_days > self.horizon_days:
            return Counted(0, f"{said} due in more than {self.horizon_days} days are not promised")
        percent, of = {
            Supply.INBOUND: (self.inbound_confidence_percent, "confidence"),
            Supply.TRANSFERS: (100, "all"),
            Supply.EXPECTED_RETURNS: (self.pass_rate_percent, "pass rate"),
        }[supply]
        return Counted(max(0, units) * percent // 100, f"{said}: {percent} % ({of}) of {units}, rounded down")


@dataclass(frozen=True, slots=True)
class CategoryRule:
    """What holds for the items of one category; `safety` units where no record of an item says otherwise."""

    category: str
    safety: int | None = None
    exposure: Exposure = field(default_factory=Exposure)


@dataclass(frozen=True, slots=True)
class Basket:
    """How long a basket claim lives, and the most units of one item it may ask for."""

    life_minutes: int = 30
    most_units: int = 1_000


@dataclass(frozen=True, slots=True)
class Block:
    """A kind of order block; `keep` leaves a blocked order its reservations, else the stock is freed."""

    kind: str
    keep: bool = True


@dataclass(frozen=True, slots=True)
class SubstituteRule:
    """Where another item may be sent instead; lists of words, `*` is any."""

    categories: tuple[str, ...]
    channels: tuple[str, ...]
    most_price_difference_percent: int
    needs_consent: bool

    def holds(self, category: str, channel: str) -> bool:
        """True when it is about such a line."""
        return (ANY in self.categories or category in self.categories) and (
            ANY in self.channels or channel in self.channels
        )

    def why_not(self, price_minor: int, instead_minor: int, *, consent: bool) -> str | None:
        """Why an item of the second price may not be sent for one of the first; None when it may."""
        if self.needs_consent and not consent:
            return "the customer has not agreed to substitutes"
        if abs(instead_minor - price_minor) * 100 > self.most_price_difference_percent * price_minor:
            return f"its price differs by more than {self.most_price_difference_percent} %"
        return None


@dataclass(frozen=True, slots=True)
class Split:
    """Into how many parcels an order may be split, and what one more may cost; None is no limit."""

    most_parcels: int | None = None
    split_cost_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Sourcing:
    """What counts beside shipping cost when a place is chosen.

    `lateness_minor_per_day` is what a day after the promised date costs, in minor units. The weight is
    percent of the margin lost: 100 counts it as it is, 0 not at all.
    """

    lateness_minor_per_day: int = 0
    margin_weight_percent: int = 0


FIRST_BLOCKS: Mapping[str, Block] = {kind: Block(kind) for kind in ("fraud", "credit", "review")}
"""The kinds of order block that every policy has."""


@dataclass(frozen=True)
class AllocationPolicy:
    """A read and checked allocation policy. `source` is its text, published byte for byte.

    `channel_rules` and `category_rules` always hold one named `default`. Orders wanted later than
    `horizon_days` from now wait; None lets every order take stock.
    """

    version: str
    source: str = ""
    horizon_days: int | None = None
    scoring: Scoring = field(default_factory=Scoring)
    channel_rules: Mapping[str, ChannelRule] = field(default_factory=lambda: {DEFAULT: ChannelRule(DEFAULT)})
    category_rules: Mapping[str, CategoryRule] = field(
        default_factory=lambda: {DEFAULT: CategoryRule(DEFAULT)}
    )
    basket: Basket = field(default_factory=Basket)
    blocks: Mapping[str, Block] = field(default_factory=lambda: FIRST_BLOCKS)
    allotments: tuple[Allotment, ...] = ()
    substitutes: tuple[SubstituteRule, ...] = ()
    split: Split = field(default_factory=Split)
    sourcing: Sourcing = field(default_factory=Sourcing)

    def channel(self, name: str) -> ChannelRule:
        """What holds for a channel; one without a table of its own is judged as `default`."""
        return self.channel_rules.get(name) or self.channel_rules[DEFAULT]

    def category(self, name: str) -> CategoryRule:
        """What holds for a category; one without a table of its own is judged as `default`."""
        return self.category_rules.get(name) or self.category_rules[DEFAULT]

    def block(self, kind: str) -> Block:
        """What an order block of that kind does; refused when the policy has none."""
        found = self.blocks.get(kind)
        if found is None:
            raise Refused(
                "policy.unknown_block",
                f"Read the order block {kind[:60]!r}.",
                f"Allocation policy {self.version} has {', '.join(self.blocks)}.",
                "Use one of these.",
            )
        return found

    def score(self, order: ScoredOrder, now: datetime) -> Score:
        """The priority of an order at an instant, with its reasons."""
        return score(self.scoring, order, now)

    def beyond_horizon(self, wanted_at: datetime | None, now: datetime) -> bool:
        """True while an order that is wanted then does not take stock before nearer ones."""
        if self.horizon_days is None or wanted_at is None:
            return False
        return wanted_at - now > timedelta(days=self.horizon_days)

    def allotted(self, sku: str, category: str, now: datetime) -> tuple[Allotment, ...]:
        """The allotment of each channel that counts for an item, in the order of the policy."""
        words = ((Target.ITEM, sku), (Target.CATEGORY, category), (Target.EVERYTHING, ANY))
        # Few of many: only those of this item.
        near = sorted((entry for word in words for entry in self._placed.get(word, ())), key=itemgetter(0))
        return applying([allotment for _, allotment in near], sku, category, now)

    @cached_property
    def _placed(self) -> Mapping[tuple[Target, str], list[tuple[int, Allotment]]]:
        found: defaultdict[tuple[Target, str], list[tuple[int, Allotment]]] = defaultdict(list)
        for place, allotment in enumerate(self.allotments):
            found[allotment.target, allotment.word].append((place, allotment))
        return dict(found)

    def substitute(self, category: str, channel: str) -> SubstituteRule | None:
        """The first rule about substitutes that holds; None when none may be sent."""
        return next((rule for rule in self.substitutes if rule.holds(category, channel)), None)


NEUTRAL = AllocationPolicy(version="built-in")
"""What holds where no policy was ever published: nothing but an order's own priority changes anything."""


def good_until(placed_at: datetime, days: int) -> str:
    """The date until which units must be good to have `days` of life left when their order was placed.

    It counts from there and not from when the centre heard of it, so that an order that comes late, or is
    played again, is met from the same units.
    """
    try:
        return to_text(placed_at + timedelta(days=days))[:_DATE]
    except OverflowError:
        return _LAST_DAY
