"""One step of the bench: state and input to the next state and its effects. Pure.

`advance` only routes; what each kind of input does stands in one module each. Every refused input leaves the
job as it was and says, in a notice, what was read, what is wanted and what to do.
"""

from __future__ import annotations

from dataclasses import replace

from app.workflows.bench import events
from app.workflows.bench.context import Moment
from app.workflows.bench.counting import entered
from app.workflows.bench.goods import item_scanned, stop_fixed, take_up
from app.workflows.bench.inputs import (
    Entered,
    FoundItem,
    FoundLabel,
    FoundReturn,
    Input,
    NotFound,
    Overriding,
    Parked,
    Photographed,
    Said,
    Unreadable,
)
from app.workflows.bench.known_unit import KnownUnit
from app.workflows.bench.overriding import override_step
from app.workflows.bench.parts import part_scanned
from app.workflows.bench.photos import photographed
from app.workflows.bench.regrading import known_scanned
from app.workflows.bench.state import BenchState, Job, Notice, Phase, to_draft
from app.workflows.bench.words import said, unfinished
from app.workflows.effects import Drop, Effect, Keep, Record
from app.workflows.step import Step as Step  # noqa: PLC0414 - callers know it from here


def advance(state: BenchState, given: Input, moment: Moment) -> Step[BenchState]:
    """The next step for any input in any phase."""
    if isinstance(given, Overriding):
        decided, said_so = override_step(state, given, moment)
        return Step(decided, (*said_so, *_kept(state, decided, said_so)), _route(given, decided))
    if state.override is not None and not isinstance(given, Said):
        waits = replace(state, notice=Notice("override.first", {"name": state.override.name}))
        return Step(waits, (), _route(given, waits))
    if state.phase is Phase.STOP and not isinstance(given, Said):
        calm = _calm(state)
        fixed, none = stop_fixed(calm, given) if isinstance(given, FoundItem) else (calm, ())
        return Step(fixed, (*none, *_kept(state, fixed, none)), _route(given, fixed))
    calm = _calm(state)
    unit = _graded_before(calm, given)
    if unit is not None:
        after, effects = known_scanned(calm, unit, moment)
    else:
        after, effects = _routed(state, calm, given, moment)
    if after.pick is not None and not after.pick.policy_ver:
        # Its questions are those of the policy under which it came into the hand.
        after = replace(after, pick=replace(after.pick, policy_ver=moment.policy.version))
    return Step(after, (*effects, *_kept(state, after, effects)), _route(given, after))


def _calm(state: BenchState) -> BenchState:
    """The same without its message."""
    return state if state.notice is None else replace(state, notice=None)


def _graded_before(state: BenchState, given: Input) -> KnownUnit | None:
    """The unit that a scan would grade again: by its label or its serial, while no box is open."""
    if isinstance(given, FoundLabel) and not unfinished(state):
        return given.unit
    if isinstance(given, FoundItem) and given.seen is not None and state.job is None:
        return given.seen.unit
    return None


def _routed(
    state: BenchState, calm: BenchState, given: Input, moment: Moment
) -> tuple[BenchState, tuple[Effect, ...]]:
    match given:
        case FoundReturn():
            after, effects = _return_scanned(calm, given, moment)
        case FoundItem():
            listed = state.phase is Phase.PART
            after, effects = part_scanned(calm, given, moment) if listed else item_scanned(calm, given)
        case Parked():
            after, effects = _resumed(calm, given), ()
        case Entered():
            after, effects = entered(calm, given.number)
        case NotFound(word=word) if word:
            notice = Notice("other_job", {"raw": given.raw, "word": word}, ask=True)
            after, effects = replace(calm, notice=notice), ()
        case NotFound(digits=True) if state.phase is Phase.COUNT:
            after, effects = replace(calm, notice=Notice("barcode_as_number", {"raw": given.raw})), ()
        case NotFound():
            after, effects = _unknown(calm, given), ()
        case Unreadable():
            notice = Notice("unreadable", {"raw": given.raw, "expected": given.expected, "do": given.do})
            after, effects = replace(calm, notice=notice), ()
        case FoundLabel():
            notice = Notice("own_label", {"code": given.code, "headline": given.headline})
            after, effects = replace(calm, notice=notice), ()
        case Said():
            after, effects = said(state, given, moment)
        case Photographed():
            after, effects = photographed(calm, given, moment)
    return after, effects


