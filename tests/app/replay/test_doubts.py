"""Credit lines that do not fit: sums by reason, the dearest first."""

from __future__ import annotations

from app.domain.fields import Fields
from app.replay.doubts import Credits, Doubt

SMALL = Doubt("C1", 7, "A", "credit line with no sale", 2, 500)
GIANT = Doubt("C2", 9, "B", "keying error", 74_215, 7_718_360)
OTHER = Doubt("C3", 11, "A", "credit line with no sale", 1, 250)
FOUND = Credits("GBP", 12, (SMALL, GIANT, OTHER))


def test_programs_read_counts_money_and_single_lines() -> None:
    found = FOUND.to_json()
    assert (found["lines"], found["applied"]) == (15, 12)
    assert found["exceptions"] == {
        "keying error": {"count": 1, "at_risk_minor": 7_718_360},
        "credit line with no sale": {"count": 2, "at_risk_minor": 750},
    }
    assert found["largest"] == [doubt.to_json() for doubt in (GIANT, SMALL, OTHER)]
    assert Doubt.from_json(Fields(GIANT.to_json(), "line")) == GIANT


def test_people_read_the_same() -> None:
    assert FOUND.to_lines() == [
        "       15 credit lines, 12 of them without any doubt",
        "        1   keying error, 77183.60 GBP at risk",
        "        2   credit line with no sale, 7.50 GBP at risk",
        "            C2, 74,215 of B: keying error, 77183.60 GBP",
        "            C1, 2 of A: credit line with no sale, 5.00 GBP",
        "            C3, 1 of A: credit line with no sale, 2.50 GBP",
    ]
