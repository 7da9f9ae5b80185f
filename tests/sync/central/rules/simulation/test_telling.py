"""One sentence a line that a planner understands without the code."""

from __future__ import annotations

import pytest

from sync.central.rules.allocation_policy import AllocationPolicy
from sync.central.rules.simulation import Outcome
from sync.central.rules.simulation.telling import Difference, Policies, sentence, told
from tests.sync.central.rules.simulation.worlds import day, facts, line, points, policy

PLAIN = policy()
LEVELS = policy("2", "[priority]\nbase = 110\n[priority.service_level]\nnext_day = -40")


def change(row: int, before: int, after: int, sooner: int = 0, **more: object) -> Difference:
    mine = line(facts(row, **more), "K-17", 5)  # type: ignore[arg-type]  # facts by name
    return Difference(Outcome(mine, before, day(2), 90_000), Outcome(mine, after, day(2), 90_000 - sooner))


def by(after: AllocationPolicy) -> Policies:
    return Policies(PLAIN, after, day(1))


def test_both_sides_of_an_exchange_say_the_same() -> None:
    mine, other = change(2, 0, 3, service_level="next_day"), change(1, 3, 0)
    assert sentence(mine, other, by(LEVELS)) == (
        "Order o2 line 1 gets 3 of K-17 that order o1 line 1 loses: its priority would be 70 instead of 100 "
        "(base +110 instead of +100, service level next_day -40)."
    )
    both = policy("3", "[priority]\nbase = 80"), points(web=-5)
    back = sentence(mine, None, Policies(both[1], both[0], day(1)))
    assert back.endswith("80 instead of 95 (base +80 instead of +100, without channel web -5).")
    assert sentence(other, mine, by(points(web=-5))).startswith(
        "Order o1 line 1 loses 3 of K-17 that order o2 line 1 gets: its priority would be 95"
    )


def test_sooner_and_later() -> None:
    early, late = change(2, 3, 3, 86_400), change(1, 3, 3, -7_200)
    assert sentence(early, late, by(points(web=-5))).startswith(
        "Order o2 line 1 gets its 3 of K-17 1.0 days sooner, before order o1 line 1: its priority"
    )
    assert sentence(late, None, by(points(web=-5))).startswith(
        "Order o1 line 1 gets its 3 of K-17 2.0 hours later: "
    )


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (policy("2", '[channel.web]\nfill = "complete"'), "its order would be given all or nothing."),
        (policy("2", "[channel.web]\nleast_life_days = 9"), "its units would have to be good for 9 days."),
        (
            policy("2", '[[allotment]]\nchannel = "shop"\nitem = "*"\nqty = 2'),
            "what is kept back for channels would change.",
        ),
        (policy("2", "[category.default]\nsafety = 2"), "safety stock would change."),
        (policy("2"), "orders that rank before it would get other units."),
    ],
)
def test_reasons_beside_priority(after: AllocationPolicy, reason: str) -> None:
    assert sentence(change(1, 3, 1), None, by(after)) == f"Order o1 line 1 loses 2 of K-17: {reason}"


def test_an_all_or_nothing_order_may_change_by_another_line() -> None:
    said = sentence(change(1, 3, 0, fill="complete"), None, by(policy("2")))
    assert said.endswith("3 of K-17: its order gets all or nothing, and another of its lines changes that.")


def test_who_takes_no_stock_any_more_says_why() -> None:
    mine = line(facts(1), "K-17", 5)
    stopped = Difference(Outcome(mine, 3), Outcome(mine, 0, why="web does not serve CH"))
    assert sentence(stopped, None, by(PLAIN)) == "Order o1 line 1 loses 3 of K-17: web does not serve CH."
    freed = Difference(stopped.after, stopped.before)
    assert sentence(freed, None, by(PLAIN)).endswith(
        "it may take stock now, where before web does not serve CH."
    )


def test_a_told_line_has_both_priorities_with_their_parts() -> None:
    found = told(change(2, 0, 3), change(1, 3, 0), by(points(web=-5)))
    assert found["before"] == {
        "promised": 0,
        "waited_seconds": 90_000,
        "priority": 100,
        "parts": [{"what": "base", "points": 100}],
    }
    assert found["against"] == {"order": "o1", "line": 1}
    assert "against" not in told(change(2, 0, 3), None, by(PLAIN))
