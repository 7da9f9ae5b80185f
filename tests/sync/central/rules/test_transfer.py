"""A transfer goes from milestone to milestone, and its ages add up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.central.rules.outcomes import Conflict
from sync.central.rules.transfer import (
    ENDED,
    Milestone,
    Reached,
    TransferLine,
    ages,
    may_follow,
    require_step,
)

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
WAY = ("approved", "picked", "shipped", "in_transit", "arrived", "received", "closed")


def at(*milestones: tuple[str, int]) -> list[Reached]:
    """Milestones with the hour at which each was reached."""
    return [Reached(milestone, BEGAN + timedelta(hours=hour)) for milestone, hour in milestones]


def test_the_whole_way_can_be_gone_and_not_back() -> None:
    state = "drafted"
    for step in WAY:
        assert may_follow(state, Milestone(step))
        assert not may_follow(step, Milestone.DRAFTED)
        state = step


@pytest.mark.parametrize("step", list(Milestone))
def test_nothing_follows_the_end(step: Milestone) -> None:
    for end in ENDED:
        assert not may_follow(end, step)


def test_what_has_left_cannot_be_cancelled() -> None:
    require_step("T", "picked", Milestone.CANCELLED)
    with pytest.raises(Conflict) as no:
        require_step("T", "shipped", Milestone.CANCELLED)
    assert (no.value.code, no.value.read) == ("transfer.not_cancelled", "Transfer T is shipped.")


def test_ages_are_counted_from_milestone_to_milestone() -> None:
    found = ages(at(("drafted", 0), ("approved", 2), ("shipped", 5)), BEGAN + timedelta(hours=9))
    assert found.at == {"drafted": 2 * 3600, "approved": 3 * 3600, "shipped": 4 * 3600}
    assert (found.total, found.present) == (9 * 3600, 4 * 3600)


def test_parts_of_one_step_are_one_age_and_what_is_beside_counts_for_none() -> None:
    reached = at(("drafted", 0), ("picked", 1), ("picked", 4), ("over", 5))
    found = ages(reached, BEGAN + timedelta(hours=6))
    assert (found.at, found.present) == ({"drafted": 3600, "picked": 5 * 3600}, 2 * 3600)


def test_what_has_ended_grows_no_older() -> None:
    found = ages(at(("drafted", 0), ("cancelled", 3)), BEGAN + timedelta(days=9))
    assert (found.at, found.total, found.present) == ({"drafted": 3 * 3600}, 3 * 3600, 0)


def test_only_what_lasted_longer_is_alarmed() -> None:
    found = ages(at(("drafted", 0), ("in_transit", 2)), BEGAN + timedelta(hours=32))
    assert found.alarms("T-1", 30) == []
    assert found.alarms("T-1", 29) == ["Transfer T-1 was in transit for 30 hours, longer than 29."]


@given(st.lists(st.tuples(st.sampled_from(list(Milestone)), st.integers(-99, 99))), st.integers(-99, 99))
def test_no_age_is_below_zero_whatever_clocks_say(reached: list[tuple[str, int]], hour: int) -> None:
    found = ages(at(*reached), BEGAN + timedelta(hours=hour))
    assert min([found.total, found.present, *found.at.values()]) >= 0


def test_a_line_tells_what_is_left_to_do() -> None:
    line = TransferLine(1, "A", "", 9, picked=6, shipped=4, received=2, damaged=1, short=0, claimed=5)
    assert (line.on_the_way, line.to_ship, line.to_pick) == (1, 2, 3)
    assert TransferLine(1, "A", "", 9, picked=6, shipped=4, claimed=1).to_ship == 1
