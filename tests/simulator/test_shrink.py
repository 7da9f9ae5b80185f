"""Shrinking leaves the steps that break a law, and no other."""

from __future__ import annotations

from tests.simulator.run import Outcome
from tests.simulator.shrink import law_of, shrunk
from tests.simulator.steps import Plan, plan


def _breaks(planned: Plan) -> Outcome:
    """A history that is broken by two steps together."""
    numbers = {step.number for step in planned.steps}
    return Outcome(planned.seed, ["I2: event e-1 counts twice"] if {17, 230} <= numbers else [])


def test_what_breaks_a_law_stays() -> None:
    short, outcome = shrunk(plan(1), _breaks)
    assert [step.number for step in short.steps] == [17, 230]
    assert law_of(outcome) == "I2"


def test_a_history_that_holds_is_left_alone() -> None:
    planned = plan(1, length=10)
    assert shrunk(planned, _breaks) == (planned, Outcome(1))


def test_another_law_is_another_finding() -> None:
    def happens(planned: Plan) -> Outcome:
        whole = len(planned.steps) == 40
        return Outcome(planned.seed, ["I1: lost" if whole else "I6: a mirror differs"])

    short, outcome = shrunk(plan(1, length=40), happens)
    assert len(short.steps) == 40
    assert law_of(outcome) == "I1"
