"""What refunds would have been, worked out by hand: by rule, by customer, and the largest changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from app.domain.policy import read_policy
from app.domain.policy.refunds import Unit
from app.domain.policy.windows import Offer
from sync.central.rules.refund_hindsight import LISTED, Refunded, RefundTally
from tests.app.domain.policy.test_reader import SHIPPED

START = SHIPPED.index("[[refund]]")
WITHOUT = SHIPPED[:START] + SHIPPED[SHIPPED.index("[[recovery]]") :]
CANDIDATE = (
    WITHOUT
    + """
[[refund]]
id = "F"
name = "opened: a fee"
grades = ["B"]
percent = 100
fee_minor = { GBP = 200 }
fee_percent = 10

[[refund]]
id = "L"
name = "late"
late = true
percent = 50

[[refund]]
id = "A"
name = "all"
percent = 100
"""
)
GOOD = Unit("toys", "A", "changed_mind", "restock")
DONE = Refunded("R-1.1", "2026-11-22T10:00:00.000Z", "c-1", "GBP", 2, 2000, 400, 2400, "original", "R3", GOOD)
OVER = Offer(within_window=False, offer="store_credit", until=date(2026, 11, 1))
WITHIN = replace(OVER, within_window=True, offer="refund")


def tried(*done: Refunded, source: str = CANDIDATE) -> Any:
    tally = RefundTally(read_policy(source, "next.toml"))
    for one in done:
        tally.add(one)
    return tally.result()


def test_sums_by_rule_and_by_change_and_who_gains_or_loses() -> None:
    """Of 24.00 a fee of 2 x 2.00 and 2.40 leaves 17.60; half of it, late and as credit, is 12.00."""
    opened = replace(DONE, code="R-2.1", customer="c-2", unit=replace(GOOD, grade="B"))
    late = replace(DONE, code="R-3.1", customer="c-3", offers=(WITHIN, OVER))
    half = replace(DONE, code="R-4.1", customer="c-4", payable=1200, rule="R2")
    found = tried(DONE, opened, late, half)
    assert found["all"] == {
        "refunds": 4,
        "was_minor": {"GBP": 8400},
        "would_minor": {"GBP": 2400 + 1760 + 1200 + 2400},
    }
    assert found["same"]["refunds"] == 1
    assert {one["rule"]: (one["refunds"], one["would_minor"]["GBP"]) for one in found["by_rule"]} == {
        "A": (2, 4800),
        "F": (1, 1760),
        "L": (1, 1200),
    }
    assert [(c["was_rule"], c["would_rule"], c["would_method"]) for c in found["changed"]] == [
        ("R2", "A", "original"),
        ("R3", "F", "original"),
        ("R3", "L", "store_credit"),
    ]
    assert found["gain"] == {"customers": 1, "minor": {"GBP": 1200}}
    assert found["lose"] == {"customers": 2, "minor": {"GBP": 640 + 1200}}
    assert [one["refund"] for one in found["largest"]] == ["R-3.1", "R-4.1", "R-2.1"]


def test_the_same_money_as_credit_is_a_change_that_nobody_gains_by() -> None:
    found = tried(replace(DONE, offers=(replace(OVER, within_window=True),)))
    assert (found["same"]["refunds"], found["changed"][0]["would_method"]) == (0, "store_credit")
    assert (found["gain"]["customers"], found["lose"]["customers"]) == (0, 0)


def test_a_customer_gains_by_the_sum_of_all_refunds_and_nobody_is_no_customer() -> None:
    less = replace(DONE, code="R-2.1", payable=2600)
    more = replace(DONE, code="R-3.1", payable=2000)
    found = tried(less, more, replace(more, code="R-4.1", customer=None))
    assert found["gain"] == {"customers": 1, "minor": {"GBP": 200}}
    assert found["lose"] == {"customers": 0, "minor": {}}


def test_what_somebody_rejected_stands_apart_and_a_policy_without_rules_pays_all() -> None:
    tally = RefundTally(read_policy(WITHOUT, "next.toml"))
    tally.stop(DONE)
    tally.add(replace(DONE, payable=0, rule="N"))
    found: Any = tally.result()
    assert (found["stopped"]["refunds"], found["all"]["refunds"]) == (1, 1)
    assert [one["rule"] for one in found["by_rule"]] == ["default"]


def test_only_the_largest_of_a_currency_are_listed() -> None:
    found = tried(
        *(replace(DONE, code=f"R-{n}.1", payable=2400 + n) for n in range(1, LISTED + 3)),
        replace(DONE, code="R-99.1", currency="EUR", unit=replace(GOOD, grade="B"), payable=1),
    )
    assert [one["refund"] for one in found["largest"]][:2] == ["R-99.1", f"R-{LISTED + 2}.1"]
    assert len(found["largest"]) == LISTED + 1
