"""The words of the bench mat that say something of a unit: grades, answers, digits, dispositions."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.policy import Outcome, Policy
from app.domain.policy.inspection import grade_word
from app.workflows.numbers import ANSWER_WORDS as ANSWER_WORDS  # noqa: PLC0414 - callers know them from here
from app.workflows.numbers import DIGIT_WORDS as DIGIT_WORDS  # noqa: PLC0414
from app.workflows.numbers import NUMBER_WORDS as NUMBER_WORDS  # noqa: PLC0414
from app.workflows.numbers import numbered as numbered  # noqa: PLC0414

GRADE_WORDS = {"GRI": 1, "GRII": 2, "GRIII": 3, "GRIV": 4}
DISPOSITION_WORDS = {
    "RESTOCK": "restock", "REFURB": "refurbish", "BLOCK": "quarantine", "VENDOR": "vendor_return",
    "GIVE": "donate", "DISCRD": "scrap",
}  # fmt: skip


def confirming(outcome: Outcome) -> str | None:
    """The word that such a disposition waits for; None when it waits for none."""
    words = (word for word, disposition in DISPOSITION_WORDS.items() if disposition == outcome.disposition)
    return next(words, None) if outcome.confirm else None


def spoken(policy: Policy, said: Sequence[str]) -> tuple[str, ...]:
    """The mat words by which an inspector says this about a unit, in order."""
    words = {
        answer.id: word
        for question in policy.questions
        for word, answer in zip(ANSWER_WORDS, question.answers, strict=False)
    }
    by_number = {number: word for word, number in GRADE_WORDS.items()}
    words |= {grade_word(grade.code): by_number[grade.number] for grade in policy.grades}
    return tuple(words[word] for word in said)
