"""Waves for tests: short ways to write them, random ones, and a judge that knows only shapes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import product

from hypothesis import strategies as st

from app.domain.item import Component
from sync.central.rules.sourcing.case import Case, Left, Pattern, Way
from sync.central.rules.sourcing.shapes import (
    Answer,
    Cost,
    Departure,
    Line,
    Need,
    Plan,
    Policy,
    Rate,
    Site,
    Wave,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = NOW.date()
KIT = (Component("A", 2), Component("B", 1))
COSTS = Policy()
SKUS = ("A", "B", "KIT")


def line(sku: str, qty: int = 1, number: int = 1) -> Line:
    return Line(number, sku, qty, KIT if sku == "KIT" else ())


def need(order: str, *lines: Line, priority: int = 100, complete: bool = False) -> Need:
    return Need(order, lines, placed=order, priority=priority, zone="UK", ship_complete=complete)


def site(code: str, base: int, parcels: int | None = None, days: int = 1, per_unit: int = 0) -> Site:
    return Site(code, parcels, {"UK": Rate(base, per_unit, days)})


def wave(
    sites: list[Site], needs: list[Need], stock: Mapping[tuple[str, str], int], policy: Policy = COSTS
) -> Wave:
    return Wave(tuple(sites), tuple(needs), stock, NOW, policy)


def violations(asked: Wave, answer: Answer) -> list[str]:
    """What is wrong with an answer: units, parcels, lines, limits, costs."""
    found = list[str]()
    sites = {one.code: one for one in asked.sites}
    used, packed = Counter[tuple[str, str]](), Counter[str]()
    plans = {plan.order: plan for plan in answer.plans}
    for order in asked.needs:
        plan = plans[order.order]
        lines = {one.line: one for one in order.lines}
        shipped = Counter[int]()
        for parcel in plan.parcels:
            packed[parcel.site] += 1
            for piece in parcel.pieces:
                shipped[piece.line] += piece.qty
                used[parcel.site, piece.sku] += piece.own
                for part in lines[piece.line].kit if piece.assembled else ():
                    used[parcel.site, part.sku] += part.qty * piece.assembled
        for number, one in lines.items():
            if shipped[number] != (0 if number in plan.unserved else one.qty):
                found.append(f"{order.order} line {number}: {shipped[number]} of {one.qty} shipped")
        found += [f"{order.order}: {fault}" for fault in _limits(asked, order, plan)]
        if plan.cost != worth(asked, order, plan):
            found.append(f"{order.order} costs {worth(asked, order, plan)}, not {plan.cost}")
    found += [f"{cell}: {n} used" for cell, n in used.items() if n > asked.stock.get(cell, 0)]
    for code, n in packed.items():
        most = sites[code].parcels_left
        if most is not None and n > most:
            found.append(f"{code}: {n} parcels")
    return found


def _limits(asked: Wave, order: Need, plan: Plan) -> list[str]:
    policy, found = asked.policy, list[str]()
    if len(plan.parcels) > min(policy.max_parcels, order.max_parcels or policy.max_parcels):
        found.append("too many parcels")
    if order.ship_complete and plan.parcels and plan.unserved:
        found.append("incomplete")
    if order.sites is not None and not set(plan.sites) <= order.sites:
        found.append("a site that may not")
    if policy.latest_days is not None and any(p.late_days > policy.latest_days for p in plan.parcels):
        found.append("too late")
    bases = [asked.freight(order, s).base_minor for s in asked.sites if s.code in plan.sites]  # type: ignore[union-attr]
    extra = sum(bases) - max(bases, default=0) + policy.split_minor * max(0, len(bases) - 1)
    if policy.most_split_minor is not None and extra > policy.most_split_minor:
        found.append("a split too dear")
    return found


def worth(asked: Wave, order: Need, plan: Plan) -> Cost:
    """What a plan costs, worked out from the shapes alone."""
    policy, sites = asked.policy, {one.code: one for one in asked.sites}
    shipping = late = 0
    for parcel in plan.parcels:
        origin = sites[parcel.site]
        rate = asked.freight(order, origin)
        assert rate is not None
        shipping += rate.base_minor + rate.per_unit_minor * sum(piece.qty for piece in parcel.pieces)
        if order.promised is not None:
            arrives = leaves(asked, order, origin) + timedelta(days=rate.days)
            late += policy.late_minor * max(0, (arrives - order.promised.date()).days)
    units = sum(one.qty for one in order.lines)
    unserved = sum(
        policy.unserved_minor + order.margin_minor * one.qty // units
        for one in order.lines
        if one.line in plan.unserved
    )
    return Cost(shipping, policy.split_minor * max(0, len(plan.parcels) - 1), late, unserved)


def leaves(asked: Wave, order: Need, origin: Site) -> date:
    """The day of the narrowest departure that is for an order: a service narrows more than a zone."""
    mine = [
        (entry.service is not None, entry.zone is not None, entry.day)
        for entry in origin.departures
        if entry.zone in {None, order.zone} and entry.service in {None, order.service}
    ]
    return max(mine)[2] if mine else asked.now.date()


def departures() -> st.SearchStrategy[list[Departure]]:
    return st.lists(
        st.builds(
            Departure,
            st.integers(0, 2).map(lambda days: TODAY + timedelta(days=days)),
            st.just(UTC),
            st.sampled_from([None, "UK", "EU"]),
            st.sampled_from([None, "next_day"]),
        ),
        max_size=3,
        unique_by=lambda entry: (entry.zone, entry.service),
    )


def every_pattern(case: Case, left: Left) -> list[Pattern]:
    """Every pattern of an order that fits and breaks no rule, by trying all there are."""
    options = [
        [
            None,
            *(way for site in case.legs for own in range(one.qty + 1) for way in _ways(case, n, site, own)),
        ]
        for n, one in enumerate(case.need.lines)
    ]
    found = (case.pattern(ways) for ways in product(*options))
    return [pattern for pattern in found if not case.breach(pattern) and left.fits(pattern)]


def _ways(case: Case, index: int, site: str, own: int) -> list[Way]:
    one = case.need.lines[index]
    if own < one.qty and not one.kit:
        return []
    asked = Counter({(site, one.sku): own})
    for part in one.kit:
        asked[site, part.sku] += part.qty * (one.qty - own)
    uses = tuple((cell, n) for cell, n in asked.items() if n)
    return [Way(index, site, own, one.qty - own, uses, case.legs[site].per_unit * one.qty)]


@st.composite
def lines(draw: st.DrawFn, most: int = 3) -> tuple[Line, ...]:
    wanted = draw(st.lists(st.tuples(st.sampled_from(SKUS), st.integers(1, 3)), min_size=1, max_size=most))
    return tuple(line(sku, qty, number) for number, (sku, qty) in enumerate(wanted, 1))


@st.composite
def waves(draw: st.DrawFn, orders: int = 4, lines_each: int = 3) -> Wave:
    """Small waves in which everything is scarce."""
    codes = ["S1", "S2", "S3"][: draw(st.integers(1, 3))]
    zones = st.dictionaries(
        st.sampled_from(["UK", "EU"]),
        st.builds(Rate, st.integers(100, 900), st.integers(0, 40), st.integers(0, 3)),
    )
    sites = tuple(
        Site(
            code,
            draw(st.none() | st.integers(0, 3)),
            draw(zones),
            tuple(draw(departures())),
        )
        for code in codes
    )
    needs = tuple(
        Need(
            f"o{n}",
            draw(lines(lines_each)),
            placed=f"{n:02}",
            priority=draw(st.sampled_from([1, 2])),
            zone=draw(st.sampled_from(["UK", "EU"])),
            service=draw(st.sampled_from(["", "next_day"])),
            promised=draw(st.none() | st.integers(-1, 3).map(lambda days: NOW + timedelta(days=days))),
            margin_minor=draw(st.sampled_from([0, 700, 3_000])),
            ship_complete=draw(st.booleans()),
            max_parcels=draw(st.none() | st.integers(1, 2)),
            sites=draw(st.none() | st.frozensets(st.sampled_from(codes), min_size=1)),
        )
        for n in range(draw(st.integers(1, orders)))
    )
    stock = {(code, sku): draw(st.integers(0, 6)) for code in codes for sku in SKUS}
    policy = Policy(
        split_minor=draw(st.sampled_from([0, 150])),
        late_minor=draw(st.sampled_from([0, 60])),
        unserved_minor=draw(st.sampled_from([0, 300, 10_000])),
        max_parcels=draw(st.integers(1, 3)),
        latest_days=draw(st.none() | st.integers(0, 2)),
        most_split_minor=draw(st.none() | st.integers(100, 900)),
    )
    return Wave(sites, needs, stock, NOW, policy)
