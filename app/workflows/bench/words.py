"""What the mat codes (and the keys and touches that stand for them) do at the bench."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.workflows.bench import events
from app.workflows.bench.allowed import Result, not_now
from app.workflows.bench.context import Moment
from app.workflows.bench.counting import confirmed, digit, start_count
from app.workflows.bench.goods import in_hand
from app.workflows.bench.inputs import Said
from app.workflows.bench.inspecting import answered, disposed, graded, taken_back
from app.workflows.bench.mat import ANSWER_WORDS, DIGIT_WORDS, DISPOSITION_WORDS, GRADE_WORDS
from app.workflows.bench.notes import note_chosen, start_note
from app.workflows.bench.overriding import override_said, word_undone
from app.workflows.bench.parts import part_numbered, parts_done, start_parts
from app.workflows.bench.photos import PHOTO, RETAKE, photo_refused, without_photo
from app.workflows.bench.regrading import reason_given, reason_undone
from app.workflows.bench.state import BenchState, Job, Notice, Phase, Saved, to_draft
from app.workflows.bench.unidentified import keep_unidentified
from app.workflows.effects import Drop, Keep, PrintOld, Record, Reprint, Undo


def said(state: BenchState, given: Said, moment: Moment) -> Result:
    """The effect of a word; one that means nothing now answers with what does."""
    word = given.word
    if state.override is not None:
        return override_said(state, state.override, word, moment)
    if state.phase is Phase.STOP and word not in {"UNDO", "OTHER", "HOLD", "DROP"}:
        return replace(state, notice=None), ()
    asked, state = state.undo_asked, replace(state, notice=None, undo_asked="")
    if word in GRADE_WORDS:
        return graded(state, GRADE_WORDS[word], moment)
    if state.phase is Phase.REASON and word in ANSWER_WORDS:
        return reason_given(state, word, moment)
    if state.phase is Phase.PART and word in {*ANSWER_WORDS, *DIGIT_WORDS}:
        return part_numbered(state, word, moment)
    if state.phase is Phase.NOTE and word in {*ANSWER_WORDS, *DIGIT_WORDS}:
        return note_chosen(state, word, moment)
    if word in ANSWER_WORDS and state.phase is Phase.GRADE:
        return answered(state, word, ANSWER_WORDS[word], moment)
    if word in DISPOSITION_WORDS:
        return disposed(state, word, moment)
    if word == "UNDO":
        return _undo(state, moment, asked)
    if word in DIGIT_WORDS:
        return digit(state, DIGIT_WORDS[word])
    if word in {PHOTO, RETAKE}:
        return photo_refused(state, word, moment.policy)
    handler = _HANDLERS.get(word)
    if handler is None:
        return not_now(state, word, moment.policy)
    return handler(state, moment)


def unfinished(state: BenchState) -> bool:
    """True while the open box must be finished or parked before another one."""
    job = state.job
    if job is None:
        return False
    return in_hand(state) is not None or bool(job.open_lines or job.missing or (job.rma is None and job.kept))


def _ok(state: BenchState, moment: Moment) -> Result:
    if state.phase is Phase.COUNT:
        return confirmed(state), ()
    if state.phase is Phase.PART:
        return parts_done(state, moment)
    return without_photo(state, moment)


def _undo(state: BenchState, moment: Moment, asked: str) -> Result:
    job = state.job
    if state.phase in {Phase.COUNT, Phase.NOTE}:
        return replace(state, phase=Phase.GRADE, digits="", asked_large=False), ()
    if state.pick is not None and state.pick.again and not state.pick.said and state.phase is not Phase.PART:
        return reason_undone(state, state.pick, state.pick.again)
    if state.pick is not None and (state.pick.said or state.phase is Phase.PART):
        return taken_back(state, state.pick, moment.policy), ()
    if state.pick is not None and state.pick.accepted:
        return word_undone(state)
    if state.pick is not None:
        # An offer that was never taken and a unit that was never graded leave no trace to take back.
        dropped = Notice("dropped", {"item": state.pick.item.name}, ask=True)
        return replace(state, phase=Phase.ITEM, pick=None, expected_serial="", notice=dropped), ()
    if job is not None and state.last_gone is not None:
        found = replace(job, missing=job.missing - {state.last_gone})
        notice = Notice("marked_present", {"rma": job.key}, ask=True)
        return replace(state, job=found, last_gone=None, notice=notice), ()
    last = moment.undoable
    if last is None:
        return replace(state, notice=Notice("nothing_to_undo", {}, ask=True)), ()
    if last.kept_from_sale:
        # Whoever works here would put up for sale what a supervisor kept from it.
        return replace(
            state, notice=Notice("override.undo", {"item": last.item.name, "label": last.label})
        ), ()
    other = last.rma is not None and (job is None or job.key != last.rma)
    if other and last.closed:
        return replace(state, notice=Notice("closed_since", {"rma": last.rma or ""}, ask=True)), ()
    if other and job is not None and asked != last.event_id:
        parts = {"item": last.item.name, "rma": last.rma or "", "label": last.label}
        return replace(state, undo_asked=last.event_id, notice=Notice("undo_other", parts)), ()
    word = "undone_again" if last.again else "undone"
    taken = Notice(word, {"item": last.item.name, "label": last.label}, ask=True)
    if job is None:
        return BenchState(notice=taken), (Undo(last.event_id),)
    return BenchState(Phase.ITEM, _uncounted(job, last), notice=taken), (Undo(last.event_id),)


def _uncounted(job: Job, last: Saved) -> Job:
    if last.again or (job.rma.code if job.rma else None) != last.rma:
        return job
    if last.line is None:
        return replace(job, kept=max(0, job.kept - last.pick_qty), closed_with=None)
    done = {**job.done, last.line: max(0, job.done.get(last.line, 0) - last.pick_qty)}
    outcomes = {line: text for line, text in job.outcomes.items() if line != last.line or done[line]}
    return replace(job, done=done, outcomes=outcomes, closed_with=None)


def _wrong_item(state: BenchState, moment: Moment) -> Result:
    pick = state.pick
    if (
        pick is None
        or pick.again
        or not (pick.wrong_item or state.phase in {Phase.STOP, Phase.SERIAL, Phase.LOT})
    ):
        return not_now(state, "OTHER", moment.policy)
    if state.phase in {Phase.SERIAL, Phase.LOT}:
        # The right item, only not to be told apart: it stays on its line, and `held` says why it waits.
        return replace(state, phase=Phase.GRADE, expected_serial="", notice=None), ()
    kept = replace(pick, wrong_item=True, line=None)
    return replace(state, phase=Phase.GRADE, pick=kept, expected_serial="", notice=None), ()


def _blind(state: BenchState, moment: Moment) -> Result:
    if state.job is not None and unfinished(state):
        return replace(state, notice=Notice("other_open", {"rma": state.job.key, "other": "BLIND"})), ()
    job = Job(f"BLIND-{moment.event_id[-8:].upper()}", None, {}, state.unknown or "blind")
    return BenchState(Phase.ITEM, job), ()


def _hold(state: BenchState, moment: Moment) -> Result:
    del moment
    if state.job is None:
        return replace(state, notice=Notice("nothing_to_hold", {}, ask=True)), ()
    parked = Notice("held", {"rma": state.job.key}, ask=True)
    if not unfinished(state):
        return BenchState(), (Drop(state.job.key),)
    return BenchState(notice=parked), (Keep(state.job.key, to_draft(state)),)


def _done(state: BenchState, moment: Moment) -> Result:
    job = state.job
    if job is None:
        return not_now(state, "DONE", moment.policy)
    hand = in_hand(state)
    if hand is not None:
        code = "answer_first" if hand.said or hand.unknown else "grade_first"
        return replace(state, notice=Notice(code, {"item": hand.item.name, "other": "DONE"})), ()
    if state.pick is not None:
        return replace(state, notice=Notice("not_on_rma", {"item": state.pick.item.name, "rma": job.key})), ()
    if job.rma is None or not (job.open_lines or job.missing):
        closed = Notice("blind_closed" if job.rma is None else "closed", {"rma": job.key}, ask=True)
        return BenchState(notice=closed), (Drop(job.key),)
    if job.missing_units == job.closed_with:
        # Said twice, it happened once: the record already holds exactly this.
        notice = Notice("closed_before", {"rma": job.key, "missing": job.total_wanting}, ask=True)
        return BenchState(notice=notice), (Drop(job.key),)
    notice = Notice("closed_missing", {"rma": job.key, "missing": job.total_wanting})
    return BenchState(notice=notice), (Record(events.finished(job, moment)), Drop(job.key))


def _not_in_box(state: BenchState, moment: Moment) -> Result:
    job = state.job
    if job is None or in_hand(state) is not None or not job.open_lines:
        return not_now(state, "GONE", moment.policy)
    line = job.open_lines[0]
    after = replace(job, missing=job.missing | {line.line})
    name = job.items[line.sku].name if line.sku in job.items else line.sku
    notice = Notice("marked_missing", {"item": name})
    return replace(state, phase=Phase.ITEM, job=after, last_gone=line.line, notice=notice), ()


def _reprint(state: BenchState, moment: Moment) -> Result:
    if moment.old_labels:
        return replace(state, notice=Notice("printing_old", {"n": moment.old_labels}, ask=True)), (
            PrintOld(),
        )
    return replace(state, notice=Notice("reprinting", {}, ask=True)), (Reprint(),)


_HANDLERS: dict[str, Callable[[BenchState, Moment], Result]] = {
    "OK": _ok,
    "COUNT": start_count,
    "DONE": _done,
    "GONE": _not_in_box,
    "BLIND": _blind,
    "HOLD": _hold,
    "DROP": _hold,
    "OTHER": _wrong_item,
    "NOTE": start_note,
    "NOPRT": start_parts,
    "NOID": keep_unidentified,
    "REPRINT": _reprint,
    "PRINT": _reprint,
}
