"""What the rules allow for one order, and what a pattern uses and costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest

from sync.central.rules.sourcing.case import Left, case_of, departure_of, ways_of
from sync.central.rules.sourcing.shapes import Cost, Departure, Parcel, Piece, Plan, Policy, Site
from tests.sync.central.rules.sourcing.waves import NOW, TODAY, line, need, site, wave

POLICY = Policy(split_minor=50, late_minor=10, latest_days=2)
ORDER = replace(need("1", line("A", 2), line("B", 1, 2)), promised=NOW + timedelta(days=1), margin_minor=900)


def test_days_late_count_from_the_promised_day_and_a_passed_cut_off_adds_one() -> None:
    late = replace(site("LATE", 300, days=2), departures=(Departure(TODAY + timedelta(days=1)),))
    asked = wave([site("S1", 300, days=1), late], [ORDER], {}, POLICY)
    case = case_of(asked, ORDER)
    assert [(leg.late_days, leg.late, leg.fixed) for leg in case.legs.values()] == [(0, 0, 300), (2, 20, 320)]


@pytest.mark.parametrize(
    ("zone", "service", "leaves"),
    [("", "", 0), ("UK", "standard", 0), ("NI", "standard", 1), ("UK", "express", 2), ("NI", "express", 3)],
)
def test_the_cut_off_that_fits_best_holds(zone: str, service: str, leaves: int) -> None:
    kinds = [(None, None), ("NI", None), (None, "express"), ("NI", "express")]
    days = [Departure(TODAY + timedelta(days=n), UTC, *kind) for n, kind in enumerate(kinds)]
    origin = Site("S1", departures=tuple(days))
    order = replace(ORDER, zone=zone, service=service)
    found = departure_of(wave([origin], [order], {}), order, origin)
    assert found.day == TODAY + timedelta(days=leaves)


@pytest.mark.parametrize(("hour", "late"), [(4, 1), (5, 0)])
def test_the_promised_instant_is_a_day_of_the_sites_calendar(hour: int, late: int) -> None:
    # Until 05:00 UTC it is still the evening before in New York.
    there = Departure(TODAY, ZoneInfo("America/New_York"))
    origin = replace(site("S1", 300, days=0), departures=(there,))
    order = replace(ORDER, promised=NOW.replace(hour=hour))
    assert case_of(wave([origin], [order], {}, POLICY), order).legs["S1"].late_days == late


@pytest.mark.parametrize(
    ("origin", "rule", "why"),
    [
        (site("S1", 300, days=9), "too_late", "from S1 it would arrive 8 days late, and 2 are allowed"),
        (Site("S1"), "zone", "S1 does not ship to the zone 'UK'"),
        (site("S9", 300), "not_eligible", "S9 may not ship this order"),
    ],
)
def test_a_site_that_may_not_ship_has_its_reason(origin: Site, rule: str, why: str) -> None:
    order = replace(ORDER, sites=frozenset({"S1"}))
    case = case_of(wave([origin], [order], {}, POLICY), order)
    assert [(refusal.rule, refusal.why) for refusal in case.refused] == [(rule, why)]
    assert not case.legs


def test_a_line_that_waits_costs_its_part_of_the_margin_too() -> None:
    case = case_of(wave([], [ORDER], {}, POLICY), ORDER)
    assert case.unserved == (10_600, 10_300)
    assert case.nothing.cost == 20_900


def test_a_pattern_becomes_a_plan_with_the_same_cost() -> None:
    stock = {("S1", "A"): 2, ("S2", "B"): 1}
    asked = wave([site("S1", 300, per_unit=7), site("S2", 400)], [ORDER], stock, POLICY)
    case = case_of(asked, ORDER)
    pattern = case.pattern([*ways_of(case, 0, "S1", stock), *ways_of(case, 1, "S2", stock)])
    parcels = (Parcel("S1", (Piece(1, "A", 2),), TODAY), Parcel("S2", (Piece(2, "B", 1),), TODAY))
    assert case.plan(pattern) == Plan("1", parcels, (), Cost(shipping=714, split=50))
    assert pattern.cost == 764
    assert case.split_extra(pattern.sites) == 350


def test_a_kit_ships_own_units_or_is_assembled_at_the_site() -> None:
    order = need("1", line("KIT", 2))
    stock = {("S1", "KIT"): 1, ("S1", "A"): 4, ("S1", "B"): 2}
    case = case_of(wave([site("S1", 300)], [order], stock), order)
    found = ways_of(case, 0, "S1", stock)
    assert [(way.own, way.assembled, dict(way.uses)) for way in found] == [
        (1, 1, {("S1", "KIT"): 1, ("S1", "A"): 2, ("S1", "B"): 1}),
        (0, 2, {("S1", "A"): 4, ("S1", "B"): 2}),
    ]
    assert ways_of(case, 0, "S1", {("S1", "KIT"): 1, ("S1", "A"): 4}) == []


def test_what_is_taken_can_be_given_back() -> None:
    order = need("1", line("A", 2), line("A", 2, 2))
    asked = wave([site("S1", 300, parcels=1)], [order], {("S1", "A"): 3})
    case, left = case_of(asked, order), Left(asked)
    both = case.pattern([ways_of(case, n, "S1", left.stock)[0] for n in (0, 1)])
    one = case.pattern([both.ways[0], None])
    assert not left.fits(both)
    assert left.fits(one)
    left.take(one)
    assert not left.fits(one)
    assert (left.stock, left.parcels) == ({("S1", "A"): 1}, {"S1": 0})
    left.take(one, -1)
    assert left.fits(one)


def test_an_order_that_holds_its_place_is_served_no_less_and_no_later() -> None:
    stock = {("S1", "A"): 2, ("S2", "B"): 1}
    asked = wave([site("S1", 300, days=1), site("S2", 400, days=3)], [ORDER], stock, POLICY)
    case = case_of(asked, ORDER)
    assert case.holding(case.nothing) == case
    held = case.holding(case.pattern([*ways_of(case, 0, "S1", stock), None]))
    assert set(held.legs) == {"S1"}
    assert held.refused[-1].rule == "later"
    assert held.breach(held.nothing) == "kept"
