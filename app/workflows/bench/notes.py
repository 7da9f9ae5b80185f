"""Canned notes about the unit in the hand: chosen by number from the policy's list, printed on its label."""

from __future__ import annotations

from dataclasses import replace

from app.domain.policy.asides import Aside, aside, told
from app.workflows.bench.allowed import Result, not_now
from app.workflows.bench.context import Moment
from app.workflows.bench.inspecting import asked_anew, outdated
from app.workflows.bench.mat import numbered
from app.workflows.bench.state import BenchState, Notice, Phase

MOST_NOTES = 3
"""As many as a label has room for."""


def start_note(state: BenchState, moment: Moment) -> Result:
    """NOTE: shows the list, or leaves it again."""
    if state.phase is Phase.NOTE:
        return replace(state, phase=Phase.GRADE), ()
    if state.pick is None or state.phase is not Phase.GRADE:
        if state.pick is not None and state.phase is not Phase.ITEM:
            return not_now(state, "NOTE", moment.policy)
        return replace(state, notice=Notice("note_without_item", {}, ask=True)), ()
    if not moment.policy.notes:
        return replace(state, notice=Notice("no_notes", {"item": state.pick.item.name}, ask=True)), ()
    if len(told(Aside.NOTE, state.pick.said)) >= MOST_NOTES:
        return replace(state, notice=Notice("notes_enough", {"most": MOST_NOTES})), ()
    return replace(state, phase=Phase.NOTE), ()


def note_chosen(state: BenchState, word: str, moment: Moment) -> Result:
    """The number of a note, by an answer or a digit of the mat; the question that waited goes on."""
    pick, policy = state.pick, moment.policy
    if pick is None:
        return not_now(state, word, policy)
    back = replace(state, phase=Phase.GRADE)
    if outdated(pick, policy) and not pick.unknown:
        return asked_anew(back, pick, policy), ()
    number = numbered(word)
    if number > len(policy.notes):
        return replace(
            state, notice=Notice("no_such_note", {"number": number, "most": len(policy.notes)})
        ), ()
    note, text = policy.notes[number - 1]
    if note in told(Aside.NOTE, pick.said):
        return replace(state, notice=Notice("note_given", {"text": text})), ()
    return replace(back, pick=replace(pick, said=(*pick.said, aside(Aside.NOTE, note)))), ()
