"""A bucket for each caller, filled at an even rate."""

from __future__ import annotations

import pytest

from sync.central.rules import rate
from sync.central.rules.rate import Buckets


def test_some_at_once_then_as_many_as_the_rate_says() -> None:
    buckets = Buckets(2)
    assert [buckets.take("a", 0) for _ in range(11)] == [*[0.0] * 10, 0.5]
    assert buckets.take("a", 250) == pytest.approx(0.25)
    assert buckets.take("a", 500) == 0.0
    assert buckets.take("a", 500) == pytest.approx(0.5)


def test_several_are_taken_at_once_or_none() -> None:
    buckets = Buckets(10, burst_s=100)
    assert buckets.take("a", 0, 999) == 0.0
    assert buckets.take("a", 0, 501) == 50.0
    assert buckets.take("a", 0) == 0.0
    assert buckets.take("a", 49_900, 500) == pytest.approx(0.1)
    assert buckets.take("a", 50_000, 500) == 0.0


def test_more_than_a_bucket_holds_takes_a_full_one() -> None:
    buckets = Buckets(1)
    assert buckets.take("a", 0, 500) == 0.0
    assert buckets.take("a", 0, 500) == 5.0
    assert buckets.take("a", 5_000, 500) == 0.0


def test_callers_have_their_own() -> None:
    buckets = Buckets(1)
    for _ in range(5):
        assert buckets.take("a", 0) == 0.0
    assert buckets.take("a", 0) > 0
    assert buckets.take("b", 0) == 0.0


def test_a_bucket_is_never_fuller_than_full_and_a_clock_that_goes_back_empties_none() -> None:
    buckets = Buckets(1)
    for _ in range(5):
        buckets.take("a", 0)
    assert buckets.take("a", -10_000) == 1.0
    assert [buckets.take("a", 10**9) for _ in range(6)] == [*[0.0] * 5, 1.0]


def test_no_rate_is_no_limit() -> None:
    buckets = Buckets(0)
    assert {buckets.take("a", 0) for _ in range(100)} == {0.0}


def test_full_buckets_are_forgotten_when_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "_MOST_CALLERS", 2)
    buckets = Buckets(1)
    buckets.take("a", 0)
    for _ in range(5):
        buckets.take("b", 4_000)
    buckets.take("c", 6_000)
    assert set(buckets._buckets) == {"b", "c"}
    assert buckets.take("b", 4_500) > 0