def _kept(before: BenchState, after: BenchState, effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
    """The draft to save: with every scan that changed the open job, unless the step already drops it."""
    job = after.job
    if job is None or _calm(before) == _calm(after):
        return ()
    if any(isinstance(effect, (Keep, Drop)) and effect.job == job.key for effect in effects):
        return ()
    if job.rma is not None and not job.open_lines and not job.missing and after.pick is None:
        # Nothing of this box is left to come back to.
        return (Drop(job.key),)
    return (Keep(job.key, to_draft(after)),)


def _route(given: Input, after: BenchState) -> str:
    kind = type(given).__name__
    name = given.word if isinstance(given, (Said, Photographed)) else kind
    return f"{name}>{after.notice.code if after.notice else after.phase}"


def _resumed(state: BenchState, given: Parked) -> BenchState:
    job, parked = state.job, given.draft.job
    if parked is None or (job is not None and job.key == parked.key):
        return state
    if job is not None and unfinished(state):
        return replace(state, notice=Notice("other_open", {"rma": job.key, "other": parked.key}))
    return _with_word(take_up(given.draft, dict(parked.done)))


def _with_word(state: BenchState) -> BenchState:
    """Says that a job goes on; a question that waits is shown as it was instead."""
    if state.job is None or state.phase is not Phase.ITEM:
        return state
    if state.pick is not None:
        # What waited for WRONG ITEM or UNDO still does.
        parts = {"item": state.pick.item.name, "rma": state.job.key}
        return replace(state, notice=Notice("not_on_rma", parts))
    return replace(state, notice=Notice("resumed", {"rma": state.job.key}, ask=True))


def _unknown(state: BenchState, given: NotFound) -> BenchState:
    if state.phase is Phase.SERIAL and state.pick is not None:
        return replace(state, notice=Notice("serial_wanted_again", {"item": state.pick.item.name}, ask=True))
    if state.phase is Phase.LOT and state.pick is not None:
        return replace(state, notice=Notice("lot_wanted_again", {"item": state.pick.item.name}, ask=True))
    if state.phase is Phase.PART and state.pick is not None:
        parts = {"raw": given.raw, "item": state.pick.item.name}
        return replace(state, notice=Notice("part_unknown", parts))
    notice = Notice("unknown" if state.job else "unknown_idle", {"raw": given.raw})
    return replace(state, notice=notice, unknown=given.raw)


def _return_scanned(
    state: BenchState, found: FoundReturn, moment: Moment
) -> tuple[BenchState, tuple[Effect, ...]]:
    job, code = state.job, found.rma.code
    arrival = () if found.arrived else (Record(events.arrived(found, moment)),)
    if job is not None and job.key == code:
        here = replace(job, found_on=found.parcel or job.found_on)
        if arrival:
            here = replace(here, closed_with=None)
        return replace(state, job=here, notice=Notice("already_open", {"rma": code}, ask=True)), arrival
    if job is not None and unfinished(state):
        # Nothing is closed silently: the open box is finished or parked by its own scan.
        return replace(state, notice=Notice("other_open", {"rma": job.key, "other": code})), ()
    closed_with = None if arrival else found.closed_with
    if found.draft is not None:
        taken = take_up(found.draft, dict(found.done), found.parcel)
        if taken.job is not None:
            taken = replace(taken, job=replace(taken.job, closed_with=closed_with))
        return _with_word(taken), arrival
    # What is left behind is an empty blind box or a finished one: nothing to come back to.
    left = (Drop(job.key),) if job is not None else ()
    opened = Job(
        code,
        found.rma,
        dict(found.items),
        found.parcel or code,
        dict(found.done),
        closed_with=closed_with,
    )
    if not opened.open_lines:
        return BenchState(notice=Notice("already_done", {"rma": code})), left
    notice = Notice("cancelled", {"rma": code}) if found.cancelled else None
    return BenchState(Phase.ITEM, opened, notice=notice), (*left, *arrival)
