"""Two plays compared: everybody is counted once, and only where a channel competes does anything change."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.reservation import Scope
from sync.central.rules.allocation_policy import AllocationPolicy
from sync.central.rules.simulation import Arrived, Comparison, Happening, Line, World, play
from sync.central.rules.simulation.telling import Policies
from tests.sync.central.rules.simulation.worlds import comes, day, facts, line, placed, points, policy, world

PLAIN = policy()


def compared(found: World, after: AllocationPolicy, most: int = 100, **only: Any) -> Any:
    comparison = Comparison(Policies(PLAIN, after, found.start), most, **only)
    comparison.add(play(found, PLAIN).outcomes, play(found, after, PLAIN).outcomes)
    return comparison.result()


def three() -> World:
    """Three orders for five units: the third is of the shop."""
    return world(
        {"A": 5}, lines=[line(facts(n, "shop" if n == 3 else "web", at=n / 9), "A", n) for n in (1, 2, 3)]
    )


def test_who_gains_and_loses_is_counted_by_order_line_and_unit() -> None:
    found = compared(three(), points(shop=-5))
    assert found["all"] == {
        "orders": {"better": 1, "worse": 1, "same": 1},
        "lines": {"better": 1, "worse": 1, "same": 1},
        "units": {"better": 1, "worse": 1, "same": 4},
        "average_wait_days": {"before": 9.67, "after": 9.67},
    }
    assert found["channels"]["shop"]["orders"] == {"better": 1, "worse": 0, "same": 0}
    assert found["channels"]["web"]["orders"] == {"better": 0, "worse": 1, "same": 1}


def test_an_order_whose_lines_gain_and_lose_is_counted_by_its_sum() -> None:
    mine, other = facts(1, "shop"), facts(2)
    lines = [line(mine, "A", 3), line(mine, "B", 1, 2), line(other, "A", 3), line(other, "B", 1, 2)]
    found = compared(world({"A": 3, "B": 1}, lines=lines), points(shop=5))
    assert found["all"]["orders"] == {"better": 1, "worse": 1, "same": 0}
    assert found["all"]["lines"] == {"better": 2, "worse": 2, "same": 0}


def test_the_lists_hold_those_that_change_most() -> None:
    lines = [line(facts(n, "shop" if n % 2 else "web", at=n / 9), f"S{n // 2}", 1 + n // 2) for n in range(8)]
    found = compared(world({f"S{n}": n + 1 for n in range(4)}, lines=lines), points(shop=-5), most=2)
    assert [entry["units"] for entry in found["gain_most"]] == [4, 3]
    assert [entry["units"] for entry in found["lose_most"]] == [-4, -3]
    assert found["all"]["lines"]["better"] == 4


def test_only_the_channels_and_items_that_are_asked_for_are_counted() -> None:
    found = compared(three(), points(shop=-5), channels=("shop",))
    assert (found["all"]["lines"]["better"], found["lose_most"]) == (1, [])
    assert compared(three(), points(shop=-5), skus=("B",))["channels"] == {}


CHANNELS = ("web", "shop", "market")


@st.composite
def trades(draw: st.DrawFn) -> World:
    """Orders of three channels for three items, supply now and then."""
    happenings = list[Happening]()
    for n in range(draw(st.integers(2, 14))):
        sku = draw(st.sampled_from("ABC"))
        if draw(st.integers(0, 2)):
            order = facts(n, draw(st.sampled_from(CHANNELS)), 2 + n)
            happenings.append(placed(line(order, sku, draw(st.integers(1, 4)))))
        else:
            happenings.append(comes(2 + n, sku, draw(st.integers(1, 5))))
    return World(day(1), day(30), {}, happenings=happenings)


def ordered(found: World) -> list[Line]:
    return [
        entry for happening in found.happenings if isinstance(happening, Arrived) for entry in happening.lines
    ]


@settings(max_examples=120, deadline=None)
@given(trades(), st.sampled_from((-30, 30)))
def test_points_for_one_channel_change_only_items_it_competes_for(found: World, more: int) -> None:
    competed = {entry.sku for entry in ordered(found) if entry.order.channel == "shop"}
    result = compared(found, points(shop=more))
    for entry in (*result["gain_most"], *result["lose_most"]):
        assert entry["sku"] in competed
        assert entry["why"].endswith(f"(channel shop {more:+d}).")
    units = result["all"]["units"]
    assert units["better"] == units["worse"]
    assert sum(result["all"]["lines"].values()) == len(ordered(found))


@settings(max_examples=60, deadline=None)
@given(trades())
def test_a_policy_against_itself_changes_nothing(found: World) -> None:
    result = compared(found, policy("2"))
    assert result["gain_most"] == result["lose_most"] == []
    assert result["all"]["average_wait_days"]["before"] == result["all"]["average_wait_days"]["after"]
    assert result["all"]["lines"]["same"] == len(ordered(found))


def test_scopes_do_not_compete_where_they_do_not_meet() -> None:
    lines = [
        line(facts(1, at=0), "A", 2, scope=Scope(site="S1")),
        line(facts(2, "shop"), "A", 2, scope=Scope(site="S2")),
    ]
    assert compared(world({"A": 2}, lines=lines), points(shop=-5))["gain_most"] == []
