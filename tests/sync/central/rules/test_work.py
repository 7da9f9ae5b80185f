"""The rules of work: turns, clocks, grades that steps allow, and what the books get."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain.account import Status
from app.domain.policy import Decision, Outcome, read_policy
from app.domain.refusal import Refused
from sync.central.rules import work
from sync.central.rules.books import Book, Line
from sync.central.rules.outcomes import Conflict
from sync.central.rules.work import Step, StepState
from tests.app.domain.policy.worked import WORKED

POLICY = read_policy(WORKED, "own.toml")
DONE, SKIPPED, WAITING = StepState.DONE, StepState.SKIPPED, StepState.WAITING


def steps(*states: StepState) -> list[Step]:
    """Clean, repack (C without it), relabel (B without it)."""
    made = [("clean", "clean", None), ("repack", "repack", "C"), ("label", "relabel", "B")]
    return [
        Step(n, name, kind, "bench", 8, state, skipped)
        for n, ((name, kind, skipped), state) in enumerate(zip(made, states, strict=False), 1)
    ]


def test_the_turn_is_that_of_the_first_step_that_waits() -> None:
    found = work.turn(steps(DONE, WAITING, WAITING))
    assert found is not None
    assert found.id == "repack"
    assert work.turn(steps(DONE, SKIPPED)) is None
    assert work.require_turn("F-1", steps(DONE, WAITING), "repack").n == 2
    with pytest.raises(Conflict, match="Expected step repack"):
        work.require_turn("F-1", steps(DONE, WAITING), "clean")
    with pytest.raises(Conflict, match="Expected finishing it"):
        work.require_turn("F-1", steps(DONE, DONE), None)


def test_a_clock_runs_from_the_turn() -> None:
    entered = datetime(2026, 11, 22, 20, tzinfo=UTC)
    assert work.due(entered, 8) == datetime(2026, 11, 23, 4, tzinfo=UTC)


@pytest.mark.parametrize("state", ["done", "given_up", "cancelled"])
def test_an_order_that_has_ended_is_worked_on_no_more(state: str) -> None:
    with pytest.raises(Conflict, match=state):
        work.require_live("F-1", state)
    work.require_live("F-1", "open")
    work.require_live("F-1", "started")


def test_a_step_is_left_out_only_where_there_is_a_grade_without_it() -> None:
    clean, repack = steps(WAITING, WAITING)
    work.require_result(repack, SKIPPED, "No boxes.")
    work.require_result(clean, DONE, None)
    with pytest.raises(Refused, match="clean was left out"):
        work.require_result(clean, SKIPPED, "Clean already.")
    with pytest.raises(Refused, match="with no reason"):
        work.require_result(clean, StepState.FAILED, None)


@pytest.mark.parametrize(
    ("states", "best"),
    [((DONE, DONE, DONE), "A"), ((DONE, DONE, SKIPPED), "B"), ((DONE, SKIPPED, SKIPPED), "C")],
)
def test_the_worst_step_left_out_says_the_best_grade(states: tuple[StepState, ...], best: str) -> None:
    assert work.reach(POLICY, "A", steps(*states)) == best


def test_no_better_grade_is_given_than_the_steps_allow() -> None:
    work.require_grade(POLICY, "C", "B")
    work.require_grade(POLICY, "B", "B")
    with pytest.raises(Refused) as no:
        work.require_grade(POLICY, "A", "B")
    assert no.value.code == "work.grade"
    with pytest.raises(Refused) as unknown:
        work.require_grade(POLICY, "Q", "B")
    assert unknown.value.code == "policy.unknown_grade"


def test_a_unit_is_finished_after_all_its_steps_and_renamed_by_one_of_them() -> None:
    work.require_finished("F-1", steps(DONE, SKIPPED, DONE))
    with pytest.raises(Conflict, match="repack, label is still to do"):
        work.require_finished("F-1", steps(DONE, WAITING, WAITING))
    work.require_relabelled(steps(DONE, DONE), "K", "K")
    work.require_relabelled(steps(DONE, DONE, DONE), "K", "K-R")
    for states in ((DONE, DONE), (DONE, DONE, SKIPPED)):
        with pytest.raises(Refused, match="became K-R"):
            work.require_relabelled(steps(*states), "K", "K-R")


def test_a_unit_is_written_off_by_a_word_of_its_own() -> None:
    scrap = Outcome("scrap", "DISCARD", Status.QUARANTINED, "HOLD-3", "awaiting_write_off", confirm=True)
    decision = Decision(scrap, "31", "damaged", "7")
    work.require_word(decision, said=True)
    with pytest.raises(Conflict, match=r"Rule 31 \(damaged\) leads to scrap"):
        work.require_word(decision, said=False)


def test_what_the_work_cost_is_an_expense() -> None:
    assert work.worked({"cost_minor": 250}) == [Line(Book.REFURBISHMENT, 250), Line(Book.WORK_DONE, -250)]
