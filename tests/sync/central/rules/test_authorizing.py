from __future__ import annotations

import pytest

from app.domain.approvals import Judged, Judgement, Reason, Verdict
from sync.central.rules.authorizing import Authorization, answers, authorization_of, explained, spends
from tests.approvals.world import RUTHS


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (Verdict.VALID, Authorization.APPROVED),
        (Verdict.REVIEW, Authorization.REVIEW),
        (Verdict.INVALID, Authorization.UNAPPROVED),
    ],
)
def test_each_verdict_has_its_authorization(verdict: Verdict, expected: Authorization) -> None:
    assert authorization_of(verdict) is expected


def test_who_answers() -> None:
    assert (answers(Verdict.REVIEW), answers(Verdict.INVALID)) == ("supervisor", "admin")


def test_a_word_is_spent_where_it_belongs() -> None:
    assert spends([])
    assert spends([Reason.COUNTER_GAP, Reason.REVOKED_KNOWN])
    assert not spends([Reason.OTHER_EVENT])
    assert not spends([Reason.NONCE_REUSED, Reason.COUNTER_GAP])


def test_a_case_names_who_and_why() -> None:
    gap = Judgement((Judged((Reason.COUNTER_GAP,), RUTHS),), (Reason.COUNTER_GAP,))
    forged = Judgement((Judged((Reason.UNREADABLE,)),), (Reason.UNREADABLE,))
    assert "by RUTH has to be looked into: approvals of the same approver are missing" in explained("x", gap)
    assert "by nobody who is known is worth nothing: it cannot be read" in explained("x", forged)
