"""A plan is drawn from its seed alone, and leaving steps out changes no other."""

from __future__ import annotations

from tests.simulator.run import TRIES
from tests.simulator.steps import COPIES, LENGTH, WORK, Try, plan


def test_a_seed_is_one_plan() -> None:
    assert plan(5) == plan(5)
    assert plan(5).steps != plan(6).steps


def test_a_plan_has_two_to_eight_stations_and_mostly_deeds() -> None:
    plans = [plan(seed) for seed in range(200)]
    assert {planned.stations for planned in plans} == set(range(2, 9))
    assert all(len(planned.steps) == LENGTH for planned in plans)
    deeds = sum(step.what in WORK for planned in plans for step in planned.steps)
    assert 0.6 < deeds / (200 * LENGTH) < 0.7


def test_disks_are_copied_only_where_that_is_asked_for() -> None:
    assert not any(step.what in COPIES for step in plan(5).steps)
    assert any(step.what in COPIES for step in plan(5, copies=True).steps)


def test_everything_that_can_be_planned_can_be_done() -> None:
    assert set(TRIES) == set(Try)


def test_a_step_draws_from_noise_of_its_own() -> None:
    step = plan(5).steps[7]
    assert step.rng().random() == step.rng().random()
