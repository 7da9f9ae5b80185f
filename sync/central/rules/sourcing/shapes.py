"""What sourcing is asked with and what it answers: sites, needs, the policy, plans with their costs.

Money is integer minor units of one currency; a smaller priority is served first; days are whole days of the
calendar of the site that ships. A line is shipped whole by one site; an order may be split between sites,
line by line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo

from app.domain.item import Component

Cell = tuple[str, str]
"""One site's units of one item: (site, sku)."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What one parcel of an order costs from a site, and the days until it arrives."""

    base_minor: int
    per_unit_minor: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True)
class Departure:
    """When a parcel that is released now leaves: `day` by the calendar of its site, which is in `tz`.

    `zone` and `service` say for which shipping zone and service level; None means any.
    """

    day: date
    tz: tzinfo = UTC
    zone: str | None = None
    service: str | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """A place that ships.

    Attributes:
        code: the location's code.
        parcels_left: parcels its people can still pack today; None when labour does not limit it.
        rates: what a parcel costs by zone; a zone that is not named is not served.
        departures: when its parcels leave; one that none is for leaves today, by UTC.
    """

    code: str
    parcels_left: int | None = None
    rates: Mapping[str, Rate] = field(default_factory=dict)
    departures: tuple[Departure, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """Units of one item to be shipped; `kit` are the parts that an absent kit is assembled from.

    `whole` are the units of the line that this was cut from, if it was; what waiting costs is shared by them.
    """

    line: int
    sku: str
    qty: int
    kit: tuple[Component, ...] = ()
    whole: int | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """An order that waits for a site.

    Attributes:
        order: its code.
        lines: what is to be shipped.
        placed: when it came, in any form that sorts; the older is served first.
        priority: the smaller is served first.
        zone: where the parcels go.
        service: how fast they are to be.
        promised: the instant by which they are due; what leaves on its day at the site is in time.
        margin_minor: what the whole order earns before shipping; lost with the lines that are not served.
        ship_complete: all of its lines or none.
        max_parcels: at most so many, when fewer than the policy allows.
        sites: the sites that may ship it; None for all.
    """

    order: str
    lines: tuple[Line, ...]
    placed: str = ""
    priority: int = 100
    zone: str = ""
    service: str = ""
    promised: datetime | None = None
    margin_minor: int = 0
    ship_complete: bool = False
    max_parcels: int | None = None
    sites: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """How costs are weighed and orders split.

    Attributes:
        split_minor: what each parcel after an order's first costs beside its freight.
        late_minor: what each day past the promised day costs, for each parcel.
        unserved_minor: what each line that no site ships costs, beside its part of the margin.
        max_parcels: parcels of one order at most.
        latest_days: days past the promised day at most; None for no limit.
        most_split_minor: what all parcels of an order but its dearest may cost, freight and split cost
            together; an order that would cost more is not split so. None for no limit.
    """

    split_minor: int = 0
    late_minor: int = 0
    unserved_minor: int = 10_000
    max_parcels: int = 3
    latest_days: int | None = None
    most_split_minor: int | None = None


Freight = Callable[[Need, Site], Rate | None]
"""What a parcel of an order costs from a site; None when the site does not ship there."""


def by_zone(need: Need, site: Site) -> Rate | None:
    """The freight of a site's own table."""
    return site.rates.get(need.zone)


@dataclass(frozen=True, slots=True)
class Wave:
    """Orders to be sourced together, and what there is to do it with.

    Attributes:
        sites: the places that ship.
        needs: the orders.
        stock: units free at each site; a cell that is not named is empty.
        now: the instant at which parcels are released.
        policy: how to weigh.
        freight: what parcels cost.
    """

    sites: tuple[Site, ...]
    needs: tuple[Need, ...]
    stock: Mapping[Cell, int]
    now: datetime
    policy: Policy = Policy()
    freight: Freight = by_zone


@dataclass(frozen=True, slots=True)
class Cost:
    """A plan's cost by its parts; `shipping` is freight, `unserved` what lines cost that nobody ships."""

    shipping: int = 0
    split: int = 0
    late: int = 0
    unserved: int = 0

    @property
    def total(self) -> int:
        """All parts together."""
        return self.shipping + self.split + self.late + self.unserved

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.shipping + other.shipping,
            self.split + other.split,
            self.late + other.late,
            self.unserved + other.unserved,
        )


@dataclass(frozen=True, slots=True)
class Piece:
    """A line inside a parcel: units of its own item, and kits assembled from parts at the site."""

    line: int
    sku: str
    own: int
    assembled: int = 0

    @property
    def qty(self) -> int:
        """Units of the line."""
        return self.own + self.assembled


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one site sends for one order, when it leaves, and how many days past the promise it arrives."""

    site: str
    pieces: tuple[Piece, ...]
    leaves: date
    late_days: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Who ships what of one order; `unserved` are the numbers of the lines that nobody ships."""

    order: str
    parcels: tuple[Parcel, ...]
    unserved: tuple[int, ...]
    cost: Cost

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites that ship, sorted."""
        return tuple(parcel.site for parcel in self.parcels)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An alternative that could not be: the sites, a code for the rule, and the reason for people."""

    sites: tuple[str, ...]
    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an order is shipped as it is.

    Attributes:
        plan: what was chosen.
        rule: what decided, as a code: cheapest, serves_more, fewer_parcels, site_order, only_plan,
            nothing_fits, not_worth_it.
        why: the same in a sentence.
        runner_up: the best plan from other sites, with its cost; None when there was none.
        refused: what could not be, and why.
        strict: the plan under strict order, when the wave as a whole changed it.
    """

    plan: Plan
    rule: str
    why: str
    runner_up: Plan | None = None
    refused: tuple[Refusal, ...] = ()
    strict: Plan | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The plans of a wave, in the order in which the needs are served, each with its reasons."""

    explanations: tuple[Explanation, ...]

    @property
    def plans(self) -> tuple[Plan, ...]:
        """The plans alone."""
        return tuple(explained.plan for explained in self.explanations)

    @property
    def cost(self) -> Cost:
        """What all plans cost together."""
        return sum((plan.cost for plan in self.plans), Cost())

    @property
    def unserved(self) -> int:
        """Lines that nobody ships."""
        return sum(len(plan.unserved) for plan in self.plans)


@dataclass(frozen=True, slots=True)
class Gain:
    """What looking at the wave as a whole brought.

    Attributes:
        strict_minor: the cost under strict order.
        wave_minor: the cost of the answer; never more.
        bound_minor: no answer that serves the same orders costs less; None when it was not worked out.
        rounds: how often part of the wave was solved anew.
        seconds: how long it took.
        status: improved, nothing_better, no_solver or failed; `detail` says more.
    """

    strict_minor: int
    wave_minor: int
    bound_minor: int | None
    rounds: int
    seconds: float
    status: str
    detail: str = ""
