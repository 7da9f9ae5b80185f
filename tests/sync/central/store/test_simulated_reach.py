"""What a simulation reads, as parameters of a query."""

from __future__ import annotations

from datetime import UTC, datetime

from sync.central.rules.allocation_policy import NEUTRAL
from sync.central.store.simulated_reach import Reach

LAST = datetime(2026, 1, 9, tzinfo=UTC)


def test_what_is_open_now_is_a_period_that_has_just_begun() -> None:
    given = Reach("acme", NEUTRAL, None, LAST, ("A",)).given()
    assert given["since"] == given["until"] == "2026-01-09T00:00:00.000Z"
    assert (given["owner"], given["skus"]) == ("acme", ["A"])


def test_a_period_begins_before_it_ends() -> None:
    given = Reach("acme", NEUTRAL, datetime(2026, 1, 2, tzinfo=UTC), LAST).given()
    assert given["since"] < given["until"]
