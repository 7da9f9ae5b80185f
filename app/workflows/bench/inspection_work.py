"""The work area of an inspection: a question with answers and the grades beside it, or the grade alone."""

from __future__ import annotations

from app.domain.policy import Grade
from app.domain.policy.asides import Aside, told
from app.domain.policy.inspection import open_grades
from app.workflows.bench.figures import rule_words
from app.workflows.bench.inspecting import counted
from app.workflows.bench.inspection import Inspection, inspection
from app.workflows.bench.mat import ANSWER_WORDS, GRADE_WORDS, NUMBER_WORDS
from app.workflows.bench.shown import Shown
from app.workflows.bench.state import BenchState, Job, Pick
from app.workflows.texts import Texts, shorten
from app.workflows.view import AnswerWork, Choice, Fact, ItemCard, Marker, WaitWork

PHOTOS = "photo/"
"""What the content addresses of photos begin with."""

_PART_NAME, _PARTS_LINE, _PARTS_LINES = 18, 44, 3
_GRADES = tuple(GRADE_WORDS)


def inspection_work(state: BenchState, shown: Shown) -> AnswerWork | WaitWork:
    """What is asked about the unit in the hand, and what follows from the best grade it can still have."""
    job, pick, texts = state.job, state.pick, shown.texts
    if pick is None or job is None:
        raise ValueError("an inspection needs a unit in the hand")
    now = inspection(job, pick, shown.policy)
    if now.photo:
        return _photo(pick, now, shown)
    if now.word is not None:
        return _confirm(pick, now, now.word, shown)
    grades, question = _grades(now, shown), now.question
    label, consequence, rule = _consequence(now, shown)
    # A grade that stands is not offered again beside what it leads to.
    beside = question is not None and now.grade is None
    return AnswerWork(
        item=_card(job, pick, shown),
        answers=grades
        if question is None
        else tuple(
            Choice(word, answer.caption, key=str(number))
            for number, (word, answer) in enumerate(zip(ANSWER_WORDS, question.answers, strict=False), 1)
        ),
        answers_title=texts.say("grade.title") if question is None else "",
        answers_hint=texts.say("grade.hint") if question is None else "",
        consequence_label=label,
        consequence=consequence,
        rule=rule,
        others=grades if beside else (),
        others_title=texts.say("grade.title") if beside else "",
        others_hint=texts.say("question.others_hint") if beside else "",
    )


def reason_work(state: BenchState, shown: Shown) -> AnswerWork:
    """Why a unit is graded again, before anything else is asked of it."""
    job, pick, texts = state.job, state.pick, shown.texts
    if pick is None or job is None:
        raise ValueError("a reason needs a unit in the hand")
    return AnswerWork(
        item=_card(job, pick, shown),
        answers=tuple(
            Choice(word, text, key=str(number))
            for number, (word, (_, text)) in enumerate(
                zip(ANSWER_WORDS, shown.policy.regrades, strict=False), 1
            )
        ),
        answers_title=texts.say("again.title"),
        answers_hint=texts.say("again.hint"),
    )


def note_work(state: BenchState, shown: Shown) -> AnswerWork:
    """The canned notes by number; one that was given is not offered again."""
    job, pick, texts = state.job, state.pick, shown.texts
    if pick is None or job is None:
        raise ValueError("a note needs a unit in the hand")
    given = told(Aside.NOTE, pick.said)
    return AnswerWork(
        item=_card(job, pick, shown),
        answers=tuple(
            Choice(word, text, key=str(number % 10), enabled=note not in given)
            for number, (word, (note, text)) in enumerate(
                zip(NUMBER_WORDS, shown.policy.notes, strict=False), 1
            )
        ),
        answers_title=texts.say("note.title"),
        answers_hint=texts.say("note.hint"),
    )


def part_work(state: BenchState, shown: Shown) -> AnswerWork:
    """The parts of a kit by number, what is missing so far, and what follows from it."""
    job, pick, texts = state.job, state.pick, shown.texts
    if pick is None or job is None:
        raise ValueError("a part list needs a kit in the hand")
    now = inspection(job, pick, shown.policy)
    missing = dict(pick.missing_parts())
    label, consequence, rule = _consequence(now, shown) if missing else ("", "", "")
    return AnswerWork(
        item=_card(job, pick, shown),
        answers=(
            *(
                _part(pick, at, missing.get(at, 0), texts, word)
                for at, word in zip(range(len(pick.item.kit)), NUMBER_WORDS, strict=False)
            ),
            Choice("OK", texts.say("parts.done"), key="OK", proposed=bool(missing)),
        ),
        answers_title=texts.say("parts.title"),
        answers_hint=texts.say("parts.hint", n=sum(missing.values())),
        consequence_label=label,
        consequence=consequence,
        rule=rule,
    )


def _part(pick: Pick, at: int, missing: int, texts: Texts, word: str) -> Choice:
    whole, name = pick.item.kit[at].qty, shorten(pick.part_name(at), _PART_NAME)
    detail = texts.say("parts.of", n=whole) if whole > 1 else ""
    if missing:
        detail = texts.say("parts.missing" if missing == whole else "parts.some", n=missing, of=whole)
    return Choice(word, name, detail, key=str((at + 1) % 10), enabled=missing < whole)


def _confirm(pick: Pick, now: Inspection, word: str, shown: Shown) -> WaitWork:
    """The word itself, by a key that no question has: a second press of an answer's does nothing."""
    texts = shown.texts
    picture = newest_photo(pick)
    again = [Choice("REDO", texts.say("photo.again"), icon="camera", key="RETAKE")] if picture else []
    return WaitWork(
        pick.item.name,
        _follows(now, shown),
        (
            Choice("UNDO", texts.say("confirm.undo"), icon="undo", key="UNDO"),
            *again,
            Choice(word, texts.word(word), texts.say("confirm.detail"), "cross", texts.say("confirm.key")),
        ),
        picture=picture,
    )


