"""Work: which one a unit gets, and what it costs by currency."""

from __future__ import annotations

import pytest

from app.domain.policy import read_policy
from app.domain.policy.scope import ANY, Case, Scope
from app.domain.policy.work import Work, WorkKind, WorkStep
from tests.app.domain.policy.worked import WORKED

CLEAN = WorkStep("clean", WorkKind.CLEAN, "Wipe it", "bench", 24, (("GBP", 50), ("EUR", 60)))
TEST = WorkStep("test", WorkKind.TEST, "Try it", "workshop", 8, (("GBP", 70),))


OPENED = Scope(("B",), (ANY,))


def work(*answers: str, scope: Scope = OPENED) -> Work:
    return Work("W1", "opened", scope, answers, "B", "scrap", (CLEAN, TEST))


def test_a_work_is_for_its_grades_and_for_one_of_its_answers() -> None:
    unit = Case("toys", "B", hazardous=False)
    assert work().fits(unit, ())
    assert work("broken.parts", "broken.dirt").fits(unit, ("seal.no", "broken.dirt"))
    assert not work("broken.parts").fits(unit, ("seal.no",))
    assert not work(scope=Scope(("C",))).fits(unit, ())


@pytest.mark.parametrize(("currency", "cost"), [("GBP", 120), ("EUR", None), ("USD", None)])
def test_a_cost_is_known_where_every_step_says_one(currency: str, cost: int | None) -> None:
    assert work().cost(currency) == cost


def test_the_first_work_that_fits_counts() -> None:
    policy = read_policy(WORKED, "own.toml")
    found = policy.work("unheard of", "C", hazardous=False)
    assert found is not None
    assert [step.kind for step in found.steps] == [WorkKind.REPAIR, WorkKind.TEST, WorkKind.RELABEL]
    assert policy.work("toys", "A", hazardous=False) is None
