"""One order as a set of possible parcels: what each site would cost, when it arrives, what it uses up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date
from typing import NamedTuple

from sync.central.rules.sourcing.shapes import (
    Cell,
    Cost,
    Departure,
    Line,
    Need,
    Parcel,
    Piece,
    Plan,
    Policy,
    Refusal,
    Site,
    Wave,
)

_UNLIMITED = 1_000_000_000
_WAYS = 4


class Leg(NamedTuple):
    """A parcel of an order from one site; `fixed` is what it costs before anything is inside.

    It leaves on the day `leaves`.
    """

    site: str
    leaves: date
    base: int
    per_unit: int
    late_days: int
    late: int
    fixed: int


class Way(NamedTuple):
    """One line of an order from one site: own units, assembled kits, the units it uses, its part of freight.

    `place` is the line's place in the need.
    """

    place: int
    site: str
    own: int
    assembled: int
    uses: tuple[tuple[Cell, int], ...]
    cost: int


class Pattern(NamedTuple):
    """A whole order's way, line by line; None for a line that nobody ships."""

    ways: tuple[Way | None, ...]
    sites: tuple[str, ...]
    cost: int

    @property
    def served(self) -> frozenset[int]:
        """Places of the lines that are shipped."""
        return frozenset(way.place for way in self.ways if way)

    @property
    def lacking(self) -> int:
        """How many lines nobody ships."""
        return self.ways.count(None)


