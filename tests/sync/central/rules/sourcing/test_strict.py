"""Strict order: by priority and age, and never more than there is."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from sync.central.rules.sourcing.shapes import Wave
from sync.central.rules.sourcing.strict import in_strict_order, strict_patterns, turn
from tests.sync.central.rules.sourcing.waves import line, need, site, violations, wave, waves


@given(waves())
def test_every_answer_holds_by_its_shapes_alone(asked: Wave) -> None:
    assert violations(asked, in_strict_order(asked)) == []


@given(waves())
def test_an_order_does_not_depend_on_those_after_it(asked: Wave) -> None:
    served = sorted(asked.needs, key=turn)
    answer = in_strict_order(asked)
    assert [plan.order for plan in answer.plans] == [order.order for order in served]
    first = in_strict_order(replace(asked, needs=tuple(served[:-1])))
    assert answer.explanations[:-1] == first.explanations


@given(waves())
def test_patterns_are_the_plans(asked: Wave) -> None:
    assert (
        tuple(case.plan(pattern) for case, pattern in strict_patterns(asked)) == in_strict_order(asked).plans
    )


def test_the_last_unit_goes_to_the_higher_priority_then_to_the_older_order() -> None:
    needs = [need("1", line("A")), need("2", line("A"), priority=50), need("0", line("A"))]
    answer = in_strict_order(wave([site("S1", 300)], needs, {("S1", "A"): 2}))
    assert [(plan.order, plan.sites) for plan in answer.plans] == [("2", ("S1",)), ("0", ("S1",)), ("1", ())]
    assert (answer.unserved, answer.cost.total) == (1, 600 + 10_000)


def test_the_parcels_that_people_can_pack_run_out() -> None:
    needs = [need("1", line("A")), need("2", line("A"))]
    stock = {("S1", "A"): 5, ("S2", "A"): 5}
    answer = in_strict_order(wave([site("S1", 300, parcels=1), site("S2", 400)], needs, stock))
    assert [plan.sites for plan in answer.plans] == [("S1",), ("S2",)]
    assert answer.explanations[1].refused[0].why == "S1 can pack no more parcels today"
