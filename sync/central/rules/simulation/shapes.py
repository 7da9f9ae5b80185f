"""What is simulated: orders with their facts, units by cell, claims that stand, and what happens in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.domain.clock import to_text
from app.domain.item import Component
from app.domain.reservation import ANY, Scope
from sync.central.rules.allocation_policy import AllocationPolicy, Score, ScoredOrder, good_until
from sync.central.rules.cover import Cell
from sync.central.rules.eligible import Asks

_DATE = 10

LineKey = tuple[int, int]
"""The order's row and the line's number."""


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What an order says of itself; `row` is its place among orders of one instant.

    `fill` is None where the channel's policy decides. `block` is why it may not go on.
    """

    row: int
    code: str
    asked: ScoredOrder
    fill: str | None = None
    region: str | None = None
    block: str | None = None

    @property
    def channel(self) -> str:
        """By which channel it came."""
        return self.asked.channel

    @property
    def placed_at(self) -> datetime:
        """When it was placed."""
        return self.asked.placed_at

    def complete(self, policy: AllocationPolicy) -> bool:
        """Whether it gets everything or nothing under a policy."""
        return (self.fill or policy.channel(self.channel).fill) == "complete"

    def why_none(self, policy: AllocationPolicy, now: datetime) -> str:
        """Why it takes no stock at an instant under a policy; empty when it may."""
        if not policy.channel(self.channel).serves(self.region):
            return f"{self.channel} does not serve {self.region}"
        wanted = self.asked.ship_by
        if policy.beyond_horizon(wanted, now) and wanted is not None:
            return f"it is wanted by {to_text(wanted)[:_DATE]}, more than {policy.horizon_days} days ahead"
        return f"it is blocked ({self.block})" if self.block is not None else ""


@dataclass(frozen=True, slots=True)
class Line:
    """`qty` units that a line of an order wants, out of the units of a scope; with `serials` those.

    `scope.fresh` is only what the line asks itself: what the channel's policy asks comes on top. `kept` units
    of it are its own while its order is blocked and the policy lets blocked orders keep theirs.
    """

    order: OrderFacts
    number: int
    sku: str
    qty: int
    scope: Scope = ANY
    serials: tuple[str, ...] = ()
    kept: int = 0

    @property
    def key(self) -> LineKey:
        """What tells it from other lines."""
        return (self.order.row, self.number)

    def scope_under(self, policy: AllocationPolicy) -> Scope:
        """The units it may be met from under a policy."""
        days = policy.channel(self.order.channel).least_life_days
        if not days:
            return self.scope
        least = good_until(self.order.placed_at, days)
        return replace(self.scope, fresh=max(self.scope.fresh or "", least))

    def score(self, policy: AllocationPolicy, now: datetime) -> Score:
        """Its order's priority."""
        return policy.score(self.order.asked, now)


@dataclass(frozen=True, slots=True)
class Fixed:
    """Units claimed by what no policy moves: hard claims, baskets, transfers, what a site keeps as safety."""

    kind: str
    sku: str
    channel: str
    scope: Scope
    qty: int


@dataclass(frozen=True, slots=True)
class Shipped:
    """Units of an item that left for a channel before the play begins; allotments count them."""

    sku: str
    channel: str
    at: datetime
    qty: int


@dataclass(frozen=True, slots=True)
class Supplied:
    """Sellable units that came (or, below zero, went) by anything but a shipment of an order.

    The cells are given without their quantity.
    """

    at: datetime
    changes: tuple[tuple[str, Cell, int], ...]


@dataclass(frozen=True, slots=True)
class Arrived:
    """An order was captured."""

    at: datetime
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """Units of a line were really shipped."""

    at: datetime
    line: LineKey
    qty: int


Happening = Supplied | Arrived | Left


@dataclass(frozen=True, slots=True)
class World:
    """Items that belong together, for one owner, from one instant to another.

    `opening` has the units of each item by cell (cells without quantity). `lines` are open at the start: by
    rank from then on when `ranked`, else they first get what is there in the order they were placed in, under
    the policy that was in force before. `happenings` are in the order of time. `safety` is each item's own,
    `asks` what its record asks of every unit.
    """

    start: datetime
    end: datetime
    opening: Mapping[str, Mapping[Cell, int]]
    lines: Sequence[Line] = ()
    happenings: Sequence[Happening] = ()
    fixed: Sequence[Fixed] = ()
    kits: Mapping[str, tuple[Component, ...]] = field(default_factory=dict)
    safety: Mapping[str, int] = field(default_factory=dict)
    asks: Mapping[str, Asks] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    shipped: Sequence[Shipped] = ()
    ranked: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a line stands at the end of a play.

    `promised` units of the line's; `last_at` is when it was promised units last, `waited` how many seconds it
    took until it was promised whole, or until the end. `why` says why it takes no stock.
    """

    line: Line
    promised: int
    last_at: datetime | None = None
    waited: int = 0
    why: str = ""
