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
    Two who once agreed may disagree later: whoever sees another grade then is held against the other.
    """
    held: tuple[Graded, ...] = ()
    found: Dispute | None = None
    last: Graded | None = None
    for one in said:
        changed = last is not None and one.before is not None and one.before != last.grade
        if not held or one.settles or changed:
            held, found = (one,), None
        elif found is None:
            held, found = _compared(held, one)
        else:
            held, found = _answered(found, one)
        last = one
    return found


def _compared(held: tuple[Graded, ...], one: Graded) -> tuple[tuple[Graded, ...], Dispute | None]:
    """Those who stand by one grade now, each by a last look, or whom of them a new look speaks against."""
    # Whoever looks twice may see more.
    others = tuple(other for other in held if other.operator != one.operator)
    if not others or one.grade == others[0].grade:
        return (*others, one), None
    return held, Dispute(others[0], one)


def _answered(found: Dispute, one: Graded) -> tuple[tuple[Graded, ...], Dispute | None]:
    both = found.first, found.second
    if one.operator not in {other.operator for other in both}:
        return (*(other for other in both if other.grade == one.grade), one), None
    mine = one.operator == found.first.operator
    after = Dispute(one, found.second) if mine else Dispute(found.first, one)
    settled = after.first.grade == after.second.grade
    return (after.first, after.second), None if settled else after
