"""Sums of what would have become of units: exact, by currency, and the most valuable listed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.policy import read_policy
from app.domain.policy.hindsight import Candidate, Judged
from sync.central.rules.hindsight import LISTED, Dispositioned, Tally
from tests.app.domain.policy.small import SMALL
from tests.app.domain.policy.test_checks import ASKING

PLAIN = Judged("default", hazardous=False, grade="A", answers=(), policy_ver="7")
DONE = Dispositioned("e1", "2026-11-22T10:00:00.000Z", "A", 2, 500, "GBP", "restock", "2", PLAIN)


@pytest.fixture
def tally() -> Tally:
    return Tally(Candidate(read_policy(ASKING, "asking.toml"), [read_policy(SMALL, "small.toml")]))


def summed(found: Any) -> tuple[int, int, dict[str, int]]:
    return found["events"], found["units"], found["value_minor"]


def test_everything_is_counted_once(tally: Tally) -> None:
    tally.add(DONE)
    tally.add(replace(DONE, event_id="e2", disposition="donate", currency="EUR"))
    tally.add(replace(DONE, event_id="e3", rule="held", disposition="hold_blind"))
    tally.add(replace(DONE, event_id="e4", unit=None))
    tally.add(replace(DONE, event_id="e5", unit=replace(PLAIN, grade="E")))
    tally.add(replace(DONE, event_id="e6", unit=replace(PLAIN, category="toys", grade="B")))
    found: Any = tally.result()
    assert summed(found["all"]) == (6, 12, {"EUR": 500, "GBP": 2500})
    assert summed(found["held"]) == summed(found["same"]) == (1, 2, {"GBP": 500})
    (changed,) = found["changed"]
    assert (changed["was"], changed["would"], *summed(changed)) == ("donate", "restock", 1, 2, {"EUR": 500})
    assert [(one["why"], one["units"]) for one in found["cannot_say"]] == [
        ("not asked then: seal, broken", 2),
        ("the candidate has no grade E", 2),
        ("the item or its grade is not on record", 2),
    ]
    (listed,) = found["largest"]
    assert (listed["event_id"], listed["would_rule"], listed["grade"]) == ("e2", "2", "A")


def test_the_most_valuable_of_each_currency_are_listed(tally: Tally) -> None:
    for number in range(40):
        done = replace(DONE, event_id=f"e{number:02}", disposition="donate", value_minor=number // 2)
        tally.add(replace(done, currency="GBP" if number % 2 else "EUR"))
    found: Any = tally.result()
    listed = [(one["currency"], one["value_minor"]) for one in found["largest"]]
    assert listed == [
        (currency, value) for currency in ("EUR", "GBP") for value in range(19, 19 - LISTED, -1)
    ]