def _photo(pick: Pick, now: Inspection, shown: Shown) -> WaitWork:
    """The photo that is wanted before anything is saved, and the way on where there is none to be had."""
    texts, missing = shown.texts, pick.no_photo or shown.no_camera
    none = Choice("OK", texts.say("photo.without"), texts.say("photo.without_detail"), "tick", "OK")
    return WaitWork(
        pick.item.name,
        _follows(now, shown),
        (
            Choice("UNDO", texts.say("photo.undo"), icon="undo", key="UNDO"),
            *([none] if missing else []),
            Choice("PHOTO", texts.say("photo.take"), icon="camera", key="F4", proposed=not missing),
        ),
        icon="camera",
    )


def _follows(now: Inspection, shown: Shown) -> str:
    """What follows and by which rule, as one line."""
    _, consequence, rule = _consequence(now, shown)
    return f"{consequence}. {rule[:1].upper()}{rule[1:]}" if rule else consequence


def newest_photo(pick: Pick) -> str:
    """The content address of the last photo of the unit; empty without one."""
    taken = told(Aside.PHOTO, pick.said)
    return photo_address(taken[-1]) if taken else ""


def photo_address(photo: str) -> str:
    """Where the window fetches a photo."""
    return f"{PHOTOS}{photo}"


def _grades(now: Inspection, shown: Shown) -> tuple[Choice, ...]:
    still = open_grades(shown.policy, now.said)

    def choice(grade: Grade) -> Choice:
        return Choice(_GRADES[grade.number - 1], grade.caption, key=grade.code, enabled=grade in still)

    return tuple(choice(grade) for grade in shown.policy.grades)


def _consequence(now: Inspection, shown: Shown) -> tuple[str, str, str]:
    """For which grade, where the unit would go, and by which rule; nothing while no rule can tell."""
    texts, decision = shown.texts, now.decision
    if decision is None:
        return "", "", ""
    outcome = decision.outcome
    place = texts.say("grade.place", outcome=outcome.caption, place=outcome.place)
    if now.held:
        return "", place, ""
    return texts.say("grade.consequence", grade=now.judged), place, rule_words(decision, texts)


def _card(job: Job, pick: Pick, shown: Shown) -> ItemCard:
    texts = shown.texts
    line = job.rma.line(pick.line) if job.rma and pick.line is not None else None
    facts: list[Fact] = []
    if pick.again:
        last = pick.again.unit.grades[-1]
        facts.append(Fact(texts.say("card.graded"), texts.say("again.row", grade=last.grade, by=last.by)))
        facts.append(Fact(texts.say("card.now"), pick.again.unit.account.location))
        if pick.again.reason:
            facts.append(Fact(texts.say("card.why"), shown.policy.regrade_text(pick.again.reason)))
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
    if pick.accepted:
        said = texts.say("card.accepted_for", sold=pick.accepted.instead_of, by=pick.accepted.by_name)
        facts.append(Fact(texts.say("card.accepted"), said))
    if pick.lot:
        facts.append(Fact(texts.say("card.lot"), pick.lot))
    if pick.item.is_kit and _asks_parts(job, pick, shown):
        return ItemCard(
            pick.item.name, pick.item.sku, (*facts, *_part_facts(pick, texts)), newest_photo(pick)
        )
    if pick.item.is_kit:
        parts = ", ".join(counted(pick, at, part.qty) for at, part in enumerate(pick.item.kit))
        facts.append(Fact(texts.say("card.parts"), shorten(parts, _PARTS_LINE)))
    if taken := len(told(Aside.PHOTO, pick.said)):
        facts.append(Fact(texts.say("card.photo"), texts.say("card.photos", n=taken), Marker.OK))
    if notes := [shown.policy.note_text(note) for note in told(Aside.NOTE, pick.said)]:
        facts.append(Fact(texts.say("card.notes"), ", ".join(notes)))
    if pick.qty > 1:
        facts.append(Fact(texts.say("card.quantity"), str(pick.qty)))
    if line is not None:
        facts.append(Fact(texts.say("card.reason"), shown.policy.reason_text(line.reason)))
    if job.rma and job.rma.order:
        shipped = f"{job.rma.shipped_on}, " if job.rma.shipped_on else ""
        facts.append(
            Fact(texts.say("card.shipped"), f"{shipped}{texts.say('word.order', order=job.rma.order)}")
        )
    return ItemCard(pick.item.name, pick.item.sku, tuple(facts), newest_photo(pick))


def _asks_parts(job: Job, pick: Pick, shown: Shown) -> bool:
    question = inspection(job, pick, shown.policy).question
    return question is not None and question.parts


def _part_facts(pick: Pick, texts: Texts) -> tuple[Fact, ...]:
    """The parts to look for, two a line, as many as a card holds; the list behind PART MISSING has all."""
    names = [
        f"{at + 1}. {shorten(counted(pick, at, part.qty), _PART_NAME)}"
        for at, part in enumerate(pick.item.kit)
    ]
    lines = ["   ".join(names[at : at + 2]) for at in range(0, len(names), 2)]
    if len(lines) > _PARTS_LINES:
        more = len(names) - 2 * (_PARTS_LINES - 1)
        lines = [*lines[: _PARTS_LINES - 1], texts.say("card.more", n=more)]
    return tuple(Fact(texts.say("card.parts") if not at else "", line) for at, line in enumerate(lines))
