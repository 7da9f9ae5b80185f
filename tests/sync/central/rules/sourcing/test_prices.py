"""Prices are a bound on every answer, and name what is scarce."""

from __future__ import annotations

from hypothesis import given, settings

from sync.central.rules.sourcing.case import Case, Left, Pattern, case_of
from sync.central.rules.sourcing.choice import Table, table_of
from sync.central.rules.sourcing.prices import NO_PRICES, Prices, priced
from sync.central.rules.sourcing.shapes import Need, Policy, Wave
from sync.central.rules.sourcing.strict import strict_patterns
from tests.sync.central.rules.sourcing.waves import every_pattern, line, need, site, wave, waves


def prices_of(asked: Wave, rounds: int = 60) -> Prices:
    left = Left(asked)
    cases = [case_of(asked, order) for order in asked.needs]
    tables: list[Table] = [
        table_of(case, left.stock, [code for code in case.legs if left.parcels[code] > 0]) for case in cases
    ]
    upper = sum(pattern.cost for _, pattern in strict_patterns(asked))
    return priced(cases, tables, left, upper, rounds)


def cheapest(cases: list[Case], left: Left) -> int:
    """The least that all orders can cost together, by trying everything."""
    if not cases:
        return 0
    first, *others = cases
    least = 10**9
    for pattern in every_pattern(first, left):
        left.take(pattern)
        least = min(least, pattern.cost + cheapest(others, left))
        left.take(pattern, -1)
    return least


@settings(max_examples=40)
@given(waves(orders=3, lines_each=1))
def test_no_answer_costs_less_than_the_bound(asked: Wave) -> None:
    bound = prices_of(asked).bound
    if bound is not None:
        assert bound <= cheapest([case_of(asked, order) for order in asked.needs], Left(asked)) + 1e-6


def scarce() -> Wave:
    """Two orders want the last unit of the near site."""
    needs = [need("1", line("A")), need("2", line("A"))]
    stock = {("NEAR", "A"): 1, ("FAR", "A"): 5}
    return wave([site("NEAR", 300), site("FAR", 500)], needs, stock)


def test_what_is_scarce_has_a_price_and_what_is_plenty_has_none() -> None:
    prices = prices_of(scarce())
    assert 150 < prices.units["NEAR", "A"] <= 205
    assert ("FAR", "A") not in prices.units
    assert prices.bound is not None
    assert 750 < prices.bound <= 800


def test_a_pattern_is_worth_its_cost_and_what_it_uses_up() -> None:
    asked = scarce()
    case = case_of(asked, asked.needs[0])
    (way,) = table_of(case, asked.stock, ["NEAR"])[0]["NEAR"]
    pattern: Pattern = case.pattern([way])
    prices = Prices({("NEAR", "A"): 120.0}, {"NEAR": 7.0})
    assert (prices.of_way(way), prices.of(pattern)) == (120.0, 427.0)
    assert NO_PRICES.of(pattern) == 300


def test_kits_are_priced_by_their_cheapest_way() -> None:
    stock = {("S1", "KIT"): 1, ("S1", "A"): 9, ("S1", "B"): 9}
    needs = [need("1", line("KIT")), need("2", line("KIT"))]
    prices = prices_of(wave([site("S1", 300)], needs, stock))
    assert prices.bound is not None
    assert 599 < prices.bound <= 600


def test_with_very_many_sets_of_sites_there_are_prices_and_no_bound() -> None:
    sites = [site(f"S{n:02}", 300 + n) for n in range(20)]
    needs = [need(str(n), *(line(f"K{k}", 1, k) for k in range(1, 5))) for n in range(3)]
    stock = {(one.code, f"K{k}"): 1 for one in sites for k in range(1, 5)}
    prices = prices_of(wave(sites, needs, stock, Policy(max_parcels=4)))
    assert prices.bound is None
    assert prices.units


def test_orders_that_ask_for_nothing_have_no_prices() -> None:
    assert prices_of(wave([site("S1", 300)], [Need("1", ())], {("S1", "A"): 1})) == NO_PRICES
    empty_among_others = [Need("0", (), zone="UK"), need("1", line("A")), Need("2", (), zone="UK")]
    assert prices_of(wave([site("S1", 300)], empty_among_others, {("S1", "A"): 1})).bound == 300
