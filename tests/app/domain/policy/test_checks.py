"""Questions that cannot be asked or answered, and ways that no rule decides about, are refused by line."""

from __future__ import annotations

import pytest

from app.domain.policy import read_policy
from app.domain.refusal import Refused
from tests.app.domain.policy.small import SMALL, refused

# Behind the small policy, whose last line is number 47.
QUESTIONS = """\

[[question]]
id = "seal"
ask = "Is the seal intact?"
categories = ["toys"]

[[question.answer]]
id = "yes"
caption = "Yes"
best = "A"

[[question.answer]]
id = "no"
caption = "No"

[[question]]
id = "broken"
ask = "What is broken?"
categories = ["*"]
after = ["seal.no"]
grades = ["B"]

[[question.answer]]
id = "case"
caption = "The case"

[[question.answer]]
id = "other"
caption = "Something else"
"""
RULE = """\
[[rule]]
id = "0"
name = "a broken case waits"
grades = ["*"]
categories = ["*"]
answers = ["broken.case"]
disposition = "hold_blind"

[[rule]]
id = "1"
"""
ASKING = SMALL.replace('[[rule]]\nid = "1"\n', RULE) + QUESTIONS


def test_questions_are_read_in_their_order() -> None:
    found = read_policy(ASKING, "asking.toml")
    assert [question.id for question in found.questions] == ["seal", "broken"]
    assert [(answer.id, answer.caption, answer.best) for answer in found.questions[0].answers] == [
        ("seal.yes", "Yes", "A"),
        ("seal.no", "No", None),
    ]
    assert (found.questions[1].after, found.questions[1].grades, found.questions[1].insist) == (
        ("seal.no",),
        ("B",),
        False,
    )


def test_a_rule_for_an_answer_decides_before_the_others() -> None:
    found = read_policy(ASKING, "asking.toml")
    said = ("seal.no", "grade.B", "broken.case")
    assert found.decide("toys", "B", said, hazardous=False).rule == "0"
    assert found.decide("toys", "B", said[:2], hazardous=False).rule == "2"


ONCE_B = 'grades = ["B"]\n\n[[question.'
LONG = "Is the seal of this very item still as intact as it was?"
MISTAKES = [
    ('id = "seal"', 'id = "The seal"', "policy.question_name", 57, "small letters"),
    ('id = "seal"', 'id = "grade"', "policy.question_name", 57, "not 'grade'"),
    ('id = "seal"', 'id = "photo"', "policy.question_name", 57, "or 'photo'"),
    ('best = "A"', 'photo = "yes"', "fields.wrong", 57, "photo"),
    ('id = "yes"', 'id = "a.b"', "policy.answer_name", 57, "the id of an answer is 'a.b'"),
    ('ask = "Is the seal intact?"\n', "", "fields.wrong", 57, "question 1: field 'ask' holds nothing"),
    ('categories = ["toys"]\n', "", "policy.empty", 57, "categories is empty"),
    ('categories = ["toys"]', 'categories = ["pets"]', "policy.unknown_category", 57, "'pets'"),
    ('best = "A"', 'best = "E"', "policy.unknown_grade", 57, "answer seal.yes: best holds 'E'.*A, B"),
    (ONCE_B, ONCE_B.replace("B", "Z"), "policy.unknown_grade", 71, "grades holds 'Z'"),
    ('after = ["seal.no"]', 'after = ["x.y"]', "policy.unknown_answer", 71, "one of seal.yes, seal.no"),
    ('["broken.case"]', '["broken.glass"]', "policy.unknown_answer", 33, "'broken.glass'"),
    ('caption = "No"', 'caption = "No"\nmissing = true', "policy.parts", 57, "false, and 1 of its answers"),
    ('categories = ["toys"]', 'categories = ["toys"]\nparts = true', "policy.parts", 57, "true, and 0"),
    ('id = "broken"', 'id = "seal"', "policy.unknown_answer", 33, "'broken.case'"),
    ('id = "other"', 'id = "case"', "policy.same_answer", 71, "stands twice"),
    (
        '[[question.answer]]\nid = "no"\ncaption = "No"\n',
        "",
        "policy.answers",
        57,
        "it has 1 answers.*2 to 9",
    ),
    ("Is the seal intact?", LONG, "policy.long", 57, "up to 45"),
    ('"The case"', '"The case, the glass or the lid"', "policy.long", 71, "up to 18"),
    ('after = ["seal.no"]', 'after = ["seal.yes"]', "policy.dead_question", 71, "broken is never asked"),
    (
        'categories = ["*"]\nafter',
        'categories = ["default"]\nafter',
        "policy.dead_question",
        71,
        "broken is never asked",
    ),
]


@pytest.mark.parametrize(("right", "wrong", "code", "line", "says"), MISTAKES, ids=lambda x: str(x)[:30])
def test_a_mistake_is_refused_by_file_line_and_key(
    right: str, wrong: str, code: str, line: int, says: str
) -> None:
    refused(ASKING, (right, wrong), code, line, says)


def test_a_gap_names_the_answers_that_lead_to_it() -> None:
    rest = 'grades = ["A", "B"]\n'
    source = ASKING.replace(rest, f'{rest}answers = ["seal.yes", "seal.no"]\n')
    with pytest.raises(Refused, match=r"no rule decides about default, grade A, not hazardous\.") as no:
        read_policy(source, "asking.toml")
    assert no.value.code == "policy.gap"
    for_broken = ASKING.replace(rest, f'{rest}answers = ["broken.other"]\n')
    plain = '[[rule]]\nid = "3"\nname = "A"\ngrades = ["A"]\ncategories = ["*"]\ndisposition = "restock"\n'
    graded = plain.replace('"3"', '"4"').replace('["*"]', '["default"]').replace('["A"]', '["B"]')
    with pytest.raises(Refused, match=r"toys, grade B, not hazardous\. "):
        read_policy(for_broken + plain + graded, "asking.toml")


def test_at_most_three_questions_about_a_unit() -> None:
    seal = QUESTIONS.partition('[[question]]\nid = "broken"')[0].replace('best = "A"', "")
    more = "".join(seal.replace('"seal"', f'"q{n}"') for n in range(3))
    with pytest.raises(Refused, match=r"toys is asked more than 3 questions after") as no:
        read_policy(ASKING + more, "asking.toml")
    assert no.value.code == "policy.too_many_questions"
