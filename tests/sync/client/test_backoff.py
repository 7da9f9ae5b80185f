from __future__ import annotations

import random

import pytest

from sync.client.backoff import LONGEST_ASKED_S, LONGEST_S, Backoff


def test_rests_grow_to_a_minute_and_stay_there(seeded: random.Random) -> None:
    backoff = Backoff(seeded)
    rests = [backoff.failed() for _ in range(200)]
    for failures, rest in enumerate(rests):
        most = min(LONGEST_S, 2.0 ** min(failures, 10))
        assert most / 2 <= rest <= most


def test_success_begins_anew(seeded: random.Random) -> None:
    backoff = Backoff(seeded)
    for _ in range(9):
        backoff.failed()
    backoff.succeeded()
    assert backoff.failed() <= 1.0


def test_stations_that_failed_together_do_not_come_back_together() -> None:
    firsts = {Backoff(random.Random(seed)).failed() for seed in range(50)}
    assert len(firsts) == 50


@pytest.mark.parametrize(("asked", "rest"), [(30, 30), (600, 600), (10_000_000, LONGEST_ASKED_S)])
def test_what_the_centre_asks_for_is_kept_within_an_hour(
    asked: float, rest: float, seeded: random.Random
) -> None:
    assert Backoff(seeded).failed(asked) == rest


def test_asking_for_less_than_the_own_rest_changes_nothing(seeded: random.Random) -> None:
    backoff = Backoff(seeded)
    for _ in range(9):
        backoff.failed()
    assert backoff.failed(1) >= LONGEST_S / 2
