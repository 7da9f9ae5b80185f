"""The route that brings most, among those that are open; the same each time, and with its proof."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.policy.routes import NO_COST, NO_VALUE, Blocked, Recovery, Routes, Worth
from app.domain.policy.scope import Case, Scope

NAMES = ("restock", "refurbish", "liquidate", "donate", "scrap")
CASE = Case("toys", "C", hazardous=False)


def priced(name: str, percent: int, cost: int) -> Recovery:
    return Recovery(name, Scope(), percent, (("GBP", cost),))


THREE = Routes((priced("refurbish", 65, 800), priced("liquidate", 30, 150), priced("scrap", 0, 60)))
AMONG = ("refurbish", "liquidate", "scrap")

figures = st.tuples(st.integers(0, 100), st.integers(0, 3_000))
worths = st.builds(Worth, st.integers(1, 10**7), st.just("GBP"))


@st.composite
def choices(draw: st.DrawFn) -> tuple[Routes, tuple[str, ...]]:
    """Routes with figures and some of them blocked, never all of those to choose among."""
    among = tuple(draw(st.permutations(NAMES))[: draw(st.integers(2, 5))])
    blocked = draw(st.sets(st.sampled_from(among), max_size=len(among) - 1))
    recoveries = tuple(priced(name, *draw(figures)) for name in NAMES)
    return Routes(recoveries, (Blocked("no", tuple(sorted(blocked)), Scope()),)), among


@given(choices(), worths)
def test_a_blocked_route_is_never_chosen_nor_weighed(
    chosen: tuple[Routes, tuple[str, ...]], worth: Worth
) -> None:
    routes, among = chosen
    found = routes.weigh(among, CASE, worth)
    assert routes.blocked(found.route, CASE) is None
    assert {figure.route for figure in found.figures} == set(among) - set(found.blocked)
    assert all(routes.blocked(route, CASE) for route in found.blocked)


@given(choices(), worths)
def test_the_highest_wins_and_equals_go_by_order(
    chosen: tuple[Routes, tuple[str, ...]], worth: Worth
) -> None:
    routes, among = chosen
    found = routes.weigh(among, CASE, worth)
    gain = {f.route: worth.minor * f.percent - 100 * f.cost_minor for f in found.figures}
    most = max(gain.values())
    assert found.route == next(route for route in among if gain.get(route) == most)
    assert [gain[f.route] for f in found.figures] == sorted(gain.values(), reverse=True)
    assert all(f.expected_minor == gain[f.route] // 100 for f in found.figures)
    assert routes.weigh(among, CASE, worth) == found


@given(choices(), st.integers(1, 10**6))
def test_brackets_say_what_weighing_says_at_every_value(
    chosen: tuple[Routes, tuple[str, ...]], value: int
) -> None:
    routes, among = chosen
    brackets = routes.brackets(among, CASE, "GBP")
    inside = [route for start, route in brackets if start <= value][-1]
    assert inside == routes.weigh(among, CASE, Worth(value, "GBP")).route
    assert all(one != other for (_, one), (_, other) in itertools.pairwise(brackets))


def test_the_figures_are_kept_with_the_next_best() -> None:
    found = THREE.weigh(AMONG, CASE, Worth(3_499, "GBP"))
    assert found.to_json() == {
        "route": "refurbish",
        "value_minor": 3_499,
        "currency": "GBP",
        "figures": [
            {"route": "refurbish", "percent": 65, "cost_minor": 800, "expected_minor": 1_474},
            {"route": "liquidate", "percent": 30, "cost_minor": 150, "expected_minor": 899},
            {"route": "scrap", "percent": 0, "cost_minor": 60, "expected_minor": -60},
        ],
        "blocked": [],
    }
    assert found.best is not None
    assert found.runner_up is not None
    assert (found.best.route, found.runner_up.route) == ("refurbish", "liquidate")
    assert THREE.weigh(AMONG, CASE, Worth(900, "GBP")).route == "liquidate"
    assert THREE.weigh(AMONG, CASE, Worth(200, "GBP")).route == "scrap"


@pytest.mark.parametrize(
    ("worth", "why"),
    [(None, NO_VALUE), (Worth(0, "GBP"), NO_VALUE), (Worth(500, "JPY"), NO_COST)],
)
def test_what_cannot_be_weighed_goes_by_order_and_says_so(worth: Worth | None, why: str) -> None:
    found = THREE.weigh(AMONG, CASE, worth)
    assert (found.route, found.figures, found.why_not) == ("refurbish", (), why)
    assert (found.best, found.runner_up) == (None, None)
    assert found.to_json()["why_not"] == why


def test_the_first_recovery_that_fits_counts() -> None:
    cheap = Recovery("scrap", Scope(("D",)), 5, (("GBP", 0),))
    routes = Routes((cheap, priced("scrap", 0, 60)))
    assert routes.recovery("scrap", Case("toys", "D", hazardous=True)) == cheap
    assert routes.recovery("scrap", CASE) == priced("scrap", 0, 60)
    assert routes.recovery("donate", CASE) is None


def test_the_one_route_of_a_rule_is_told_where_the_figures_are_known() -> None:
    found = THREE.expected("liquidate", CASE, Worth(1_000, "GBP"))
    assert found is not None
    assert [figure.expected_minor for figure in found.figures] == [150]
    assert found.runner_up is None
    for worth in (None, Worth(0, "GBP"), Worth(500, "JPY")):
        assert THREE.expected("liquidate", CASE, worth) is None
    assert THREE.expected("donate", CASE, Worth(1_000, "GBP")) is None


def test_nothing_left_and_nothing_known_are_defects_that_loading_prevents() -> None:
    shut = Routes(THREE.recoveries, (Blocked("all", AMONG, Scope()),))
    with pytest.raises(LookupError, match="every route"):
        shut.weigh(AMONG, CASE, None)
    with pytest.raises(LookupError, match="no recovery of donate"):
        THREE.weigh((*AMONG, "donate"), CASE, Worth(1, "GBP"))
