"""What stands open at the end is counted and valued, the dearest first."""

from __future__ import annotations

from app.replay.aftermath import Aftermath, Risk

FOUND = Aftermath(
    "GBP",
    {"return.blind": 3, "stock.negative": 1},
    {"return.blind": 4500},
    (Risk("return.blind", "label:L-2", 3000), Risk("return.blind", "label:L-1", 1500)),
    {"due": 2, "posted": 5},
    {"due": 12_345, "posted": 5_000},
    4,
)


def test_programs_read_counts_and_minor_units() -> None:
    assert FOUND.to_json() == {
        "currency": "GBP",
        "cases": {
            "return.blind": {"count": 3, "at_risk_minor": 4500},
            "stock.negative": {"count": 1, "at_risk_minor": 0},
        },
        "largest": [
            {"type": "return.blind", "subject": "label:L-2", "at_risk_minor": 3000},
            {"type": "return.blind", "subject": "label:L-1", "at_risk_minor": 1500},
        ],
        "refunds": {
            "due": {"count": 2, "payable_minor": 12_345},
            "posted": {"count": 5, "payable_minor": 5_000},
        },
        "returns_awaited": 4,
    }


def test_people_read_sums_and_the_dearest_first() -> None:
    assert FOUND.to_lines() == [
        "        4 open cases, 45.00 GBP at risk",
        "        3   return.blind, 45.00 GBP",
        "        1   stock.negative, 0.00 GBP",
        "            return.blind of label:L-2: 30.00 GBP",
        "            return.blind of label:L-1: 15.00 GBP",
        "        7 refunds, 173.45 GBP",
        "        2   due, 123.45 GBP",
        "        5   posted, 50.00 GBP",
        "        4 units authorized and not come back",
    ]
