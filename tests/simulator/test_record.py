"""The README tells of the histories that were run, and of no others."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from tests.simulator.record import RECORD, sums, told


def test_the_readme_says_what_is_on_record() -> None:
    readme = Path(__file__).parents[2] / "README.md"
    assert told() in readme.read_text(encoding="utf-8")


def test_nothing_on_record_was_lost_and_no_history_is_there_twice() -> None:
    assert all(found["lost"] == found["doubled"] == 0 for found in sums().values())
    ranges = list[range]()
    for line in RECORD.read_text(encoding="utf-8").splitlines()[1:]:
        _, _, first, histories, *_ = line.split(",")
        ranges.append(range(int(first), int(first) + int(histories)))
    numbers = sorted(ranges, key=lambda one: one.start)
    assert all(one.stop <= other.start for one, other in pairwise(numbers))
