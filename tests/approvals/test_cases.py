"""Every case of the table gets exactly the verdict that stands beside it, with exactly those reasons."""

from __future__ import annotations

from collections import Counter

import pytest

from app.domain.approvals import Reason, Verdict
from tests.approvals import forged, honest, misused, withheld
from tests.approvals.cases import CASES, Case

LEAST = 60


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_verdict_is_the_one_by_hand(case: Case) -> None:
    judgement = case.made().judged()
    assert (judgement.verdict, frozenset(judgement.reasons)) == (case.verdict, case.reasons)


def test_the_table_is_whole() -> None:
    assert {case.made.__module__ for case in CASES} == {
        m.__name__ for m in (forged, honest, misused, withheld)
    }
    assert len({case.name for case in CASES}) == len(CASES) >= LEAST
    assert set(Counter(case.verdict for case in CASES)) == set(Verdict)


def test_every_reason_has_a_case() -> None:
    assert {reason for case in CASES for reason in case.reasons} == set(Reason)


def test_every_case_says_what_was_done() -> None:
    assert all(case.made.__doc__ for case in CASES)