class Left:
    """Units and parcels that are left while orders are sourced.

    Args:
        wave: where they begin.
    """

    def __init__(self, wave: Wave) -> None:
        self.stock: dict[Cell, int] = dict(wave.stock)
        self.parcels: dict[str, int] = {
            site.code: _UNLIMITED if site.parcels_left is None else site.parcels_left for site in wave.sites
        }

    def fits(self, pattern: Pattern) -> bool:
        """True when nothing would be used that is not there."""
        if any(self.parcels[site] < 1 for site in pattern.sites):
            return False
        asked = dict[Cell, int]()
        for way in pattern.ways:
            for cell, units in way.uses if way else ():
                asked[cell] = asked.get(cell, 0) + units
                if asked[cell] > self.stock.get(cell, 0):
                    return False
        return True

    def take(self, pattern: Pattern, sign: int = 1) -> None:
        """Uses what a pattern needs; a sign of -1 gives it back."""
        for way in pattern.ways:
            for cell, units in way.uses if way else ():
                self.stock[cell] -= sign * units
        for site in pattern.sites:
            self.parcels[site] -= sign


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules allow for one order.

    Attributes:
        need: the order.
        policy: how costs are weighed.
        legs: its possible parcels by site.
        refused: sites that may not ship it.
        unserved: what each line costs when nobody ships it.
        parcels: parcels at most.
        kept: places of lines that may not go unserved.
    """

    need: Need
    policy: Policy
    legs: Mapping[str, Leg]
    refused: tuple[Refusal, ...]
    unserved: tuple[int, ...]
    parcels: int
    kept: frozenset[int] = frozenset()

    def pattern(self, ways: Sequence[Way | None]) -> Pattern:
        """The pattern of these ways, with its cost."""
        sites = tuple(sorted({way.site for way in ways if way}))
        cost = sum(way.cost if way else self.unserved[n] for n, way in enumerate(ways))
        return Pattern(tuple(ways), sites, cost + self.entry(sites))

    def entry(self, sites: Sequence[str]) -> int:
        """What parcels from these sites cost before anything is inside."""
        fixed = 0
        for site in sites:
            fixed += self.legs[site].fixed
        return fixed + self.policy.split_minor * max(0, len(sites) - 1)

    @property
    def nothing(self) -> Pattern:
        """Nobody ships anything."""
        return self.pattern([None] * len(self.need.lines))

    def breach(self, pattern: Pattern) -> str:
        """The code of the rule that a pattern breaks; empty for none."""
        if not self.kept <= pattern.served:
            return "kept"
        if self.need.ship_complete and 0 < pattern.lacking < len(pattern.ways):
            return "incomplete"
        if len(pattern.sites) > self.parcels:
            return "parcels"
        most = self.policy.most_split_minor
        return "split_cost" if most is not None and self.split_extra(pattern.sites) > most else ""

    def split_extra(self, sites: Sequence[str]) -> int:
        """What all parcels but the dearest cost, freight per unit apart, with the split cost."""
        bases = [self.legs[site].base for site in sites]
        return sum(bases) - max(bases, default=0) + self.policy.split_minor * max(0, len(sites) - 1)

    def holding(self, pattern: Pattern) -> Case:
        """The same order, to be served no worse than by a pattern: no line fewer, no day later."""
        if not pattern.sites:
            return self
        latest = max(self.legs[site].late_days for site in pattern.sites)
        legs = {code: leg for code, leg in self.legs.items() if leg.late_days <= latest}
        later = tuple(
            Refusal(
                (code,),
                "later",
                f"from {code} it would arrive {leg.late_days} days late, in strict order {latest}",
            )
            for code, leg in self.legs.items()
            if code not in legs
        )
        return replace(self, kept=pattern.served, legs=legs, refused=self.refused + later)

    def plan(self, pattern: Pattern) -> Plan:
        """A pattern in the words of the answer."""
        parcels = []
        for site in pattern.sites:
            inside = [way for way in pattern.ways if way and way.site == site]
            pieces = tuple(self._piece(way) for way in inside)
            leg = self.legs[site]
            parcels.append(Parcel(site, pieces, leg.leaves, leg.late_days))
        missed = [n for n, way in enumerate(pattern.ways) if way is None]
        legs = [self.legs[site] for site in pattern.sites]
        cost = Cost(
            shipping=sum(leg.base for leg in legs) + sum(way.cost for way in pattern.ways if way),
            split=self.policy.split_minor * max(0, len(legs) - 1),
            late=sum(leg.late for leg in legs),
            unserved=sum(self.unserved[n] for n in missed),
        )
        lines = tuple(self.need.lines[n].line for n in missed)
        return Plan(self.need.order, tuple(parcels), lines, cost)

    def _piece(self, way: Way) -> Piece:
        line = self.need.lines[way.place]
        return Piece(line.line, line.sku, way.own, way.assembled)


def case_of(wave: Wave, need: Need) -> Case:
    """What the rules allow for an order, before stock and labour are looked at."""
    legs, refused = dict[str, Leg](), list[Refusal]()
    for site in wave.sites:
        found = _leg(wave, need, site)
        if isinstance(found, Leg):
            legs[site.code] = found
        else:
            refused.append(found)
    policy = wave.policy
    units = max(1, sum(line.qty for line in need.lines))
    unserved = tuple(
        policy.unserved_minor * line.qty // (line.whole or line.qty)
        + max(0, need.margin_minor) * line.qty // units
        for line in need.lines
    )
    parcels = min(policy.max_parcels, need.max_parcels or policy.max_parcels)
    return Case(need, policy, legs, tuple(refused), unserved, parcels)


def _leg(wave: Wave, need: Need, site: Site) -> Leg | Refusal:
    policy = wave.policy
    if need.sites is not None and site.code not in need.sites:
        return Refusal((site.code,), "not_eligible", f"{site.code} may not ship this order")
    rate = wave.freight(need, site)
    if rate is None:
        return Refusal((site.code,), "zone", f"{site.code} does not ship to the zone {need.zone!r}")
    departure, late = departure_of(wave, need, site), 0
    if need.promised is not None:
        promised = need.promised.astimezone(departure.tz).date()
        late = max(0, (departure.day - promised).days + rate.days)
    if policy.latest_days is not None and late > policy.latest_days:
        why = f"from {site.code} it would arrive {late} days late, and {policy.latest_days} are allowed"
        return Refusal((site.code,), "too_late", why)
    base, late_minor = rate.base_minor, late * policy.late_minor
    return Leg(site.code, departure.day, base, rate.per_unit_minor, late, late_minor, base + late_minor)


def departure_of(wave: Wave, need: Need, site: Site) -> Departure:
    """When a parcel of an order leaves a site: for its zone and service, its service, its zone, or any."""
    zone, service = need.zone or None, need.service or None
    for wanted in ((zone, service), (None, service), (zone, None), (None, None)):
        for departure in site.departures:
            if (departure.zone, departure.service) == wanted:
                return departure
    return Departure(wave.now.astimezone(UTC).date())


def ways_of(case: Case, index: int, site: str, stock: Mapping[Cell, int]) -> list[Way]:
    """How a site could ship a whole line, its own units before assembled kits; empty when it cannot."""
    line = case.need.lines[index]
    cost, cell = case.legs[site].per_unit * line.qty, (site, line.sku)
    there = stock.get(cell, 0)
    if not line.kit:
        return [Way(index, site, line.qty, 0, ((cell, line.qty),), cost)] if there >= line.qty else []
    own = min(line.qty, max(0, there))
    found = []
    for units in sorted({*range(own, max(own - _WAYS + 1, 0), -1), own, 0}, reverse=True):
        uses = _uses(line, site, units)
        if all(stock.get(cell, 0) >= asked for cell, asked in uses):
            found.append(Way(index, site, units, line.qty - units, uses, cost))
    return found


def _uses(line: Line, site: str, own: int) -> tuple[tuple[Cell, int], ...]:
    asked = Counter({(site, line.sku): own})
    for part in line.kit:
        asked[site, part.sku] += part.qty * (line.qty - own)
    return tuple((cell, units) for cell, units in asked.items() if units)
