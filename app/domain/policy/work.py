"""The work that makes a returned unit fit for stock again: which steps, whose, how long, and what they cost.

A unit whose disposition leads to refurbish stock gets the first work that fits it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from app.domain.policy.scope import Case, Scope


class WorkKind(StrEnum):
    """What is done in a step."""

    REPAIR = "repair"
    REPACK = "repack"
    RELABEL = "relabel"
    CLEAN = "clean"
    COMPLETE = "complete"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class WorkStep:
    """One step: `owner` is the role or workshop that does it, within `hours` of its turn.

    `cost_minor` is what it is expected to cost for one unit, by ISO 4217 currency in minor units. `skipped`
    is the best grade a unit can still have without this step; a step without it cannot be left out.
    """

    id: str
    kind: WorkKind
    caption: str
    owner: str
    hours: int
    cost_minor: tuple[tuple[str, int], ...] = ()
    skipped: str | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """The steps for such units, in their order; `answers` holds when one of them was given, or none is named.

    `best` is the best grade that a unit can have after all steps, `otherwise` the disposition of one that
    cannot be made fit.
    """

    id: str
    name: str
    scope: Scope
    answers: tuple[str, ...]
    best: str
    otherwise: str
    steps: tuple[WorkStep, ...]

    def fits(self, case: Case, given: Collection[str]) -> bool:
        """True when it is the work of such a unit after these answers."""
        answered = not self.answers or any(answer in given for answer in self.answers)
        return answered and self.scope.holds(case)

    def cost(self, currency: str) -> int | None:
        """What all steps should cost for one unit; None when one does not say it in that currency."""
        costs = [dict(step.cost_minor).get(currency) for step in self.steps]
        known = [cost for cost in costs if cost is not None]
        return sum(known) if len(known) == len(costs) else None
