"""A rule holds when all its conditions do; what a policy does not have is refused with what it has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.policy import ANY, Policy, Rule, read_policy
from app.domain.refusal import Refused
from tests.app.domain.policy.small import SMALL

words = st.sampled_from(["A", "B", ANY])


@given(st.lists(words, max_size=2), st.lists(words, max_size=2), st.none() | st.booleans(), st.booleans())
def test_a_rule_holds_when_all_its_conditions_do(
    grades: list[str], categories: list[str], wanted: bool | None, hazardous: bool
) -> None:
    rule = Rule("1", "one", tuple(grades), tuple(categories), (), wanted, "restock")
    expected = (
        bool({"A", ANY} & set(grades)) and bool({"B", ANY} & set(categories)) and wanted in {None, hazardous}
    )
    assert rule.holds("B", "A", hazardous=hazardous) is expected


def test_a_rule_for_an_answer_waits_for_it() -> None:
    rule = Rule("1", "one", (ANY,), (ANY,), ("seal.no", "seal.none"), None, "restock")
    assert not rule.holds("B", "A", hazardous=False)
    assert not rule.holds("B", "A", ("seal.yes", "grade.A"), hazardous=False)
    assert rule.holds("B", "A", ("seal.none", "grade.A"), hazardous=False)


@pytest.fixture(scope="module")
def small() -> Policy:
    return read_policy(SMALL, "small.toml")


def test_a_grade_has_its_number_on_the_mat(small: Policy) -> None:
    assert [(g.code, g.caption, g.number, g.as_new) for g in small.grades] == [
        ("A", "Like new", 1, True),
        ("B", "Opened", 2, False),
    ]
    assert small.grade("B") == small.grades[1]


def test_an_unknown_grade_is_refused_with_those_that_exist(small: Policy) -> None:
    with pytest.raises(Refused, match=r"'E'.*Policy 7 has A, B\. Scan one of these\.") as no:
        small.decide("toys", "E", hazardous=False)
    assert no.value.code == "policy.unknown_grade"


def test_an_unknown_disposition_is_refused_with_those_that_exist(small: Policy) -> None:
    with pytest.raises(Refused, match=r"'donate'.*Policy 7 has restock, hold_blind, hold_wrong_item\.") as no:
        small.outcome("donate")
    assert no.value.code == "policy.unknown_disposition"
