"""Work on a unit: whose turn it is and until when, what may be said of a step, what it costs the books.

What bringing a unit back costs is an expense of the day it is finished, never part of what its stock is
worth: an item's units are worth what such units cost, so that the repair of one of them would make all
others, new ones too, dearer than what was paid for them, while the repaired one sells for less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from app.domain.event import EventKind
from app.domain.policy import Decision, Policy
from app.domain.policy.work import WorkKind
from app.domain.refusal import Refused
from sync.central.rules.books import Book, Line
from sync.central.rules.outcomes import Conflict


class WorkState(StrEnum):
    """Where a work order is; `given_up` is a unit that could not be made fit."""

    OPEN = "open"
    STARTED = "started"
    DONE = "done"
    GIVEN_UP = "given_up"
    CANCELLED = "cancelled"


class StepState(StrEnum):
    """Where a step is."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


LIVE = frozenset({WorkState.OPEN, WorkState.STARTED})
"""States of an order whose units stand in refurbish stock."""

WORKED = frozenset({EventKind.UNIT_REFURBISHED, EventKind.UNIT_GIVEN_UP})
"""Events that end the work and book what it cost."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an order: `skipped` is the best grade without it, None where it cannot be left out."""

    n: int
    id: str
    kind: str
    owner: str
    hours: int
    state: StepState
    skipped: str | None = None


def turn(steps: Sequence[Step]) -> Step | None:
    """The step whose turn it is; None when all are settled."""
    return next((step for step in steps if step.state is StepState.WAITING), None)


def due(entered: datetime, hours: int) -> datetime:
    """Until when a step is to be done whose turn came at an instant."""
    return entered + timedelta(hours=hours)


def require_live(code: str, state: str) -> None:
    """Refuses work on an order that has ended.

    Raises:
        Conflict: it has.
    """
    if state not in LIVE:
        raise Conflict(
            "work.ended",
            f"Work order {code} is {state}.",
            "Expected one that is open or started.",
            "Look at where the unit went; an end that was wrong is undone first.",
        )


def require_turn(code: str, steps: Sequence[Step], named: str | None) -> Step:
    """The step whose turn it is, which is the one that was named if one was.

    Raises:
        Conflict: all steps are settled, or it is another one's turn.
    """
    found = turn(steps)
    if found is None or named not in {None, found.id}:
        now = f"step {found.id}" if found else "finishing it"
        raise Conflict(
            "work.turn",
            f"Read step {named or 'that comes next'} of work order {code}.",
            f"Expected {now}: steps are done in their order.",
            "Look at the order again.",
        )
    return found


def require_result(step: Step, result: StepState, reason: str | None) -> None:
    """Refuses to leave out a step that a unit cannot do without, and a result without the reason it needs.

    Raises:
        Refused: either.
    """
    if result is StepState.SKIPPED and step.skipped is None:
        raise Refused(
            "work.not_skippable",
            f"Read that step {step.id} was left out.",
            "Expected it to be done, or failed: the policy has no grade for a unit without it.",
            "Do the step, or give the unit up.",
        )
    if result is not StepState.DONE and not reason:
        raise Refused(
            "work.reason",
            f"Read that step {step.id} is {result}, with no reason.",
            "Expected why.",
            "Say it in a few words.",
        )


def reach(policy: Policy, best: str, steps: Sequence[Step]) -> str:
    """The best grade that a unit can have: the work's, or less where steps were left out."""
    allowed = [best, *(step.skipped for step in steps if step.state is StepState.SKIPPED and step.skipped)]
    return max(allowed, key=lambda grade: policy.grade(grade).number)


def require_finished(code: str, steps: Sequence[Step]) -> None:
    """Refuses to finish an order with steps that are still to do.

    Raises:
        Conflict: there are some.
    """
    waiting = [step.id for step in steps if step.state is StepState.WAITING]
    if waiting:
        raise Conflict(
            "work.steps_open",
            f"Of work order {code} {', '.join(waiting)} is still to do.",
            "Expected every step done or left out.",
            "Record the steps first, or give the unit up.",
        )


def require_grade(policy: Policy, grade: str, best: str) -> None:
    """Refuses a grade that the steps do not allow, or that the policy has not.

    Raises:
        Refused: either.
    """
    if policy.grade(grade).number < policy.grade(best).number:
        raise Refused(
            "work.grade",
            f"Read grade {grade}.",
            f"Expected {best} or worse: that is what the steps that were done allow.",
            "Give it that grade.",
        )


def require_relabelled(steps: Sequence[Step], sku: str, becomes: str) -> None:
    """Refuses to make another item of a unit that no step gave another label.

    Raises:
        Refused: none did.
    """
    done = any(step.kind == WorkKind.RELABEL and step.state is StepState.DONE for step in steps)
    if sku != becomes and not done:
        raise Refused(
            "work.no_relabel",
            f"Read that a unit of {sku} became {becomes}.",
            "Expected a relabel step that was done.",
            "Leave the item out, or take a work that relabels.",
        )


def require_word(decision: Decision, *, said: bool) -> None:
    """Refuses to write a unit off by a grade alone.

    Raises:
        Conflict: the rule asks for a person's word.
    """
    if decision.outcome.confirm and not said:
        raise Conflict(
            "work.confirm",
            f"Rule {decision.rule} ({decision.rule_name}) leads to {decision.outcome.disposition}.",
            "Expected somebody's word for it.",
            "Send confirm = true, or give another grade.",
        )


def worked(body: Mapping[str, Any]) -> list[Line]:
    """What the work itself does to the books; parts are booked by their own moves, at what they are worth."""
    cost = int(body["cost_minor"])
    return [Line(Book.REFURBISHMENT, cost), Line(Book.WORK_DONE, -cost)]
