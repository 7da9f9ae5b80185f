"""What came is counted where it was to come, and what is short is lost by those who came last."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.central.rules.supply import (
    CANCELLED,
    CLOSED,
    OPEN,
    Came,
    SupplyLine,
    arrive,
    beyond,
    from_first,
    state_of,
)

SOON, LATE = "2026-12-01", "2026-12-09"
LINES = (SupplyLine(1, "A", 5, LATE), SupplyLine(2, "A", 4, SOON), SupplyLine(3, "B", 2, SOON))


def test_the_line_due_soonest_is_filled_first() -> None:
    found = arrive(LINES, [Came("A", 6)])
    assert (found.counted, found.over, found.strange) == ({2: 4, 1: 2}, {}, {})


def test_a_named_line_is_filled_before_the_others() -> None:
    assert arrive(LINES, [Came("A", 6, line=1)]).counted == {1: 5, 2: 1}


def test_two_entries_of_one_item_are_counted_together() -> None:
    assert arrive(LINES, [Came("A", 4), Came("A", 4)]).counted == {2: 4, 1: 4}


@pytest.mark.parametrize(("named", "on"), [(None, 1), (2, 2)])
def test_what_is_beyond_all_lines_is_counted_and_told(named: int | None, on: int) -> None:
    found = arrive(LINES, [Came("A", 11, line=named)])
    assert found.over == {"A": 2}
    assert found.counted == {1: 5, 2: 4} | {on: {1: 7, 2: 6}[on]}


def test_an_item_without_a_line_is_told_apart() -> None:
    found = arrive(LINES, [Came("X", 1), Came("B", 1)])
    assert (found.counted, found.strange) == ({3: 1}, {"X": 1})


def test_a_line_named_for_another_item_counts_nothing_of_it() -> None:
    assert arrive(LINES, [Came("B", 2, line=1)]).counted == {3: 2}


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        ([SupplyLine(1, "A", 5, SOON)], OPEN),
        ([SupplyLine(1, "A", 5, SOON, received=4)], OPEN),
        ([SupplyLine(1, "A", 5, SOON, received=7)], CLOSED),
        (
            [SupplyLine(1, "A", 5, SOON, received=1, cancelled=4), SupplyLine(2, "B", 1, SOON, cancelled=1)],
            CLOSED,
        ),
        ([SupplyLine(1, "A", 5, SOON, cancelled=5)], CANCELLED),
    ],
)
def test_the_state_is_what_the_lines_say(lines: list[SupplyLine], state: str) -> None:
    assert state_of(lines) == state


def test_what_is_claimed_is_not_free() -> None:
    assert SupplyLine(1, "A", 5, SOON, received=1, claimed=3).free == 1
    assert SupplyLine(1, "A", 5, SOON, received=4, claimed=3).free == 0


@given(st.lists(st.integers(0, 9)), st.integers(-3, 30))
def test_those_who_came_last_lose(claimed: list[int], room: int) -> None:
    lost = beyond(claimed, room)
    kept = [qty - gone for qty, gone in zip(claimed, lost, strict=True)]
    assert sum(kept) == min(sum(claimed), max(0, room))
    assert kept == from_first(claimed, max(0, room))
    # Whoever lost something leaves nothing to those behind.
    first = next((n for n, gone in enumerate(lost) if gone), len(lost))
    assert not any(kept[first + 1 :])
