"""Grading a unit again: a reason first, then the inspection as ever; the grade before stays on record."""

from __future__ import annotations

from dataclasses import replace

from app.workflows.bench.allowed import Result, not_now
from app.workflows.bench.context import Moment
from app.workflows.bench.inspecting import asked_anew, outdated
from app.workflows.bench.known_unit import Again, KnownUnit
from app.workflows.bench.mat import ANSWER_WORDS
from app.workflows.bench.state import BenchState, Job, Notice, Phase, Pick
from app.workflows.effects import Drop


def known_scanned(state: BenchState, unit: KnownUnit, moment: Moment) -> Result:
    """The label or the serial of a unit that was graded here: asks why it is graded again."""
    if not moment.policy.regrades:
        return replace(state, notice=Notice("no_regrade", {"item": unit.item.name, "label": unit.label})), ()
    pick = Pick(
        unit.item,
        None,
        qty=unit.qty,
        serial=unit.account.serial,
        lot=unit.account.lot,
        wrong_item=unit.wrong_item,
        parts=unit.parts,
        again=Again(unit),
    )
    # What is left behind is an empty blind box or a finished one: nothing to come back to.
    left = (Drop(state.job.key),) if state.job is not None else ()
    return BenchState(Phase.REASON, Job(unit.label, None, {}, unit.label), pick), left


def reason_given(state: BenchState, word: str, moment: Moment) -> Result:
    """The number of a reason; then the unit is inspected as if it had just come."""
    pick, reasons = state.pick, moment.policy.regrades
    if pick is None or pick.again is None:
        return not_now(state, word, moment.policy)
    if outdated(pick, moment.policy):
        return asked_anew(state, pick, moment.policy), ()
    number = ANSWER_WORDS[word]
    if number > len(reasons):
        return replace(state, notice=Notice("no_such_reason", {"number": number, "most": len(reasons)})), ()
    again = replace(pick.again, reason=reasons[number - 1][0])
    return replace(state, phase=Phase.GRADE, pick=replace(pick, again=again)), ()


def reason_undone(state: BenchState, pick: Pick, again: Again) -> Result:
    """Back to the reason, and from there out: the unit stays as it was graded."""
    if state.phase is not Phase.REASON:
        asked = replace(pick, again=replace(again, reason=""))
        return replace(state, phase=Phase.REASON, pick=asked), ()
    left = Notice("left_as_graded", {"item": pick.item.name, "label": again.unit.label}, ask=True)
    return BenchState(notice=left), (Drop(again.unit.label),)
