"""Played worlds: who gets what under a policy, and nothing is ever promised twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.item import Component
from app.domain.reservation import Scope
from sync.central.rules.allocation_policy import AllocationPolicy
from sync.central.rules.eligible import Asks
from sync.central.rules.promise import BASKET, RESERVED
from sync.central.rules.simulation import (
    Fixed,
    Happening,
    Left,
    Line,
    Shipped,
    Supplied,
    World,
    play,
)
from tests.sync.central.rules.simulation.worlds import (
    ONE,
    TWO,
    comes,
    day,
    facts,
    line,
    placed,
    points,
    policy,
    world,
)

KIT = (Component("A", 2), Component("B", 1))
PLAIN = policy()


def got(found: World, by: AllocationPolicy = PLAIN, before: AllocationPolicy | None = None) -> dict[int, int]:
    """What the first line of each order is promised."""
    return {row: of.promised for (row, n), of in play(found, by, before).outcomes.items() if n == 1}


# --- kits, and what items ask of their units --------------------------------------------------------------


def test_a_kit_is_put_together_at_one_site() -> None:
    opening = {"A": {ONE: 5, TWO: 2}, "B": {ONE: 1, TWO: 4}}
    found = World(day(1), day(9), opening, lines=[line(facts(1), "K", 9)], kits={"K": KIT})
    assert got(found) == {1: 2}
    assert play(found, PLAIN).promised == {"A": 4, "B": 2, "K": 0}


def test_units_too_close_to_their_date_are_promised_to_nobody_in_a_play() -> None:
    soon, later = ONE._replace(good_until="2026-01-20"), ONE._replace(good_until="2026-06-01")
    found = World(
        day(1),
        day(9),
        {"A": {soon: 4, later: 3}, "B": {ONE: 9}},
        lines=[line(facts(1), "K", 9), line(facts(2), "B", 9)],
        kits={"K": KIT},
        asks={"A": Asks(30), "B": Asks(restricted=("GB",))},
        safety={"A": 1},
    )
    assert got(found) == {1: 1, 2: 8}
    abroad = replace(found, lines=[line(facts(1, region="GB"), "K", 9), line(facts(2, region="FR"), "B", 9)])
    assert got(abroad) == {1: 0, 2: 9}


# --- open orders -------------------------------------------------------------------------------------------


def test_open_orders_are_served_by_priority_then_age() -> None:
    lines = [line(facts(1, at=0), "A", 3), line(facts(2, "shop", at=0.5), "A", 3)]
    assert got(world({"A": 4}, lines=lines)) == {1: 3, 2: 1}
    assert got(world({"A": 4}, lines=lines), points(shop=-5)) == {1: 1, 2: 3}


def test_an_order_of_its_own_priority_stands_above_points() -> None:
    lines = [line(facts(1, priority=5), "A", 3), line(facts(2, "shop"), "A", 3)]
    assert got(world({"A": 3}, lines=lines), points(shop=-50)) == {1: 3, 2: 0}


def test_hard_claims_and_baskets_are_not_touched() -> None:
    fixed = [Fixed(RESERVED, "A", "web", Scope(), 2), Fixed(BASKET, "A", "web", Scope(), 1)]
    assert got(world({"A": 5}, lines=[line(facts(1), "A", 5)], fixed=fixed)) == {1: 2}


def test_a_line_gets_only_units_of_its_site() -> None:
    found = World(day(1), day(2), {"A": {ONE: 2, TWO: 3}}, [line(facts(1), "A", 9, scope=Scope(site="S1"))])
    assert got(found) == {1: 2}


def test_all_or_nothing() -> None:
    order = facts(1, fill="complete")
    lines = [line(order, "A", 2), line(order, "B", 2, 2), line(facts(2), "A", 2)]
    assert got(world({"A": 2, "B": 1}, lines=lines)) == {1: 0, 2: 2}
    assert got(world({"A": 2, "B": 2}, lines=lines)) == {1: 2, 2: 0}


def test_how_orders_are_filled_is_their_channels_policy() -> None:
    order = facts(1)
    lines = [line(order, "A", 2), line(order, "B", 2, 2)]
    whole = policy("2", '[channel.web]\nfill = "complete"')
    assert got(world({"A": 2}, lines=lines)) == {1: 2}
    assert got(world({"A": 2}, lines=lines), whole) == {1: 0}


def test_kits_share_components() -> None:
    lines = [line(facts(1), "K", 2), line(facts(2), "A", 5)]
    found = world({"K": 1, "A": 5, "B": 9}, lines=lines, kits={"K": KIT})
    assert got(found) == {1: 2, 2: 3}


def test_serials_are_given_by_name() -> None:
    cells = {"A": {type(ONE)(0, "S1", serial=name): 1 for name in ("x", "y")}}
    lines = [line(facts(1), "A", 2, serials=("x", "z")), line(facts(2), "A", 2)]
    assert got(World(day(1), day(2), cells, lines)) == {1: 1, 2: 1}


def test_who_waits_beyond_the_horizon_gets_nothing_and_says_so() -> None:
    near = policy("2", top="horizon_days = 5")
    lines = [line(facts(1, ship_by=day(20)), "A", 1), line(facts(2), "A", 1)]
    assert got(world({"A": 1}, lines=lines)) == {1: 1, 2: 0}
    found = play(world({"A": 1}, end=1, lines=lines), near).outcomes
    assert (found[1, 1].promised, found[2, 1].promised) == (0, 1)
    assert found[1, 1].why == "it is wanted by 2026-01-20, more than 5 days ahead"


def test_what_is_kept_for_a_channel_only_that_channel_gets() -> None:
    kept = policy("2", '[[allotment]]\nchannel = "shop"\nitem = "A"\nqty = 3')
    lines = [line(facts(1), "A", 5), line(facts(2, "shop"), "A", 2)]
    assert got(world({"A": 5}, lines=lines)) == {1: 5, 2: 0}
    assert got(world({"A": 5}, lines=lines), kept) == {1: 2, 2: 2}


def test_what_a_channel_had_since_its_allotment_began_counts() -> None:
    kept = policy("2", '[[allotment]]\nchannel = "shop"\nitem = "A"\nqty = 3\nfrom = 2025-12-20T00:00:00Z')
    gone = [
        Shipped("A", "shop", day(-5), 2),
        Shipped("A", "shop", day(-30), 2),
        Shipped("A", "web", day(0), 9),
    ]
    lines = [line(facts(1), "A", 5)]
    assert got(world({"A": 5}, lines=lines, shipped=gone), kept) == {1: 4}


def test_each_item_counts_from_the_start_of_its_own_allotment() -> None:
    for_shop = '[[allotment]]\nchannel = "shop"\nitem = "{}"\nqty = 3\nfrom = {}T00:00:00Z\n'
    kept = policy("2", for_shop.format("A", "2025-12-20") + for_shop.format("B", "2026-01-01"))
    gone = [Shipped("A", "shop", day(-5), 2), Shipped("B", "shop", day(-5), 2)]
    lines = [line(facts(1), "A", 5), line(facts(2), "B", 5)]
    assert got(world({"A": 5, "B": 5}, lines=lines, shipped=gone), kept) == {1: 4, 2: 2}


def test_a_region_that_is_not_served_gets_nothing() -> None:
    closed = policy("2", '[channel.web]\nregions_not_served = ["CH"]')
    found = play(world({"A": 1}, lines=[line(facts(1, region="CH"), "A", 1)]), closed).outcomes[1, 1]
    assert (found.promised, found.why) == (0, "web does not serve CH")


@pytest.mark.parametrize(("keep", "first", "second"), [("true", 2, 3), ("false", 0, 5)])
def test_a_blocked_order_keeps_its_own_or_frees_it(keep: str, first: int, second: int) -> None:
    by = policy("2", f"[block.fraud]\nkeep = {keep}")
    lines = [line(facts(1, block="fraud"), "A", 4, kept=2), line(facts(2), "A", 9)]
    assert got(world({"A": 5}, lines=lines), by) == {1: first, 2: second}


def test_safety_of_a_category_is_promised_to_nobody() -> None:
    safe = policy("2", "[category.default]\nsafety = 2")
    assert got(world({"A": 5}, lines=[line(facts(1), "A", 5)]), safe) == {1: 3}
    assert got(world({"A": 5}, lines=[line(facts(1), "A", 5)], safety={"A": 1}), safe) == {1: 4}


def test_units_have_to_be_good_as_long_as_the_channel_asks() -> None:
    cell = type(ONE)(0, "S1", lot="L", good_until="2026-01-20")
    found = World(day(1), day(2), {"A": {cell: 3}}, [line(facts(1), "A", 3)])
    assert got(found) == {1: 3}
    assert got(found, policy("2", "[channel.web]\nleast_life_days = 60")) == {1: 0}


# --- a past period -----------------------------------------------------------------------------------------


def test_who_comes_first_is_served_and_supply_goes_to_who_ranks_first() -> None:
    first, second, third = (
        line(facts(n, channel, at=n), "A", 2) for n, channel in ((2, "web"), (3, "web"), (4, "shop"))
    )
    happenings = [placed(first), placed(second), placed(third), comes(6, "A", 2)]
    found = play(world({"A": 2}, happenings=happenings), points(shop=-10)).outcomes
    assert [found[n, 1].promised for n in (2, 3, 4)] == [2, 0, 2]
    assert [found[n, 1].waited for n in (2, 3, 4)] == [0, 27 * 86_400, 2 * 86_400]


def test_those_open_at_the_start_keep_what_the_policy_before_gave_them() -> None:
    lines = [line(facts(1, at=0), "A", 2), line(facts(2, "shop", at=0.5), "A", 2)]
    found = world({"A": 2}, lines=lines, ranked=False, happenings=[comes(3, "A", 1)])
    assert got(found, points(shop=-10), PLAIN) == {1: 2, 2: 1}


def test_what_is_gone_is_taken_back_from_who_ranks_last() -> None:
    lines = [line(facts(n, at=n), "A", 2) for n in (1, 2)]
    happenings: list[Happening] = [*(placed(entry) for entry in lines), comes(4, "A", -3)]
    found = play(world({"A": 4}, happenings=happenings), PLAIN)
    assert {key[0]: of.promised for key, of in found.outcomes.items()} == {1: 1, 2: 0}
    assert found.outcomes[2, 1].waited == 28 * 86_400


def test_a_kit_that_loses_a_component_frees_the_others() -> None:
    kit, later = line(facts(1, at=1), "K", 2), line(facts(2, at=2), "B", 1)
    happenings: list[Happening] = [placed(kit), placed(later), comes(3, "A", -1)]
    assert got(world({"A": 4, "B": 2}, happenings=happenings, kits={"K": KIT})) == {1: 1, 2: 1}


def test_what_was_shipped_leaves_once_it_is_promised() -> None:
    entry = line(facts(1, at=2), "A", 2)
    happenings: list[Happening] = [placed(entry), Left(day(3), (1, 1), 2), comes(4, "A", 5)]
    found = play(world({"A": 1}, happenings=happenings), PLAIN)
    assert (found.there["A"], found.left["A"], found.promised["A"]) == (4, 2, 0)
    assert found.outcomes[1, 1].promised == 2


def test_a_line_gets_its_units_when_it_comes_within_the_horizon() -> None:
    near = policy("2", top="horizon_days = 5")
    entry = line(facts(1, at=2, ship_by=day(12)), "A", 1)
    found = play(world({"A": 1}, happenings=[placed(entry)]), near).outcomes[1, 1]
    assert (found.promised, found.waited, found.why) == (1, 5 * 86_400, "")


def test_units_past_their_date_are_promised_to_nobody() -> None:
    cell = type(ONE)(0, "S1", good_until="2026-01-05")
    lines = [line(facts(n, at=n), "A", 1) for n in (2, 8)]
    found = World(day(1), day(30), {"A": {cell: 2}}, happenings=[placed(entry) for entry in lines])
    assert got(found) == {2: 0, 8: 0}


# --- whatever happens --------------------------------------------------------------------------------------

SKUS = ("A", "B", "K")
CELLS = (ONE, TWO)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Orders of two channels for two items and a kit, on two sites, with supply, losses and shipments."""
    opening = {sku: {cell: draw(st.integers(0, 4)) for cell in CELLS} for sku in SKUS}
    happenings, lines = list[Happening](), list[Line]()
    for n in range(draw(st.integers(1, 12))):
        at = 2 + n
        kind = draw(st.sampled_from(("order", "order", "supply", "left")))
        if kind == "supply" or (kind != "order" and not lines):
            sku, cell = draw(st.sampled_from(SKUS)), draw(st.sampled_from(CELLS))
            happenings.append(Supplied(day(at), ((sku, cell, draw(st.integers(-4, 4))),)))
        elif kind == "order":
            more: dict[str, Any] = {"fill": draw(st.sampled_from((None, "complete")))}
            order = facts(n, draw(st.sampled_from(("web", "shop"))), at, **more)
            scope = Scope(site=draw(st.sampled_from((None, "S1", "S2"))))
            count = draw(st.integers(1, 2))
            wanted = [
                line(order, draw(st.sampled_from(SKUS)), draw(st.integers(1, 4)), number, scope)
                for number in range(1, count + 1)
            ]
            lines += wanted
            happenings.append(placed(*wanted))
        else:
            entry = draw(st.sampled_from(lines))
            happenings.append(Left(day(at), entry.key, draw(st.integers(1, entry.qty))))
    return World(day(1), day(30), opening, happenings=happenings, kits={"K": KIT})


def came(found: World, sku: str) -> int:
    changes = [
        change for entry in found.happenings if isinstance(entry, Supplied) for change in entry.changes
    ]
    return sum(found.opening[sku].values()) + sum(qty for item, _, qty in changes if item == sku)


@settings(max_examples=150, deadline=None)
@given(
    worlds(),
    st.sampled_from(
        (PLAIN, points(shop=-5), policy("3", '[[allotment]]\nchannel = "shop"\nitem = "*"\nqty = 2'))
    ),
)
def test_every_unit_is_somewhere_once(found: World, by: AllocationPolicy) -> None:
    end = play(found, by)
    for sku in SKUS:
        assert end.there[sku] + end.left.get(sku, 0) == came(found, sku)
        assert end.promised[sku] <= max(0, end.there[sku]) or min(came(found, s) for s in SKUS) < 0
    for outcome in end.outcomes.values():
        assert 0 <= outcome.promised <= outcome.line.qty


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_the_same_policy_twice_gives_the_same(found: World) -> None:
    assert play(found, PLAIN) == play(found, policy())
