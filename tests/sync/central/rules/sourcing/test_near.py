"""Patterns close to the best one: all that the rules allow, none dearer than the slack."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync.central.rules.sourcing.case import Left, case_of
from sync.central.rules.sourcing.choice import table_of
from sync.central.rules.sourcing.near import near
from sync.central.rules.sourcing.prices import NO_PRICES, Prices
from sync.central.rules.sourcing.shapes import Policy, Wave
from tests.sync.central.rules.sourcing.waves import SKUS, every_pattern, line, need, site, wave, waves


@given(waves(orders=1, lines_each=2), st.integers(0, 500), st.integers(0, 200), st.integers(0, 200))
def test_all_patterns_within_the_slack_are_found(asked: Wave, slack: int, unit: int, parcel: int) -> None:
    prices = Prices({("S1", sku): float(unit) for sku in SKUS}, {"S2": float(parcel)})
    case = case_of(asked, asked.needs[0])
    left = Left(asked)
    table = table_of(case, asked.stock, list(case.legs))
    found = near(case, table, prices, slack, 10_000)
    assert [priced.worth for priced in found] == sorted(priced.worth for priced in found)
    for priced in found:
        assert not case.breach(priced.pattern)
        assert abs(prices.of(priced.pattern) - priced.worth) < 1e-6
    for site_ in left.parcels:
        left.parcels[site_] = 9
    # Patterns that want the same units twice are found too; whether they fit is asked when they are used.
    least = found[0].worth
    wanted = {pattern for pattern in every_pattern(case, left) if prices.of(pattern) <= least + slack}
    assert wanted <= {priced.pattern for priced in found}


def test_no_more_than_are_asked_for() -> None:
    sites = [site(f"S{n}", 300 + n) for n in range(6)]
    order = need("1", line("A"))
    asked = wave(sites, [order], {(one.code, "A"): 1 for one in sites})
    case = case_of(asked, order)
    found = near(case, table_of(case, asked.stock, list(case.legs)), NO_PRICES, 1_000, 3)
    assert [priced.pattern.sites for priced in found] == [("S0",), ("S1",), ("S2",)]


def test_a_long_order_has_the_patterns_of_few_sites() -> None:
    sites = [site(f"S{n}", 300, per_unit=n) for n in range(8)]
    order = need("1", *(line(f"K{k}", 1, k) for k in range(30)))
    stock = {(one.code, f"K{k}"): 1 for n, one in enumerate(sites) for k in range(30) if (n + k) % 7}
    asked = wave(
        [*sites, site("ALL", 400, per_unit=9)], [order], stock | {("ALL", f"K{k}"): 1 for k in range(30)}
    )
    case = case_of(asked, order)
    found = near(case, table_of(case, asked.stock, list(case.legs)), NO_PRICES, 1_000, 40)
    assert found[0].pattern.cost <= 30 * 2 + 600
    assert len({priced.pattern for priced in found}) == len(found)


def test_an_order_that_must_be_served_and_cannot_be_has_no_pattern() -> None:
    order = need("1", line("A"))
    asked = wave([site("S1", 300)], [order], {("S1", "A"): 1}, Policy())
    case = case_of(asked, order)
    held = case.holding(near(case, table_of(case, asked.stock, ["S1"]), NO_PRICES, 0, 1)[0].pattern)
    assert near(held, table_of(held, {}, ["S1"]), NO_PRICES, 100, 5) == []
