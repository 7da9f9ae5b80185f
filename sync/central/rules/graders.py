"""When two people grade one unit differently, and what settles it: the latest grade does not simply win."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Graded:
    """What somebody said of a unit: who, which grade, and the grade that it stood at before.

    `settles` says that it was a word on what becomes of the unit, a supervisor's or its repairer's, and no
    other look at it.
    """

    operator: str
    grade: str
    before: str | None = None
    settles: bool = False


@dataclass(frozen=True, slots=True)
class Dispute:
    """Two people whose last grades of one unit differ; `first` graded it first."""

    first: Graded
    second: Graded


def dispute(said: Iterable[Graded]) -> Dispute | None:
    """What stands unsettled after all that was said of a unit, in its order; None when nothing does.

    A third person settles it, a word settles it, and so does one of the two who comes round to the other's
    grade. A unit that stood at another grade than the last one was changed meanwhile: it is looked at anew.
    """
    stands: Graded | None = None
    found: Dispute | None = None
    last: Graded | None = None
    for one in said:
        changed = last is not None and one.before is not None and one.before != last.grade
        if stands is None or one.settles or changed:
            stands, found = one, None
        elif found is None:
            stands, found = _compared(stands, one)
        else:
            found = _answered(found, one)
            stands = one if found is None else stands
        last = one
    return found


def _compared(stands: Graded, one: Graded) -> tuple[Graded, Dispute | None]:
    if one.operator == stands.operator:
        # Whoever looks twice may see more.
        return one, None
    return stands, Dispute(stands, one) if one.grade != stands.grade else None


def _answered(found: Dispute, one: Graded) -> Dispute | None:
    if one.operator not in {found.first.operator, found.second.operator}:
        return None
    mine = one.operator == found.first.operator
    after = Dispute(one, found.second) if mine else Dispute(found.first, one)
    return after if after.first.grade != after.second.grade else None
