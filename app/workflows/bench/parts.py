"""The part list of a kit: which of its parts are not in the box.

A part that is marked answers the question for the parts by itself, so that grade and rule follow from it.
"""

from __future__ import annotations

from dataclasses import replace

from app.domain.policy import Policy
from app.domain.policy.asides import Aside, aside, told
from app.domain.policy.inspection import missing_answer
from app.workflows.bench.allowed import Result, not_now
from app.workflows.bench.context import Moment
from app.workflows.bench.inputs import FoundItem
from app.workflows.bench.inspecting import asked_anew, go_on, outdated
from app.workflows.bench.mat import numbered
from app.workflows.bench.state import BenchState, Notice, Phase, Pick


def start_parts(state: BenchState, moment: Moment) -> Result:
    """PART MISSING: shows the part list of the kit in the hand."""
    pick, policy = state.pick, moment.policy
    if state.phase is Phase.PART:
        return state, ()
    if pick is None or state.phase is not Phase.GRADE:
        if pick is not None and state.phase is not Phase.ITEM:
            return not_now(state, "NOPRT", policy)
        return replace(state, notice=Notice("part_without_kit", {}, ask=True)), ()
    if not pick.item.is_kit:
        return replace(state, notice=Notice("no_part_list", {"item": pick.item.name})), ()
    if missing_answer(policy, pick.item.category) is None:
        return replace(state, notice=Notice("parts_not_asked", {"item": pick.item.name})), ()
    if outdated(pick, policy):
        return asked_anew(state, pick, policy), ()
    return replace(state, phase=Phase.PART), ()


def part_numbered(state: BenchState, word: str, moment: Moment) -> Result:
    """A part by its number on the list."""
    pick = state.pick
    if pick is None:
        return not_now(state, word, moment.policy)
    number = numbered(word)
    if number > len(pick.item.kit):
        return replace(
            state, notice=Notice("no_such_part", {"number": number, "most": len(pick.item.kit)})
        ), ()
    return _marked(state, pick, number - 1, moment.policy)


def part_scanned(state: BenchState, found: FoundItem, moment: Moment) -> Result:
    """A part by its own code, scanned off a part list or another kit's part."""
    pick = state.pick
    if pick is None:
        return state, ()
    for at, part in enumerate(pick.item.kit):
        if part.sku == found.item.sku:
            return _marked(state, pick, at, moment.policy)
    return replace(state, notice=Notice("not_a_part", {"part": found.item.name, "item": pick.item.name})), ()


def parts_done(state: BenchState, moment: Moment) -> Result:
    """OK: that is all that is missing."""
    job, pick, policy = state.job, state.pick, moment.policy
    back = replace(state, phase=Phase.GRADE)
    if job is None or pick is None:
        return not_now(state, "OK", policy)
    if outdated(pick, policy):
        return asked_anew(back, pick, policy), ()
    answer = missing_answer(policy, pick.item.category)
    if answer is None or answer.id not in pick.said:
        return back, ()
    if not told(Aside.PART, pick.said):
        return replace(state, notice=Notice("part_wanted", {"item": pick.item.name})), ()
    return go_on(back, job, pick, moment)


def _marked(state: BenchState, pick: Pick, at: int, policy: Policy) -> Result:
    back = replace(state, phase=Phase.GRADE)
    if outdated(pick, policy):
        return asked_anew(back, pick, policy), ()
    answer = missing_answer(policy, pick.item.category)
    if answer is None:
        return back, ()
    part = pick.item.kit[at]
    if told(Aside.PART, pick.said).count(part.sku) >= part.qty:
        return replace(state, notice=Notice("part_marked", {"part": pick.part_name(at), "n": part.qty})), ()
    first = () if answer.id in pick.said else (answer.id,)
    said = (*pick.said, *first, aside(Aside.PART, part.sku))
    return replace(state, pick=replace(pick, said=said)), ()
