"""The inspection of the unit in the hand: an answer, a grade, and what is saved when the rules can decide."""

from __future__ import annotations

from dataclasses import replace

from app.domain.policy import Decision, Policy
from app.domain.policy.asides import Aside, lasting, told
from app.domain.policy.inspection import grade_word, limiting, missing_answer, open_grades
from app.workflows.bench import events
from app.workflows.bench.allowed import Result, not_now
from app.workflows.bench.context import Moment
from app.workflows.bench.counting import confirmed
from app.workflows.bench.inspection import Inspection, inspection
from app.workflows.bench.mat import DISPOSITION_WORDS
from app.workflows.bench.state import BenchState, Job, Notice, Phase, Pick, Saved, decided, to_draft
from app.workflows.effects import Drop, Keep, Print, Record


def graded(state: BenchState, number: int, moment: Moment) -> Result:
    """A grade: it passes over the questions that may be passed over."""
    if state.phase is Phase.COUNT:
        # A grade scanned over an open number confirms the number, unless the number is not acceptable yet.
        state = confirmed(state)
        if state.phase is Phase.COUNT or _refused(state):
            return state, ()
    if state.phase in {Phase.SERIAL, Phase.LOT, Phase.REASON}:
        return not_now(state, "GRI", moment.policy)
    if state.phase in {Phase.NOTE, Phase.PART}:
        state = replace(state, phase=Phase.GRADE)
    job, pick, policy = state.job, state.pick, moment.policy
    if job is None or pick is None or state.phase is not Phase.GRADE:
        return replace(state, notice=Notice("grade_without_item", {}, ask=True)), ()
    if pick.unknown:
        return _photo_first(state, pick), ()
    if pick.said and outdated(pick, policy):
        return asked_anew(state, pick, policy), ()
    grade = next((g for g in policy.grades if g.number == number), None)
    if grade is None:
        return not_now(state, "GRI", policy)
    pick = replace(pick, policy_ver=policy.version)
    now = inspection(job, pick, policy)
    limit = limiting(policy, now.said)
    if limit is not None and grade not in open_grades(policy, now.said):
        asked = next(question for question in policy.questions if limit in question.answers)
        parts = {"grade": grade.code, "best": limit.best, "ask": asked.ask, "answer": limit.caption}
        return replace(state, notice=Notice("grade_too_good", parts)), ()
    again = grade_word(grade.code) in now.said
    return go_on(state, job, pick if again else _saying(pick, grade_word(grade.code)), moment)


def answered(state: BenchState, word: str, number: int, moment: Moment) -> Result:
    """An answer by its number; with no question open the number is a grade's."""
    job, pick, policy = state.job, state.pick, moment.policy
    if job is None or pick is None:
        return not_now(state, word, policy)
    if outdated(pick, policy) and not pick.unknown:
        return asked_anew(state, pick, policy), ()
    now = inspection(job, pick, policy)
    if now.photo:
        return _photo_first(state, pick), ()
    if now.word is not None:
        return not_now(state, word, policy)
    if now.question is None:
        return graded(state, number, moment)
    if number > len(now.question.answers):
        parts = {"number": number, "most": len(now.question.answers), "ask": now.question.ask}
        return replace(state, notice=Notice("no_such_answer", parts)), ()
    answer = now.question.answers[number - 1]
    if answer.missing and pick.item.is_kit:
        return replace(state, phase=Phase.PART, pick=_saying(pick, answer.id)), ()
    return go_on(state, job, _saying(pick, answer.id), moment)


def disposed(state: BenchState, word: str, moment: Moment) -> Result:
    """A disposition's own word: done when the decision waits for it; another overrules no rule."""
    job, pick, policy = state.job, state.pick, moment.policy
    if job is None or pick is None or state.phase is not Phase.GRADE:
        return not_now(state, word, policy)
    if outdated(pick, policy) and not pick.unknown:
        return asked_anew(state, pick, policy), ()
    now = inspection(job, pick, policy)
    if now.photo:
        return _photo_first(state, pick), ()
    if now.word is None or now.decision is None:
        return not_now(state, word, policy)
    if DISPOSITION_WORDS[word] != now.decision.outcome.disposition:
        parts = {"rule": now.decision.rule, "wanted": now.word, "word": word}
        return replace(state, notice=Notice("rule_decides", parts)), ()
    return _saved(job, pick, now, now.decision, moment)


def taken_back(state: BenchState, pick: Pick, policy: Policy) -> BenchState:
    """The inspection without the last word: at the question, or at the part list where that was open."""
    if state.phase is Phase.PART and not _listing(pick, policy):
        return replace(state, phase=Phase.GRADE)
    before = replace(pick, said=pick.said[:-1])
    return replace(state, phase=Phase.PART if _listing(before, policy) else Phase.GRADE, pick=before)


def _listing(pick: Pick, policy: Policy) -> bool:
    """True when the last word was said at the part list of a kit, or led there."""
    if not pick.said or not pick.item.is_kit:
        return False
    answer = missing_answer(policy, pick.item.category)
    led = answer is not None and pick.said[-1] == answer.id
    return led or bool(told(Aside.PART, pick.said[-1:]))


