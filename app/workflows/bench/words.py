"""What the mat codes (and the keys and touches that stand for them) do at the bench."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.domain.policy import Decision
from app.workflows.bench import events
from app.workflows.bench.context import Moment
from app.workflows.bench.effects import Drop, Effect, Keep, Print, PrintOld, Record, Reprint, Undo
from app.workflows.bench.goods import COUNT_MOST, in_hand, set_quantity
from app.workflows.bench.holds import held
from app.workflows.bench.inputs import Said
from app.workflows.bench.state import BenchState, Job, Notice, Phase, Pick, Saved, to_draft

GRADE_WORDS = {"GRI": 1, "GRII": 2, "GRIII": 3, "GRIV": 4}
ANSWER_WORDS = {
    "NI": 1, "NII": 2, "NIII": 3, "NIV": 4, "NV": 5, "NVI": 6, "NVII": 7, "NVIII": 8, "NIX": 9,
}  # fmt: skip
DIGIT_WORDS = {
    "DO": "0", "DI": "1", "DII": "2", "DIII": "3", "DIV": "4",
    "DV": "5", "DVI": "6", "DVII": "7", "DVIII": "8", "DIX": "9",
}  # fmt: skip
LARGE = 99

Result = tuple[BenchState, tuple[Effect, ...]]


def said(state: BenchState, given: Said, moment: Moment) -> Result:
    """The effect of a word; one that means nothing now answers with what does."""
    word = given.word
    if state.phase is Phase.STOP and word not in {"UNDO", "OTHER", "HOLD", "DROP"}:
        return state, ()
    asked, state = state.undo_asked, replace(state, notice=None, undo_asked="")
    if word in GRADE_WORDS:
        return _graded(state, GRADE_WORDS[word], moment)
    if word in ANSWER_WORDS and state.phase is Phase.GRADE:
        return _graded(state, ANSWER_WORDS[word], moment)
    if word == "UNDO":
        return _undo(state, moment, asked)
    if word in DIGIT_WORDS:
        return _digit(state, DIGIT_WORDS[word])
    handler = _HANDLERS.get(word)
    if handler is None:
        return _not_now(state, word)
    return handler(state, moment)


def unfinished(state: BenchState) -> bool:
    """True while the open box must be finished or parked before another one."""
    job = state.job
    if job is None:
        return False
    return in_hand(state) is not None or bool(job.open_lines or job.missing or (job.rma is None and job.kept))


def entered(state: BenchState, number: int) -> Result:
    """A number from the keyboard: the quantity in the hand, asked once more when it is large."""
    countable = state.pick is not None and not state.pick.item.has_serial
    if state.phase not in {Phase.GRADE, Phase.COUNT} or not countable:
        return _not_now(state, str(number))
    if number > COUNT_MOST:
        return replace(state, notice=Notice("number_too_long", {"digits": number})), ()
    again = state.phase is Phase.COUNT and state.asked_large and state.digits == str(number)
    return _count_confirmed(replace(state, phase=Phase.COUNT, digits=str(number), asked_large=again)), ()


def allowed(state: BenchState) -> tuple[str, ...]:
    """The words that do something now, for the hint of a code that does not."""
    match state.phase:
        case Phase.IDLE:
            return ("BLIND", "UNDO", "REPRINT")
        case Phase.ITEM | Phase.SAVED:
            return ("DONE", "GONE", "HOLD", "UNDO")
        case Phase.SERIAL | Phase.LOT:
            return ("UNDO", "OTHER", "HOLD")
        case Phase.GRADE:
            return ("GRI", "COUNT", "UNDO", "HOLD")
        case Phase.COUNT:
            return ("OK", "UNDO")
        case Phase.STOP:
            return ("OTHER", "UNDO")


def _not_now(state: BenchState, word: str) -> Result:
    return replace(state, notice=Notice("word_not_now", {"word": word, "allowed": allowed(state)})), ()


def _graded(state: BenchState, number: int, moment: Moment) -> Result:
    job, pick = state.job, state.pick
    if state.phase is Phase.COUNT:
        # A grade scanned over an open number confirms the number, unless the number is not acceptable yet.
        state = _count_confirmed(state)
        if state.phase is Phase.COUNT or state.notice:
            return state, ()
        pick = state.pick
    if state.phase in {Phase.SERIAL, Phase.LOT}:
        return _not_now(state, "GRI")
    if job is None or pick is None or state.phase is not Phase.GRADE:
        return replace(state, notice=Notice("grade_without_item", {}, ask=True)), ()
    grade = next((g for g in moment.policy.grades if g.number == number), None)
    if grade is None:
        return _not_now(state, f"GR{number}")
    decision = _decide(job, pick, grade.code, moment)
    holding = decision.outcome.disposition.startswith("hold_")
    label = moment.holding if holding else moment.label
    event = events.dispositioned(job, pick, decision, moment, grade=grade.code, label=label)
    outcome = f"{grade.code}, {decision.outcome.caption}"
    after = _counted(job, pick, outcome)
    saved = Saved(
        event_id=event.event_id,
        item=pick.item,
        rma=job.rma.code if job.rma else None,
        line=pick.line,
        pick_qty=pick.qty,
        serial=pick.serial,
        lot=pick.lot,
        grade=grade.code,
        grade_caption=grade.caption,
        outcome=decision.outcome.caption,
        place=decision.outcome.place,
        rule=f"{decision.rule}: {decision.rule_name}",
        label=label,
        time=f"{moment.local:%H:%M:%S}",
        date=f"{moment.local.day} {moment.local:%b %Y}",
    )
    printed = Print(label, _label_document(job, pick, saved, moment, holding=holding))
    if after.rma is not None and not (after.open_lines or after.missing):
        return BenchState(Phase.SAVED, after, saved=saved), (Record(event), printed, Drop(job.key))
    nxt = BenchState(Phase.SAVED, after, saved=saved)
    return nxt, (Record(event), printed, Keep(job.key, to_draft(nxt)))


def _decide(job: Job, pick: Pick, grade: str, moment: Moment) -> Decision:
    waits = held(job, pick, moment.policy)
    return waits or moment.policy.decide(pick.item.category, grade, hazardous=pick.item.hazardous)


def _counted(job: Job, pick: Pick, outcome: str) -> Job:
    if pick.line is None:
        return replace(job, kept=job.kept + pick.qty, closed_with=None)
    done = {**job.done, pick.line: job.done.get(pick.line, 0) + pick.qty}
    return replace(job, done=done, outcomes={**job.outcomes, pick.line: outcome}, closed_with=None)


def _label_document(
    job: Job, pick: Pick, saved: Saved, moment: Moment, *, holding: bool
) -> dict[str, object]:
    return {
        "code": saved.label,
        "headline": f"{saved.grade} {saved.outcome}",
        "place": saved.place,
        "item_name": pick.item.name,
        "sku": pick.item.sku,
        "serial": pick.serial,
        "lot": pick.lot,
        "quantity": pick.qty,
        "rma": job.rma.code if job.rma else None,
        "date": moment.local.date().isoformat(),
        "station": moment.bench.station,
        "holding": holding,
    }


def _digit(state: BenchState, digit: str) -> Result:
    if state.phase is Phase.GRADE and state.pick and not state.pick.item.has_serial:
        return replace(state, phase=Phase.COUNT, digits=digit.lstrip("0"), asked_large=False, notice=None), ()
    if state.phase is not Phase.COUNT:
        return _not_now(state, "DIGIT")
    digits = (state.digits + digit).lstrip("0")
    if int(digits or "0") > COUNT_MOST:
        return replace(state, notice=Notice("number_too_long", {"digits": digits}), digits=""), ()
    return replace(state, digits=digits, asked_large=False, notice=None), ()


def _start_count(state: BenchState, moment: Moment) -> Result:
    del moment
    if state.phase is Phase.COUNT:
        return replace(state, digits="", asked_large=False), ()
    if state.phase is not Phase.GRADE or state.pick is None:
        return _not_now(state, "COUNT")
    if state.pick.item.has_serial:
        return replace(state, notice=Notice("one_serial_one_unit", {"item": state.pick.item.name})), ()
    return replace(state, phase=Phase.COUNT, digits="", asked_large=False), ()


def _count_confirmed(state: BenchState) -> BenchState:
    qty = int(state.digits or "0")
    if qty < 1:
        return replace(state, notice=Notice("number_wanted", {}, ask=True))
    if qty > LARGE and not state.asked_large:
        return replace(state, asked_large=True, notice=Notice("number_large", {"qty": qty}))
    return set_quantity(state, qty)


def _ok(state: BenchState, moment: Moment) -> Result:
    del moment
    if state.phase is Phase.COUNT:
        return _count_confirmed(state), ()
    return _not_now(state, "OK")


def _undo(state: BenchState, moment: Moment, asked: str) -> Result:
    job = state.job
    if state.phase is Phase.COUNT:
        return replace(state, phase=Phase.GRADE, digits="", asked_large=False), ()
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
    other = last.rma is not None and (job is None or job.key != last.rma)
    if other and last.closed:
        return replace(state, notice=Notice("closed_since", {"rma": last.rma or ""}, ask=True)), ()
    if other and job is not None and asked != last.event_id:
        parts = {"item": last.item.name, "rma": last.rma or "", "label": last.label}
        return replace(state, undo_asked=last.event_id, notice=Notice("undo_other", parts)), ()
    taken = Notice("undone", {"item": last.item.name, "label": last.label}, ask=True)
    if job is None:
        return BenchState(notice=taken), (Undo(last.event_id),)
    return BenchState(Phase.ITEM, _uncounted(job, last), notice=taken), (Undo(last.event_id),)


def _uncounted(job: Job, last: Saved) -> Job:
    if (job.rma.code if job.rma else None) != last.rma:
        return job
    if last.line is None:
        return replace(job, kept=max(0, job.kept - last.pick_qty), closed_with=None)
    done = {**job.done, last.line: max(0, job.done.get(last.line, 0) - last.pick_qty)}
    outcomes = {line: text for line, text in job.outcomes.items() if line != last.line or done[line]}
    return replace(job, done=done, outcomes=outcomes, closed_with=None)


def _wrong_item(state: BenchState, moment: Moment) -> Result:
    del moment
    pick = state.pick
    if pick is None or not (pick.wrong_item or state.phase in {Phase.STOP, Phase.SERIAL, Phase.LOT}):
        return _not_now(state, "OTHER")
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
        return _not_now(state, "DONE")
    hand = in_hand(state)
    if hand is not None:
        return replace(state, notice=Notice("grade_first", {"item": hand.item.name, "other": "DONE"})), ()
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
    del moment
    job = state.job
    if job is None or in_hand(state) is not None or not job.open_lines:
        return _not_now(state, "GONE")
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
    "COUNT": _start_count,
    "DONE": _done,
    "GONE": _not_in_box,
    "BLIND": _blind,
    "HOLD": _hold,
    "DROP": _hold,
    "OTHER": _wrong_item,
    "REPRINT": _reprint,
    "PRINT": _reprint,
}
