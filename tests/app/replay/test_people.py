"""Grades and approvals: seeded, one by one, in the proportions of people."""

from __future__ import annotations

from collections import Counter

from app.replay.people import approves, grade
from app.replay.rows import Entry, Kind
from tests.app.replay.lines import row

NOTES = [Entry(1 + n % 3, Kind.CREDIT, row(f"C{n}", qty=-1)) for n in range(2_000)]


def test_a_decision_depends_on_seed_and_row_alone() -> None:
    one = [grade(7, entry) for entry in NOTES]
    assert [grade(7, entry) for entry in reversed(NOTES)] == one[::-1]
    assert [grade(8, entry) for entry in NOTES] != one
    assert [approves(7, entry) for entry in NOTES] == [approves(7, entry) for entry in NOTES]


def test_all_grades_come_and_most_goods_are_like_new() -> None:
    found = Counter(grade(1, entry) for entry in NOTES)
    assert set(found) == {"A", "B", "C", "D"}
    assert 0.55 < found["A"] / len(NOTES) < 0.7


def test_the_supervisor_rejects_few_and_some() -> None:
    rejected = sum(not approves(1, entry) for entry in NOTES)
    assert 0.03 < rejected / len(NOTES) < 0.1
