from __future__ import annotations

import pytest

from app.domain.approvals.reasons import REVIEWED, WORDS, Reason, Verdict, verdict_of


def test_every_reason_has_words() -> None:
    assert set(WORDS) == set(Reason)
    assert len(set(WORDS.values())) == len(WORDS)


@pytest.mark.parametrize("reason", Reason)
def test_no_reason_leaves_an_approval_valid(reason: Reason) -> None:
    expected = Verdict.REVIEW if reason in REVIEWED else Verdict.INVALID
    assert verdict_of([reason]) is expected


def test_the_gravest_reason_decides() -> None:
    assert verdict_of([]) is Verdict.VALID
    assert verdict_of([Reason.COUNTER_GAP, Reason.OVER_TOTAL]) is Verdict.REVIEW
    assert verdict_of([Reason.COUNTER_GAP, Reason.OWN_WORK]) is Verdict.INVALID
