"""Costs add up, sites answer by their tables."""

from __future__ import annotations

from datetime import date

from sync.central.rules.sourcing.shapes import Answer, Cost, Explanation, Parcel, Piece, Plan, Rate, by_zone
from tests.sync.central.rules.sourcing.waves import line, need, site


def test_a_cost_is_the_sum_of_its_parts() -> None:
    cost = Cost(shipping=1, split=2, late=4) + Cost(late=8, unserved=16)
    assert cost == Cost(1, 2, 12, 16)
    assert cost.total == 31


def test_a_zone_that_is_not_in_the_table_is_not_served() -> None:
    order = need("1", line("A"))
    assert by_zone(order, site("S1", 300, days=2)) == Rate(300, 0, 2)
    assert by_zone(order, type(site("S1", 0))("S1")) is None


def test_an_answer_adds_up_its_plans() -> None:
    parcel = Parcel("S1", (Piece(1, "A", 1, 2),), date(2026, 3, 2))
    plan = Plan("1", (parcel,), (2, 3), Cost(shipping=300, unserved=20))
    answer = Answer((Explanation(plan, "only_plan", "S1"), Explanation(plan, "only_plan", "S1")))
    assert (answer.cost.total, answer.unserved, plan.sites) == (640, 4, ("S1",))
    assert parcel.pieces[0].qty == 3
