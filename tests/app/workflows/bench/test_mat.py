"""What is said about a unit is said by mat words that exist, and the bench takes them for the same."""

from __future__ import annotations

import pytest

from app.domain.policy.inspection import answers, photo_open, shortest
from app.domain.policy.shapes import SAYABLE
from app.scanning.commands import Word
from app.workflows.bench.mat import (
    ANSWER_WORDS,
    DIGIT_WORDS,
    DISPOSITION_WORDS,
    GRADE_WORDS,
    confirming,
    spoken,
)
from tests.app.workflows.bench.floor import POLICY, RMA, TOASTER, Floor


def test_every_numbered_word_is_on_the_mat() -> None:
    mat = {word.value for word in Word}
    assert mat >= {*ANSWER_WORDS, *DIGIT_WORDS, *DISPOSITION_WORDS, *GRADE_WORDS}


@pytest.mark.parametrize("grade", ["A", "B", "C", "D"])
@pytest.mark.parametrize("guided", [False, True])
def test_what_is_spoken_is_what_is_recorded(*, grade: str, guided: bool) -> None:
    said = shortest(POLICY, TOASTER.category, grade, guided=guided)
    floor = Floor()
    floor.opens(RMA)
    floor.scans(TOASTER)
    floor.says(*spoken(POLICY, said), *(["PHOTO"] if photo_open(POLICY, said, grade) else []))
    body = floor.events[-1].body
    assert (body["grade"], body.get("answers", [])) == (grade, list(answers(said)))


def test_only_what_policy_says_waits_for_its_word() -> None:
    assert set(DISPOSITION_WORDS.values()) == set(SAYABLE)
    waiting = {outcome.disposition: confirming(outcome) for outcome in POLICY.outcomes}
    assert {name: word for name, word in waiting.items() if word} == {"scrap": "DISCRD"}
