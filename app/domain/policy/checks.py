"""The checks of a returns policy: words declared, no gap, nothing that can never come up."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from app.domain.account import Account
from app.domain.policy.asides import Aside
from app.domain.policy.inspection import GRADE, MOST_QUESTIONS, Said, answers, ways
from app.domain.policy.routes import BEST
from app.domain.policy.shapes import ANY, DEFAULT, SAYABLE, Policy, Question
from app.domain.policy.text import Text
from app.domain.policy.work_reach import after_work
from app.domain.refusal import Refused

# The bench gives these two itself, before any rule: a return nobody announced, an item not on its return.
HELD_DISPOSITIONS = ("hold_blind", "hold_wrong_item")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
# Words beside the answers to questions.
_TAKEN = (GRADE, *(kind.value for kind in Aside))
# The numbers on the mat, and what fits the band and a key at 200 % text.
_FEWEST, _ANSWERS, _NOTES, _ASK, _CAPTION, _RULE = 2, 9, 10, 45, 18, 12


def check(policy: Policy, text: Text) -> None:
    """Checks a policy whole.

    Raises:
        Refused: the first mistake, with its place in the document.
    """
    _check_words(policy, text)
    _check_questions(policy, text)
    _check_lists(policy, text)
    _check_rules(policy, text)
    _check_ways(policy, text)


def _check_words(policy: Policy, text: Text) -> None:
    if DEFAULT not in policy.categories:
        raise _mistake(
            "policy.no_default",
            f"{text.line('categories')}: categories lacks 'default'",
            "the category that unknown ones are judged as",
            "Add 'default' to the list.",
        )
    if not policy.grades:
        raise _mistake(
            "policy.no_grade",
            f"{text.line('grade')}: no grade is declared",
            "a table [grade.NAME] for each condition an inspector can give",
            "Add them.",
        )
    numbers: dict[int, str] = {}
    for grade in policy.grades:
        other = numbers.setdefault(grade.number, grade.code)
        if other != grade.code:
            raise _mistake(
                "policy.same_number",
                f"{text.line(f'grade.{grade.code}')}: number {grade.number} is that of grade {other} too",
                "an answer number of its own for each grade",
                "Give one of the two another number.",
            )
    for outcome in policy.outcomes:
        place = text.line(f"disposition.{outcome.disposition}")
        try:
            Account("owner", "item", outcome.place, outcome.status, outcome.reason)
        except Refused as no:
            raise _mistake(
                "policy.impossible_stock",
                f"{place}: disposition {outcome.disposition}"
                f" leads to {outcome.status} stock at {outcome.place}, reason {outcome.reason}",
                no.expected.removeprefix("Expected ").removesuffix("."),
                "Correct status, place or reason.",
            ) from None
        if len(outcome.caption) > _CAPTION:
            raise _mistake(
                "policy.long",
                f"{place}: the caption {outcome.caption!r} is long",
                f"a caption of up to {_CAPTION} signs",
                "Say it shorter.",
            )
        if outcome.confirm and outcome.disposition not in SAYABLE:
            raise _mistake(
                "policy.no_word",
                f"{place}: disposition {outcome.disposition} is to be confirmed, and has no word on the mat",
                f"confirm only for {', '.join(SAYABLE)}",
                "Take confirm away.",
            )
    for name in HELD_DISPOSITIONS:
        if all(outcome.disposition != name for outcome in policy.outcomes):
            raise _mistake(
                "policy.no_disposition",
                f"{text.line('disposition')}: disposition lacks {name!r}, which the bench gives by itself",
                f"a table [disposition.{name}]",
                "Add it.",
            )


def _check_rules(policy: Policy, text: Text) -> None:
    grades = [grade.code for grade in policy.grades]
    dispositions = [outcome.disposition for outcome in policy.outcomes]
    given = [answer.id for question in policy.questions for answer in question.answers]
    first: dict[str, int] = {}
    for number, rule in enumerate(policy.rules, 1):
        place = f"{text.line('rule', number)}, rule {rule.id}"
        _declared("grade", f"{place}: grades", rule.grades, [ANY, *grades])
        _declared("category", f"{place}: categories", rule.categories, [ANY, *policy.categories])
        if rule.answers:
            _declared("answer", f"{place}: answers", rule.answers, given)
        if rule.disposition != BEST:
            _declared("disposition", f"{place}: disposition", (rule.disposition,), dispositions)
        if len(rule.id) > _RULE:
            raise _mistake(
                "policy.long", f"{place}: its id is long", f"up to {_RULE} signs", "Give it a shorter id."
            )
        if first.setdefault(rule.id, number) != number:
            raise _mistake(
                "policy.same_id",
                f"{place}: the id {rule.id} is that of rule number {first[rule.id]} in the file too",
                "an id of its own for each rule",
                "Give one of the two another id.",
            )


def _check_questions(policy: Policy, text: Text) -> None:
    grades, before = [grade.code for grade in policy.grades], list[str]()
    for number, question in enumerate(policy.questions, 1):
        place = f"{text.line('question', number)}, question {question.id}"
        if not _NAME.fullmatch(question.id) or question.id in _TAKEN:
            raise _mistake(
                "policy.question_name",
                f"{place}: the id is {question.id!r}",
                f"small letters, digits and underscores, and not {' or '.join(map(repr, _TAKEN))}",
                "Give it another id.",
            )
        _declared("category", f"{place}: categories", question.categories, [ANY, *policy.categories])
        if question.after:
            _declared("answer", f"{place}: after", question.after, before)
        if question.grades:
            _declared("grade", f"{place}: grades", question.grades, grades)
        _check_answers(question, place, grades)
        before += [answer.id for answer in question.answers]
        if len(set(before)) != len(before):
            raise _mistake(
                "policy.same_answer",
                f"{place}: an answer stands twice, here or in another question of that id",
                "an id of its own for each question, and for each answer of it",
                "Give one of the two another id.",
            )


def _check_lists(policy: Policy, text: Text) -> None:
    for kind, listed, most in (("note", policy.notes, _NOTES), ("regrade", policy.regrades, _ANSWERS)):
        if len(listed) > most:
            raise _mistake(
                f"policy.{kind}s",
                f"{text.line(kind)}: there are {len(listed)} entries of {kind}",
                f"at most {most}, one for each number on the mat",
                "Take some away.",
            )
        for name, caption in listed:
            place = f"{text.line(name)}, {kind} {name}"
            if not _NAME.fullmatch(name):
                raise _mistake(
                    f"policy.{kind}_name",
                    f"{place}: the id is {name!r}",
                    "small letters, digits and underscores",
                    "Give it another id.",
                )
            if len(caption) > _CAPTION:
                raise _mistake(
                    "policy.long",
                    f"{place}: {caption!r} is long",
                    f"up to {_CAPTION} signs: it stands on a key",
                    "Say it shorter.",
                )


def _check_answers(question: Question, place: str, grades: list[str]) -> None:
    if not _FEWEST <= len(question.answers) <= _ANSWERS:
        raise _mistake(
            "policy.answers",
            f"{place}: it has {len(question.answers)} answers",
            f"{_FEWEST} to {_ANSWERS}, one for each number on the mat",
            "Add or join answers, each a table [[question.answer]].",
        )
    if len(question.ask) > _ASK or any(len(answer.caption) > _CAPTION for answer in question.answers):
        raise _mistake(
            "policy.long",
            f"{place}: the question or one of its captions is long",
            f"a question of up to {_ASK} signs, captions of up to {_CAPTION}: they are read from a step away",
            "Say it shorter.",
        )
    if sum(answer.missing for answer in question.answers) != question.parts:
        raise _mistake(
            "policy.parts",
            f"{place}: parts is {str(question.parts).lower()}, and "
            f"{sum(answer.missing for answer in question.answers)} of its answers say missing",
            "one answer with missing = true in a question with parts = true, and none in any other",
            "Correct the question.",
        )
    for answer in question.answers:
        if not _NAME.fullmatch(answer.id.partition(".")[2]):
            raise _mistake(
                "policy.answer_name",
                f"{place}: the id of an answer is {answer.id.partition('.')[2]!r}",
                "small letters, digits and underscores",
                "Give it another id.",
            )
        if answer.best is not None:
            _declared("grade", f"{place}, answer {answer.id}: best", (answer.best,), grades)


def _check_ways(policy: Policy, text: Text) -> None:
    """Every way an inspection can go leads to one rule, and every rule and question comes up in one."""
    fired, asked = set[str](), set[str]()
    # Categories that are asked the same go the same ways.
    found = dict[frozenset[str], list[tuple[Said, str | None]]]()
    for category in policy.categories:
        alike = frozenset(q.id for q in policy.questions if {category, ANY} & set(q.categories))
        if alike not in found:
            found[alike] = list(ways(policy, category))
        for said, grade in found[alike]:
            if grade is None:
                raise _mistake(
                    "policy.too_many_questions",
                    f"{text.line('question')}: {category} is asked more than {MOST_QUESTIONS} "
                    f"questions after {', '.join(said[:-1])}",
                    f"at most {MOST_QUESTIONS} about one unit",
                    "Ask some of them only after the answers that need them.",
                )
            asked.update(word.partition(".")[0] for word in answers(said))
            for hazardous in (False, True):
                fired.add(_deciding(policy, text, category, grade, said, hazardous=hazardous))
    fired.update(after.rule.id for after in after_work(policy) if after.rule is not None)
    _check_alive(policy, text, fired, asked)


def _deciding(
    policy: Policy, text: Text, category: str, grade: str, said: Sequence[str], *, hazardous: bool
) -> str:
    found = policy.rule_for(category, grade, said, hazardous=hazardous)
    if found is not None:
        return found.id
    hazard = "hazardous" if hazardous else "not hazardous"
    after = f", after {', '.join(answers(said))}" if answers(said) else ""
    place = text.line("rule", len(policy.rules)) if policy.rules else text.end
    raise _mistake(
        "policy.gap",
        f"{place}: no rule decides about {category}, grade {grade}, {hazard}{after}",
        "a rule for every case",
        f"Add a rule for it below this line, or add {grade} to one that fits.",
    )


def _check_alive(policy: Policy, text: Text, fired: Collection[str], asked: Collection[str]) -> None:
    for number, question in enumerate(policy.questions, 1):
        if question.id not in asked:
            raise _mistake(
                "policy.dead_question",
                f"{text.line('question', number)}: question {question.id} is never asked",
                "a category, a grade or an answer before it that leads to it",
                "Correct its conditions or remove it.",
            )
    for number, rule in enumerate(policy.rules, 1):
        if rule.id not in fired:
            raise _mistake(
                "policy.dead_rule",
                f"{text.line('rule', number)}: rule {rule.id} can never fire, earlier rules take every case",
                "rules from the special to the general",
                "Move it up or remove it.",
            )


def _declared(kind: str, place: str, words: tuple[str, ...], known: list[str]) -> None:
    if not words:
        raise _mistake(
            "policy.empty", f"{place} is empty", "one word or more", f"Name one, or {ANY} for any."
        )
    for word in words:
        if word not in known:
            raise _mistake(
                f"policy.unknown_{kind}",
                f"{place} holds {word!r}",
                f"one of {', '.join(known)}" if known else "none, as there is none before it",
                "Use one of these.",
            )


def _mistake(code: str, read: str, expected: str, do: str) -> Refused:
    return Refused(code, f"{read}.", f"Expected {expected}.", do)
