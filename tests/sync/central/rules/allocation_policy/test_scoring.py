"""Priorities: bounded, explained to the last point, and urgency never serves an order later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sync.central.rules.allocation_policy.scoring import Ageing, ScoredOrder, Scoring, Step, score

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
FULL = Scoring(
    base=100,
    service_levels={"next_day": -40, "standard": 0},
    channels={"web": 3},
    wholesale=20,
    ship_window=(Step(4, -60), Step(24, -30)),
    late_penalty=(Step(500, -5), Step(2_500, -15)),
    ageing=Ageing(-2, -10),
)


def order(**said: object) -> ScoredOrder:
    return ScoredOrder(**{"channel": "shop", "placed_at": NOW, **said})  # type: ignore[arg-type]  # as given


def points(**said: object) -> dict[str, int]:
    return dict(score(FULL, order(**said), NOW).parts)


def test_an_order_that_says_nothing_has_the_base() -> None:
    found = score(FULL, order(), NOW)
    assert (found.priority, found.parts) == (100, (("base", 100),))


def test_each_part_says_what_it_is_for() -> None:
    found = score(
        FULL,
        ScoredOrder("web", NOW - timedelta(days=3), "next_day", True, NOW + timedelta(hours=4), 700),
        NOW,
    )
    assert found.parts == (
        ("base", 100),
        ("service level next_day", -40),
        ("channel web", 3),
        ("wholesale", 20),
        ("being late costs 500 or more in minor units", -5),
        ("has to ship within 4 h", -60),
        ("waits for 3 full days", -6),
    )
    assert found.priority == 12
    assert found.to_json()["priority"] == 12
    assert found.to_json()["parts"][0] == {"what": "base", "points": 100}  # type: ignore[index]  # JSON


def test_an_orders_own_priority_stands_above_the_policy_and_says_so() -> None:
    found = score(FULL, order(priority=7, service_level="next_day", wholesale=True), NOW)
    assert found.priority == 7
    assert found.parts == (("the order's own priority, which stands above the policy", 7),)


def test_a_service_level_without_points_is_said() -> None:
    assert points(service_level="drone") == {
        "base": 100,
        "service level drone, which the policy gives no points": 0,
    }
    assert points(service_level="standard")["service level standard"] == 0


def test_the_most_urgent_step_that_fits_counts() -> None:
    def within(hours: float) -> int:
        found = score(FULL, order(ship_by=NOW + timedelta(hours=hours)), NOW)
        return found.priority - 100

    assert [within(h) for h in (-50, 0, 4, 4.01, 24, 24.01)] == [-60, -60, -60, -30, -30, 0]
    assert [sum(points(late_penalty_minor=m).values()) for m in (0, 499, 500, 2_499, 2_500)] == [
        100,
        100,
        95,
        95,
        85,
    ]


def test_waiting_counts_full_days_up_to_the_cap_and_never_the_future() -> None:
    def waited(days: float) -> int:
        return score(FULL, order(placed_at=NOW - timedelta(days=days)), NOW).priority - 100

    assert [waited(d) for d in (-3, 0, 0.99, 1, 4.5, 5, 6, 4_000)] == [0, 0, 0, -2, -8, -10, -10, -10]
    assert "waits for 1 full day" in points(placed_at=NOW - timedelta(days=1))


def test_a_priority_is_kept_in_bounds_and_the_parts_still_add_up() -> None:
    low = score(Scoring(base=10, wholesale=-50), order(wholesale=True), NOW)
    high = score(Scoring(base=990, wholesale=50), order(wholesale=True), NOW)
    assert (low.priority, low.parts[-1]) == (0, ("kept within 0 and 999", 40))
    assert (high.priority, high.parts[-1]) == (999, ("kept within 0 and 999", -41))


negative = st.integers(-999, -1)


@st.composite
def scorings(draw: st.DrawFn) -> Scoring:
    hours = sorted(draw(st.sets(st.integers(0, 200), max_size=4)))
    minor = sorted(draw(st.sets(st.integers(1, 10_000), max_size=4)))
    down = sorted(draw(st.sets(negative, min_size=len(hours), max_size=len(hours))))
    deep = sorted(draw(st.sets(negative, min_size=len(minor), max_size=len(minor))), reverse=True)
    a_day = draw(st.integers(-99, -1))
    return Scoring(
        base=draw(st.integers(0, 999)),
        service_levels=draw(st.dictionaries(st.sampled_from("xyz"), st.integers(-999, 999))),
        channels=draw(st.dictionaries(st.sampled_from("ab"), st.integers(-999, 999))),
        wholesale=draw(st.integers(-999, 999)),
        ship_window=tuple(map(Step, hours, down)),
        late_penalty=tuple(map(Step, minor, deep)),
        ageing=draw(st.none() | st.just(Ageing(a_day, a_day * draw(st.integers(1, 10))))),
    )


scored = st.builds(
    ScoredOrder,
    channel=st.sampled_from("abc"),
    placed_at=st.integers(-30, 400).map(lambda days: NOW - timedelta(hours=6 * days)),
    service_level=st.none() | st.sampled_from("xyzq"),
    wholesale=st.booleans(),
    ship_by=st.none() | st.integers(-50, 250).map(lambda hours: NOW + timedelta(hours=hours)),
    late_penalty_minor=st.integers(0, 12_000),
    priority=st.none() | st.integers(0, 999),
)


@given(scorings(), scored)
def test_parts_add_up_to_a_priority_within_bounds(scoring: Scoring, asked: ScoredOrder) -> None:
    found = score(scoring, asked, NOW)
    assert sum(points for _, points in found.parts) == found.priority
    assert 0 <= found.priority <= 999
    assert asked.priority in {None, found.priority}


@given(scorings(), scored, st.integers(0, 5_000))
def test_an_order_is_never_served_later_because_time_went_by(
    scoring: Scoring, asked: ScoredOrder, hours: int
) -> None:
    assert score(scoring, asked, NOW + timedelta(hours=hours)).priority <= score(scoring, asked, NOW).priority


@given(scorings(), scored, st.integers(0, 10_000))
def test_an_order_is_never_served_later_because_being_late_costs_more(
    scoring: Scoring, asked: ScoredOrder, more: int
) -> None:
    dearer = ScoredOrder(
        asked.channel,
        asked.placed_at,
        asked.service_level,
        asked.wholesale,
        asked.ship_by,
        asked.late_penalty_minor + more,
        asked.priority,
    )
    assert score(scoring, dearer, NOW).priority <= score(scoring, asked, NOW).priority
