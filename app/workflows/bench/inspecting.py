"""The inspection of the unit in the hand: an answer, a grade, and what is saved when the rules can decide."""

from __future__ import annotations

from dataclasses import replace

from app.domain.policy import Decision, Policy, Question, Standing, standing
from app.domain.policy.inspection import answers, limiting, open_grades
from app.domain.policy.inspection import graded as with_grade
from app.workflows.bench import events
from app.workflows.bench.allowed import Result, not_now
from app.workflows.bench.context import Moment
from app.workflows.bench.counting import confirmed
from app.workflows.bench.effects import Drop, Keep, Print, Record
from app.workflows.bench.holds import held
from app.workflows.bench.mat import DISPOSITION_WORDS
from app.workflows.bench.state import BenchState, Job, Notice, Phase, Pick, Saved, to_draft


def stands(job: Job, pick: Pick, policy: Policy) -> Standing:
    """Where its inspection stands; a unit that no rule decides about is only graded."""
    if held(job, pick, policy) is None:
        return standing(policy, pick.item.category, pick.said)
    return Standing(None, next((word.partition(".")[2] for word in pick.said), None))


def waiting(job: Job, pick: Pick, policy: Policy) -> Decision | None:
    """The decision that is made and waits for its own word; None when nothing does."""
    now = stands(job, pick, policy)
    decision = _decided(job, pick, now.grade, policy) if now.over and now.grade else None
    return decision if decision and decision.outcome.confirm else None


def graded(state: BenchState, number: int, moment: Moment) -> Result:
    """A grade: it passes over the questions that may be passed over."""
    if state.phase is Phase.COUNT:
        # A grade scanned over an open number confirms the number, unless the number is not acceptable yet.
        state = confirmed(state)
        if state.phase is Phase.COUNT or state.notice:
            return state, ()
    if state.phase in {Phase.SERIAL, Phase.LOT}:
        return not_now(state, "GRI")
    job, pick, policy = state.job, state.pick, moment.policy
    if job is None or pick is None or state.phase is not Phase.GRADE:
        return replace(state, notice=Notice("grade_without_item", {}, ask=True)), ()
    grade = next((g for g in policy.grades if g.number == number), None)
    if grade is None:
        return not_now(state, f"GR{number}")
    limit = limiting(policy, pick.said)
    if limit is not None and grade not in open_grades(policy, pick.said):
        parts = {"grade": grade.code, "best": limit.best, "answer": limit.caption}
        return replace(state, notice=Notice("grade_too_good", parts)), ()
    return _on(state, job, replace(pick, said=with_grade(pick.said, grade.code)), moment)


def answered(state: BenchState, number: int, moment: Moment) -> Result:
    """An answer by its number; with no question open the number is a grade's."""
    job, pick = state.job, state.pick
    question = stands(job, pick, moment.policy).question if job and pick else None
    if job and pick and waiting(job, pick, moment.policy):
        return not_now(state, f"answer {number}")
    if job is None or pick is None or question is None:
        return graded(state, number, moment)
    if number > len(question.answers):
        parts = {"number": number, "most": len(question.answers), "ask": question.ask}
        return replace(state, notice=Notice("no_such_answer", parts)), ()
    return _on(state, job, replace(pick, said=(*pick.said, question.answers[number - 1].id)), moment)


def disposed(state: BenchState, word: str, moment: Moment) -> Result:
    """A disposition's own word: done when the decision waits for it; another overrules no rule."""
    job, pick = state.job, state.pick
    decision = waiting(job, pick, moment.policy) if job and pick and state.phase is Phase.GRADE else None
    if job is None or pick is None or decision is None:
        return not_now(state, word)
    if DISPOSITION_WORDS[word] != decision.outcome.disposition:
        parts = {"rule": decision.rule, "outcome": decision.outcome.caption, "word": word}
        return replace(state, notice=Notice("rule_decides", parts)), ()
    return _saved(job, pick, decision, moment)


def taken_back(state: BenchState, pick: Pick) -> BenchState:
    """The inspection without the last word."""
    return replace(state, phase=Phase.GRADE, pick=replace(pick, said=pick.said[:-1]))


def _on(state: BenchState, job: Job, pick: Pick, moment: Moment) -> Result:
    """To the next question, to the word a decision waits for, or to what is saved."""
    now = stands(job, pick, moment.policy)
    if now.grade is None or not now.over or waiting(job, pick, moment.policy):
        return replace(state, pick=pick), ()
    return _saved(job, pick, _decided(job, pick, now.grade, moment.policy), moment)


def _decided(job: Job, pick: Pick, grade: str, policy: Policy) -> Decision:
    waits = held(job, pick, policy)
    return waits or policy.decide(pick.item.category, grade, pick.said, hazardous=pick.item.hazardous)


def _saved(job: Job, pick: Pick, decision: Decision, moment: Moment) -> Result:
    grade = stands(job, pick, moment.policy).grade or ""
    holding = decision.outcome.disposition.startswith("hold_")
    label = moment.holding if holding else moment.label
    event = events.dispositioned(job, pick, decision, moment, grade=grade, label=label)
    after = _counted(job, pick, f"{grade}, {decision.outcome.caption}")
    saved = _as_shown(job, pick, decision, moment, event_id=event.event_id, grade=grade, label=label)
    printed = Print(label, _label_document(job, pick, saved, moment, holding=holding))
    nxt = BenchState(Phase.SAVED, after, saved=saved)
    if after.rma is not None and not (after.open_lines or after.missing):
        return nxt, (Record(event), printed, Drop(job.key))
    return nxt, (Record(event), printed, Keep(job.key, to_draft(nxt)))


def _as_shown(
    job: Job, pick: Pick, decision: Decision, moment: Moment, *, event_id: str, grade: str, label: str
) -> Saved:
    return Saved(
        event_id=event_id,
        item=pick.item,
        rma=job.rma.code if job.rma else None,
        line=pick.line,
        pick_qty=pick.qty,
        serial=pick.serial,
        lot=pick.lot,
        grade=grade,
        grade_caption=moment.policy.grade(grade).caption,
        outcome=decision.outcome.caption,
        place=decision.outcome.place,
        rule=f"{decision.rule}: {decision.rule_name}",
        label=label,
        time=f"{moment.local:%H:%M:%S}",
        date=f"{moment.local.day} {moment.local:%b %Y}",
        answers=tuple(f"{question.ask} {caption}" for question, caption in told(moment.policy, pick.said)),
    )


def told(policy: Policy, said: tuple[str, ...]) -> list[tuple[Question, str]]:
    """The questions that were answered, with the caption of the answer, in the policy's order."""
    return [
        (question, answer.caption)
        for question in policy.questions
        for answer in question.answers
        if answer.id in answers(said)
    ]


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
