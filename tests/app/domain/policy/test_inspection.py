"""Whatever an inspector says, in whatever order: few questions, an honest grade, every step taken back."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.policy import ANY, Answer, Question, Standing, read_policy, standing
from app.domain.policy.inspection import (
    MOST_QUESTIONS,
    answers,
    best,
    grade_word,
    in_force,
    limiting,
    open_grades,
    photo_asked,
    photo_open,
    scanned_grade,
    shortest,
    ways,
)

POLICY = read_policy(
    files("resources").joinpath("policies", "returns.toml").read_text(encoding="utf-8"), "returns.toml"
)
CATEGORIES = st.sampled_from([*POLICY.categories, "never heard of"])


def asked(category: str, *said: str) -> str | None:
    question = standing(POLICY, category, said).question
    return question.id if question else None


@given(CATEGORIES, st.data())
def test_every_inspection_ends_after_a_few_words_with_a_grade_no_answer_forbids(
    category: str, data: st.DataObject
) -> None:
    said: tuple[str, ...] = ()
    before: list[tuple[tuple[str, ...], Standing]] = []
    while not (now := standing(POLICY, category, said)).over:
        before.append((said, now))
        may = [answer.id for answer in now.question.answers] if now.question else []
        if scanned_grade(said) is None:
            may += [f"grade.{grade.code}" for grade in open_grades(POLICY, said)]
        said = (*said, data.draw(st.sampled_from(may)))
    assert len(answers(said)) <= MOST_QUESTIONS
    assert now.grade is not None
    limit = best(POLICY, said)
    assert limit is None or POLICY.grade(now.grade).number >= POLICY.grade(limit).number
    assert (said, now.grade) in set(ways(POLICY, category))
    # Each word taken back leads to where it was said.
    for earlier, then in reversed(before):
        said = said[:-1]
        assert (said, standing(POLICY, category, said)) == (earlier, then)


def test_an_answer_leads_to_the_next_question() -> None:
    assert asked("electronics") == "seal"
    assert asked("electronics", "seal.no") == "power"
    assert asked("electronics", "seal.no", "power.yes") == "marks"
    assert standing(POLICY, "electronics", ("seal.yes",)) == Standing(None, "A")
    assert standing(POLICY, "electronics", ("seal.no", "power.yes", "marks.none")) == Standing(None, "B")


def test_the_worst_answer_limits_the_grade() -> None:
    said = ("seal.no", "power.yes")
    limit = limiting(POLICY, said)
    assert limit is not None
    assert (limit.id, limit.best) == ("seal.no", "B")
    assert [grade.code for grade in open_grades(POLICY, said)] == ["B", "C", "D"]
    assert [grade.code for grade in open_grades(POLICY, ())] == ["A", "B", "C", "D"]


def test_a_scanned_grade_skips_what_may_be_skipped_and_asks_what_it_leads_to() -> None:
    assert standing(POLICY, "electronics", ("grade.A",)) == Standing(None, "A")
    assert asked("electronics", "grade.D") == "broken"
    assert standing(POLICY, "electronics", ("grade.D", "broken.case")) == Standing(None, "D")
    assert standing(POLICY, "clothing", ("grade.D",)).over


def test_answers_alone_can_lead_to_what_a_grade_asks() -> None:
    now = standing(POLICY, "electronics", ("seal.no", "power.no"))
    assert (now.question.id if now.question else None, now.grade, now.over) == ("broken", "D", False)


def test_a_question_to_insist_on_is_asked_though_a_grade_was_scanned() -> None:
    source = POLICY.source.replace(
        'ask = "Is the seal intact?"', 'ask = "Is the seal intact?"\ninsist = true'
    )
    strict = read_policy(source, "strict.toml")
    now = standing(strict, "electronics", ("grade.A",))
    assert (now.question.id if now.question else None, now.grade) == ("seal", "A")
    # What is found counts, though a better grade was scanned; it says so.
    assert standing(strict, "electronics", ("grade.A", "seal.no")) == Standing(None, "B")


def test_a_later_grade_takes_the_place_of_an_earlier_and_of_its_answers() -> None:
    said = ("seal.no", "grade.D", "broken.case", "grade.C")
    assert in_force(POLICY, said) == ("seal.no", "grade.C")
    assert in_force(POLICY, said[:-1]) == said[:-1]
    assert in_force(POLICY, ("grade.D", "seal.no")) == ("grade.D", "seal.no")


@given(CATEGORIES, st.data())
def test_whatever_grades_follow_each_other_no_more_is_asked(category: str, data: st.DataObject) -> None:
    """Grades may be given anew at any time; few questions, and the same end as by the straight way."""
    straight = {frozenset(words): grade for words, grade in ways(POLICY, category)}
    said: tuple[str, ...] = ()
    for _ in range(8):
        now = standing(POLICY, category, in_force(POLICY, said))
        may = [answer.id for answer in now.question.answers] if now.question else []
        may += [grade_word(grade.code) for grade in open_grades(POLICY, in_force(POLICY, said))]
        said = (*said, data.draw(st.sampled_from(may)))
        counts = in_force(POLICY, said)
        assert len(answers(counts)) <= MOST_QUESTIONS
        end = standing(POLICY, category, counts)
        assert not end.over or straight.get(frozenset(counts), end.grade) == end.grade


@pytest.mark.parametrize("grade", ["A", "B", "C", "D"])
@pytest.mark.parametrize("guided", [False, True])
def test_the_shortest_way_ends_with_its_grade(*, grade: str, guided: bool) -> None:
    for category in POLICY.categories:
        said = shortest(POLICY, category, grade, guided=guided)
        assert standing(POLICY, category, said) == Standing(None, grade)
        if not guided:
            assert scanned_grade(said) == grade
            assert len(said) == (2 if asked(category, f"grade.{grade}") else 1)


def test_an_undeclared_category_is_asked_what_default_is() -> None:
    assert list(ways(POLICY, "garden")) == list(ways(POLICY, "default"))


def test_more_questions_than_may_be_asked_end_a_way() -> None:
    nine = tuple(
        Question(
            f"q{n}",
            "?",
            (ANY,),
            (Answer(f"q{n}.a", "a", None), Answer(f"q{n}.b", "b", None)),
            (),
            (),
            insist=False,
        )
        for n in range(9)
    )
    found = list(ways(replace(POLICY, questions=nine), "default"))
    assert {len(answers(said)) for said, grade in found if grade is None} == {MOST_QUESTIONS + 1}
    assert len(found) < 100


def test_a_photo_is_open_until_it_is_taken_or_said_to_be_impossible() -> None:
    assert photo_open(POLICY, ("grade.D", "broken.case"), "D")
    assert not photo_open(POLICY, ("seal.no",), "B")
    for word in ("photo.aa", "no_photo.no_camera"):
        assert not photo_open(POLICY, ("grade.D", word), "D")
        assert photo_asked(POLICY, ("grade.D", word), "D")
    answer = POLICY.questions[0].answers[1]
    asking = replace(POLICY.questions[0], answers=(replace(answer, photo=True),))
    assert photo_open(replace(POLICY, questions=(asking,)), (answer.id,), "B")
    assert not photo_open(replace(POLICY, questions=(asking,)), (), "B")
