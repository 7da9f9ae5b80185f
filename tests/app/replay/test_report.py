"""The report: every row once, in figures for programs and in words for people."""

from __future__ import annotations

from app.domain.laws import Violation
from app.replay.report import Report

REPORT = Report(
    rows=20,
    applied={"sale": 12, "credit": 2},
    exceptions={"blind credit line": 3, "A row": 1},
    rejected_lines=(4, 9),
    violations=(Violation("balances", "A", "1", "2"),),
    seconds=12.345,
)


def test_programs_read_the_agreed_keys() -> None:
    assert REPORT.accounted == 20
    assert REPORT.to_json() == {
        "rows": 20,
        "applied": 14,
        "applied_by_kind": {"credit": 2, "sale": 12},
        "exceptions": 4,
        "exceptions_by_reason": {"A row": 1, "blind credit line": 3},
        "rejected": 2,
        "rejected_lines": [4, 9],
        "violations": 1,
        "seconds": 12.3,
    }


def test_people_read_lines() -> None:
    assert REPORT.to_text().splitlines() == [
        "20 rows in 12 s.",
        "       14 applied",
        "        2   credit",
        "       12   sale",
        "        4 exceptions",
        "        1   A row",
        "        3   blind credit line",
        "        2 rejected as malformed",
        "        1 violations",
    ]
