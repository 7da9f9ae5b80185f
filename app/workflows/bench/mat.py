"""The words of the bench mat that say something of a unit: grades, answers, digits, dispositions."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.policy import Outcome, Policy
from app.domain.policy.inspection import grade_word

GRADE_WORDS = {"GRI": 1, "GRII": 2, "GRIII": 3, "GRIV": 4}
ANSWER_WORDS = {
    "NI": 1, "NII": 2, "NIII": 3, "NIV": 4, "NV": 5, "NVI": 6, "NVII": 7, "NVIII": 8, "NIX": 9,
}  # fmt: skip
DIGIT_WORDS = {
    "DO": "0", "DI": "1", "DII": "2", "DIII": "3", "DIV": "4",
    "DV": "5", "DVI": "6", "DVII": "7", "DVIII": "8", "DIX": "9",
}  # fmt: skip

NUMBER_WORDS = (*ANSWER_WORDS, "DO")
"""The words that number a list of up to ten, in order."""


def numbered(word: str) -> int:
    """The place in such a list that an answer or a digit means, 0 the tenth."""
    return ANSWER_WORDS.get(word) or int(DIGIT_WORDS[word]) or len(NUMBER_WORDS)


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