def _refused(state: BenchState) -> bool:
    return state.notice is not None and state.notice.code != "answers_for_all"


def _photo_first(state: BenchState, pick: Pick) -> BenchState:
    return replace(state, notice=Notice("photo_first", {"item": pick.item.name}))


def outdated(pick: Pick, policy: Policy) -> bool:
    """True when what was said of the unit answers the questions of another policy."""
    return pick.policy_ver not in {"", policy.version}


def asked_anew(state: BenchState, pick: Pick, policy: Policy) -> BenchState:
    """Another policy came into force meanwhile: what was answered, or meant to be, was another question."""
    fresh = replace(pick, said=lasting(pick.said), policy_ver=policy.version)
    return replace(state, pick=fresh, notice=Notice("questions_changed", {"item": pick.item.name}))


def _saying(pick: Pick, word: str) -> Pick:
    return replace(pick, said=(*pick.said, word))


def go_on(state: BenchState, job: Job, pick: Pick, moment: Moment) -> Result:
    """To the next question, to the photo or the word a decision waits for, or to what is saved."""
    pick = replace(pick, policy_ver=moment.policy.version)
    now = inspection(job, pick, moment.policy)
    if not now.over or now.photo or now.word is not None or now.decision is None:
        return replace(state, pick=pick), ()
    return _saved(job, pick, now, now.decision, moment)


def _saved(job: Job, pick: Pick, now: Inspection, decision: Decision, moment: Moment) -> Result:
    grade, pick = now.grade or "", replace(pick, said=now.said)
    holding = decision.outcome.disposition.startswith("hold_")
    label = moment.holding if holding else moment.label
    if pick.again:
        event = events.regraded(job, pick, decision, moment, grade=grade, label=label)
    elif pick.unknown:
        event = events.unidentified(job, pick, decision, moment, label=label)
    else:
        event = events.dispositioned(job, pick, decision, moment, grade=grade, label=label)
    after = _counted(job, pick, decided(grade, decision.outcome.caption))
    saved = _as_shown(job, pick, decision, moment, event_id=event.event_id, grade=grade, label=label)
    printed = Print(label, _label_document(job, pick, saved, moment, holding=holding))
    if pick.again:
        # Nothing of a box is open behind it.
        return BenchState(Phase.SAVED, saved=saved), (Record(event), printed, Drop(job.key))
    nxt = BenchState(Phase.SAVED, after, saved=saved)
    if after.rma is not None and not (after.open_lines or after.missing):
        return nxt, (Record(event), printed, Drop(job.key))
    return nxt, (Record(event), printed, Keep(job.key, to_draft(nxt)))


def counted(pick: Pick, at: int, qty: int) -> str:
    """A part of a kit in words, with the number where it is not one."""
    return f"{qty} x {pick.part_name(at)}" if qty > 1 else pick.part_name(at)


def _as_shown(
    job: Job, pick: Pick, decision: Decision, moment: Moment, *, event_id: str, grade: str, label: str
) -> Saved:
    return Saved(
        event_id=event_id,
        item=pick.item,
        rma=pick.again.unit.rma if pick.again else job.rma.code if job.rma else None,
        line=pick.line,
        pick_qty=pick.qty,
        serial=pick.serial,
        lot=pick.lot,
        grade=grade,
        grade_caption=moment.policy.grade(grade).caption if grade else "",
        outcome=decision.outcome.caption,
        place=decision.outcome.place,
        rule=f"{decision.rule}: {decision.rule_name}",
        label=label,
        time=f"{moment.local:%H:%M:%S}",
        date=f"{moment.local.day} {moment.local:%b %Y}",
        answers=tuple(
            f"{question.ask} {answer.caption}"
            for question in moment.policy.questions
            for answer in question.answers
            if answer.id in pick.said
        ),
        weighing=decision.weighing,
        photos=told(Aside.PHOTO, pick.said),
        missing_parts=tuple(counted(pick, at, qty) for at, qty in pick.missing_parts()),
        notes=tuple(moment.policy.note_text(note) for note in told(Aside.NOTE, pick.said)),
        before=pick.again.unit.grades if pick.again else (),
        again=pick.again is not None,
        photo_missing=events.photo_missing(pick, moment.policy, grade),
    )


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
        "headline": saved.headline,
        "place": saved.place,
        "item_name": pick.item.name,
        "sku": "" if pick.unknown else pick.item.sku,
        "serial": pick.serial,
        "lot": pick.lot,
        "quantity": pick.qty,
        "rma": pick.again.unit.rma if pick.again else job.rma.code if job.rma else None,
        "date": moment.local.date().isoformat(),
        "station": moment.bench.station,
        "holding": holding,
        "remark": ". ".join(
            ([f"Missing: {', '.join(saved.missing_parts)}"] if saved.missing_parts else []) + [*saved.notes]
        ),
    }
