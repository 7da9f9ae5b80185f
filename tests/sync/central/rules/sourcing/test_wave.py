"""A wave: never dearer than strict order, no order worse off, the same again for the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given, settings

from sync.central.rules.sourcing.shapes import Answer, Gain, Plan, Policy, Wave
from sync.central.rules.sourcing.solver import Solve, SolverError
from sync.central.rules.sourcing.strict import in_strict_order
from sync.central.rules.sourcing.wave import Effort, as_wave
from tests.bench.sourcing_instance import generated, judged
from tests.sync.central.rules.sourcing.waves import line, need, site, violations, wave, waves

EFFORT = Effort(rounds=4, seconds=1e9, prices=30)


def ticking(step: float = 0.0) -> Callable[[], float]:
    ticks = count()
    return lambda: next(ticks) * step


def run(asked: Wave, effort: Effort = EFFORT) -> tuple[Answer, Gain]:
    return as_wave(asked, ticking(), effort)


def latest(plan: Plan) -> int:
    return max((parcel.late_days for parcel in plan.parcels), default=0)


@settings(max_examples=60)
@given(waves(orders=6))
def test_a_wave_holds_costs_no_more_and_leaves_no_order_worse_off(asked: Wave) -> None:
    strict = {plan.order: plan for plan in in_strict_order(asked).plans}
    answer, gain = run(asked)
    assert violations(asked, answer) == []
    assert gain.wave_minor == answer.cost.total <= gain.strict_minor == in_strict_order(asked).cost.total
    for plan in answer.plans:
        before = strict[plan.order]
        assert set(plan.unserved) <= set(before.unserved)
        if before.parcels:
            assert latest(plan) <= latest(before)
    if gain.bound_minor is not None:
        assert gain.bound_minor <= gain.wave_minor


@settings(max_examples=30)
@given(waves(orders=5))
def test_reasons_in_a_wave_agree_with_the_costs(asked: Wave) -> None:
    strict = {plan.order: plan for plan in in_strict_order(asked).plans}
    answer, gain = run(asked)
    for reason in answer.explanations:
        if reason.runner_up is not None:
            assert reason.plan.cost.total <= reason.runner_up.cost.total
        if gain.status == "improved":
            assert (reason.strict or reason.plan) == strict[reason.plan.order]


def test_two_orders_change_sites_when_that_serves_both() -> None:
    """Strict order gives the near site's unit to the first, though only the second has no other."""
    first = need("1", line("A"))
    second = replace(need("2", line("A")), sites=frozenset({"NEAR"}))
    asked = wave([site("NEAR", 300), site("FAR", 400)], [first, second], {("NEAR", "A"): 1, ("FAR", "A"): 1})
    assert [plan.sites for plan in in_strict_order(asked).plans] == [("NEAR",), ()]
    answer, gain = run(asked)
    assert [plan.sites for plan in answer.plans] == [("FAR",), ("NEAR",)]
    assert (gain.strict_minor, gain.wave_minor, gain.status) == (10_300, 700, "improved")
    reason = answer.explanations[0]
    assert reason.strict is not None
    assert reason.strict.sites == ("NEAR",)
    assert reason.rule == "only_plan"


def test_a_higher_priority_keeps_its_units_though_others_would_gain_more() -> None:
    """The one unit would earn far more in the second order; the first came first."""
    first = need("1", line("A"), priority=1)
    second = replace(need("2", line("A"), priority=9), margin_minor=90_000)
    asked = wave([site("S1", 300)], [first, second], {("S1", "A"): 1})
    answer, gain = run(asked)
    assert [plan.unserved for plan in answer.plans] == [(), (1,)]
    assert gain.status == "nothing_better"


def test_the_same_wave_has_the_same_answer() -> None:
    asked = generated(orders=120).wave
    effort = replace(EFFORT, rounds=6)
    one, other = run(asked, effort), run(asked, effort)
    assert one[0] == other[0]
    assert one[1] == other[1]
    assert one[1].rounds == 6


def test_a_wave_gains_on_a_real_instance() -> None:
    instance = generated(orders=400)
    answer, gain = run(instance.wave, Effort(rounds=20, seconds=1e9))
    assert judged(instance, answer) == (gain.wave_minor, answer.unserved)
    assert answer.unserved < in_strict_order(instance.wave).unserved
    assert gain.bound_minor is not None
    assert gain.bound_minor < gain.wave_minor < 0.75 * gain.strict_minor


def test_without_a_solver_the_answer_is_strict_order() -> None:
    def missing() -> Solve:
        raise SolverError("highspy is not installed")

    asked = generated(orders=30).wave
    answer, gain = as_wave(asked, ticking(), EFFORT, missing)
    assert answer == in_strict_order(asked)
    assert (gain.status, gain.detail) == ("no_solver", "highspy is not installed")
    assert gain.strict_minor == gain.wave_minor == answer.cost.total


def test_a_solver_that_fails_leaves_strict_order() -> None:
    def broken(*_: object) -> list[int]:
        raise SolverError("out of memory")

    asked = generated(orders=30).wave
    answer, gain = as_wave(asked, ticking(), EFFORT, lambda: broken)
    assert answer == in_strict_order(asked)
    assert (gain.status, gain.detail) == ("failed", "out of memory")


def test_when_there_is_no_time_the_answer_is_still_whole() -> None:
    asked = generated(orders=60).wave
    answer, gain = as_wave(asked, ticking(1.0), Effort(rounds=9, seconds=0.5))
    assert violations(asked, answer) == []
    assert gain.rounds == 0
    assert gain.wave_minor <= gain.strict_minor
    assert gain.seconds >= 3


@pytest.mark.parametrize("policy", [Policy(), Policy(max_parcels=1)])
def test_a_wave_of_nothing_is_nothing(policy: Policy) -> None:
    answer, gain = run(wave([site("S1", 300)], [], {}, policy))
    assert (answer.plans, gain.status, gain.wave_minor) == ((), "nothing_better", 0)
