"""The work area of an inspection: a question with answers and the grades beside it, or the grade alone."""

from __future__ import annotations

from app.domain.policy import Grade
from app.domain.policy.inspection import open_grades
from app.workflows.bench.holds import held
from app.workflows.bench.inspecting import stands, waiting
from app.workflows.bench.mat import confirming
from app.workflows.bench.shown import Shown
from app.workflows.bench.state import BenchState, Job, Pick
from app.workflows.view import AnswerWork, Choice, Fact, ItemCard, Marker

_GRADES = ("GRI", "GRII", "GRIII", "GRIV")
_ANSWERS = ("NI", "NII", "NIII", "NIV", "NV", "NVI", "NVII", "NVIII", "NIX")


def inspection_work(state: BenchState, shown: Shown) -> AnswerWork:
    """What is asked about the unit in the hand, and what follows from the best grade it can still have."""
    job, pick, texts = state.job, state.pick, shown.texts
    if pick is None or job is None:
        raise ValueError("an inspection needs a unit in the hand")
    now = stands(job, pick, shown.policy)
    grades = _grades(shown, pick)
    if waiting(job, pick, shown.policy) is not None:
        return _confirm(job, pick, now.grade or "", shown)
    question = now.question
    first = now.grade or (open_grades(shown.policy, pick.said) or shown.policy.grades)[0].code
    label, consequence, rule = _consequence(job, pick, first, shown)
    return AnswerWork(
        item=_card(job, pick, shown),
        answers=grades
        if question is None
        else tuple(
            Choice(word, answer.caption, key=str(number))
            for number, (word, answer) in enumerate(zip(_ANSWERS, question.answers, strict=False), 1)
        ),
        answers_title=texts.say("grade.title") if question is None else "",
        answers_hint=texts.say("grade.hint") if question is None else "",
        consequence_label=label,
        consequence=consequence,
        rule=rule,
        others=() if question is None or now.grade else grades,
        others_title=texts.say("grade.title") if question and not now.grade else "",
        others_hint=texts.say("question.others_hint") if question and not now.grade else "",
    )


def _confirm(job: Job, pick: Pick, grade: str, shown: Shown) -> AnswerWork:
    """One large key, which Enter does not take; another grade is still possible."""
    label, consequence, rule = _consequence(job, pick, grade, shown)
    decision = waiting(job, pick, shown.policy)
    word = confirming(decision.outcome) if decision else None
    title = decision.outcome.caption if decision else ""
    return AnswerWork(
        item=_card(job, pick, shown),
        answers=(Choice(word or "", title, key="1"),),
        consequence_label=label,
        consequence=consequence,
        rule=rule,
        others=_grades(shown, pick),
        others_title=shown.texts.say("grade.title"),
        others_hint=shown.texts.say("confirm.others_hint"),
    )


def _grades(shown: Shown, pick: Pick) -> tuple[Choice, ...]:
    still = open_grades(shown.policy, pick.said)

    def choice(grade: Grade) -> Choice:
        return Choice(_GRADES[grade.number - 1], grade.caption, key=grade.code, enabled=grade in still)

    return tuple(choice(grade) for grade in shown.policy.grades if grade.number <= len(_GRADES))


def _consequence(job: Job, pick: Pick, grade: str, shown: Shown) -> tuple[str, str, str]:
    """For which grade, where the unit would go, and by which rule."""
    texts = shown.texts
    waits = held(job, pick, shown.policy)
    decision = waits or shown.policy.decide(
        pick.item.category, grade, pick.said, hazardous=pick.item.hazardous
    )
    outcome = decision.outcome
    place = texts.say("grade.place", outcome=outcome.caption, place=outcome.place)
    if waits is not None:
        return "", place, ""
    rule = texts.say("saved.rule", rule=f"{decision.rule}: {decision.rule_name}")
    return texts.say("grade.consequence", grade=grade), place, rule


def _card(job: Job, pick: Pick, shown: Shown) -> ItemCard:
    texts = shown.texts
    line = job.rma.line(pick.line) if job.rma and pick.line is not None else None
    facts: list[Fact] = []
    if pick.serial:
        known = line is not None and pick.serial in line.serials
        facts.append(
            Fact(
                texts.say("card.serial"),
                pick.serial,
                Marker.OK if known else None,
                texts.say("card.as_expected") if known else "",
            )
        )
    if pick.lot:
        facts.append(Fact(texts.say("card.lot"), pick.lot))
    if pick.item.is_kit:
        parts = ", ".join(f"{c.qty} x {c.sku}" for c in pick.item.kit)
        facts.append(Fact(texts.say("card.parts"), parts))
    if pick.qty > 1:
        facts.append(Fact(texts.say("card.quantity"), str(pick.qty)))
    if line is not None:
        facts.append(Fact(texts.say("card.reason"), shown.policy.reason_text(line.reason)))
    if job.rma and job.rma.order:
        shipped = f"{job.rma.shipped_on}, " if job.rma.shipped_on else ""
        facts.append(
            Fact(texts.say("card.shipped"), f"{shipped}{texts.say('word.order', order=job.rma.order)}")
        )
    return ItemCard(pick.item.name, pick.item.sku, tuple(facts))
