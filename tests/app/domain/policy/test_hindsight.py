"""What would have become of a unit: known where what was asked then tells it, and not guessed otherwise."""

from __future__ import annotations

import itertools

import pytest

from app.domain.policy import Policy, read_policy
from app.domain.policy.hindsight import Candidate, Judged
from app.domain.policy.reach import ends
from tests.app.domain.policy.small import SMALL
from tests.app.domain.policy.test_checks import ASKING
from tests.app.domain.policy.test_reader import SHIPPED

TOYS_SOLD = 'grades = ["C"]\ncategories = ["clothing", "toys"]'


@pytest.fixture(scope="module")
def then() -> Policy:
    return read_policy(SHIPPED, "then.toml")


def test_a_policy_tried_on_what_it_decided_decides_the_same(then: Policy) -> None:
    candidate = Candidate(then, [then])
    for category, hazardous in itertools.product(then.categories, (False, True)):
        for said, grade in ends(then, category):
            unit = Judged(category, hazardous, grade, said, then.version)
            assert candidate.of(unit).decision == then.decide(category, grade, said, hazardous=hazardous)


def test_another_rule_for_the_same_answers(then: Policy) -> None:
    new = read_policy(SHIPPED.replace(TOYS_SOLD, TOYS_SOLD.replace('"toys"', '"kitchen"')), "new.toml")
    found = Candidate(new, [then]).of(Judged("kitchen", False, "C", (), then.version))
    assert found.decision is not None
    assert (found.decision.outcome.disposition, found.decision.rule) == ("liquidate", "22")


def judged(category: str, grade: str, *answers: str, version: str | None = "7") -> Judged:
    return Judged(category, hazardous=False, grade=grade, answers=answers, policy_ver=version)


def asking() -> Candidate:
    """A candidate that asks what the small policy did not."""
    return Candidate(
        read_policy(ASKING.replace('"7"', '"8"'), "asking.toml"), [read_policy(SMALL, "small.toml")]
    )


def test_a_question_nobody_asked_then_cannot_be_answered_now() -> None:
    found = asking().of(judged("toys", "B"))
    assert (found.decision, found.unasked) == (None, ("seal", "broken"))


def test_it_does_not_matter_where_every_answer_leads_to_the_same() -> None:
    found = asking().of(judged("default", "B"))
    assert found.decision is not None
    assert found.decision.rule == "2"


def test_what_was_answered_then_counts() -> None:
    candidate = Candidate(read_policy(ASKING, "asking.toml"), [read_policy(ASKING, "asking.toml")])
    broken = candidate.of(judged("toys", "B", "seal.no", "broken.case")).decision
    assert broken is not None
    assert broken.rule == "0"
    assert candidate.of(judged("toys", "B", "seal.no")).unasked == ("broken",)


@pytest.mark.parametrize("version", [None, "unheard of"])
def test_of_an_unknown_version_only_the_answers_are_known(version: str | None) -> None:
    found = asking().of(judged("toys", "B", "seal.no", "broken.other", version=version))
    assert found.decision is not None
    assert found.decision.rule == "2"
    assert asking().of(judged("toys", "B", version=version)).decision is None


def test_a_grade_the_candidate_lacks() -> None:
    found = asking().of(judged("toys", "E"))
    assert (found.decision, found.unasked) == (None, ())


def test_answers_no_policy_has_are_passed_over() -> None:
    found = asking().of(judged("default", "A", "weather.fine"))
    assert found.decision is not None
