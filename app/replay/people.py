"""What people decide in a replay: a grade for each returned line, a word on each write-off. Seeded, pure.

The file says nothing of either. Every decision depends on the seed and on its own row alone, so that an
interrupted replay goes on to the same end.
"""

from __future__ import annotations

from random import Random

from app.replay.rows import Entry

_GRADES = ("A", "B", "C", "D")
_GRADE_WEIGHTS = (62, 18, 8, 12)
_APPROVED = 0.94


def grade(seed: int, entry: Entry) -> str:
    """The condition in which a credited line comes back."""
    return _chance(seed, "grade", entry).choices(_GRADES, _GRADE_WEIGHTS)[0]


def approves(seed: int, entry: Entry) -> bool:
    """The supervisor's word on a write-off."""
    return _chance(seed, "write-off", entry).uniform(0, 1) < _APPROVED


def _chance(seed: int, about: str, entry: Entry) -> Random:
    return Random(f"{seed} {about} {entry.row.invoice} {entry.number}")  # noqa: S311 - a play, not a secret
