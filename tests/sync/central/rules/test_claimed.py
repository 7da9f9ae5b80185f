"""Why a claim does not fit, by what was sold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sync.central.rules.claimed import FIX, History, Waiting, Why, same_day, why_blind, why_unclaimed

NOW = datetime(2026, 1, 9, 9, tzinfo=UTC)
TODAY, EARLIER = Waiting(3, NOW - timedelta(hours=2)), Waiting(3, NOW - timedelta(days=2))


@pytest.mark.parametrize(
    ("qty", "history", "why"),
    [
        (3, History(), Why.ORPHAN),
        (3, History(sent=True), Why.OVER),
        (3, History(waiting=(EARLIER,)), Why.NOT_SENT),
        (3, History(waiting=(EARLIER, TODAY)), Why.SAME_DAY),
        (3, History(sent=True, waiting=(TODAY,)), Why.SAME_DAY),
        (2, History(waiting=(TODAY,)), Why.NOT_SENT),
        (2, History(sent=True, waiting=(TODAY,)), Why.OVER),
    ],
)
def test_a_claim_is_judged_by_what_the_customer_had(qty: int, history: History, why: Why) -> None:
    assert why_blind(qty, NOW, history) is why


def test_what_nobody_claimed_is_judged_by_what_anybody_had() -> None:
    assert why_unclaimed(out=True, sent=True) is Why.BLIND
    assert why_unclaimed(out=False, sent=True) is Why.OVER
    assert why_unclaimed(out=False, sent=False) is Why.ORPHAN


def test_a_day_is_counted_in_utc() -> None:
    assert same_day(NOW, NOW.replace(hour=23))
    assert not same_day(NOW.replace(hour=23), NOW + timedelta(days=1))


def test_every_reason_says_what_to_do() -> None:
    assert set(FIX) == set(Why)
