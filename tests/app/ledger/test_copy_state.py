from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.ledger.copy_state import CopyState

AT = datetime(2026, 12, 1, 10, 42, tzinfo=UTC)
USB = "/mnt/usb"


def test_of_a_folder_that_was_never_copied_to_nothing_is_known() -> None:
    new = CopyState.begun(USB, None, 40)
    assert (new.copied, new.ever) == (0, False)
    behind = new.behind("gone", AT).against(40, 0)
    assert (behind.since, behind.missing) == (None, 40)


def test_a_copy_that_was_whole_held_all_that_was_recorded_until_then() -> None:
    kept = CopyState(USB).whole().to_text()
    again = CopyState.begun(USB, kept, 40)
    assert (again.copied, again.ever, again.since) == (40, True, None)
    behind = again.behind("gone", AT).against(43, 0)
    assert (behind.since, behind.missing) == (AT, 3)


def test_since_when_it_is_behind_outlasts_restarts_and_other_reasons() -> None:
    behind = CopyState(USB, copied=40, ever=True).behind("gone", AT).behind("full", AT + timedelta(hours=1))
    assert (behind.since, behind.trouble) == (AT, "full")
    again = CopyState.begun(USB, behind.to_text(), 55).behind("gone", AT + timedelta(days=2))
    assert (again.since, again.against(60, 0).missing) == (AT, 20)


def test_what_reached_it_meanwhile_is_not_missing_and_a_whole_one_misses_nothing() -> None:
    behind = CopyState(USB, copied=40, ever=True).behind("slow", AT)
    assert behind.against(60, 58).missing == 2
    assert behind.against(60, 12).missing == 20
    whole = behind.whole()
    assert (whole.since, whole.trouble, whole.against(61, 60).missing) == (None, "", 0)


@pytest.mark.parametrize("kept", ["", "[]", "{}", '{"folder": "/mnt/usb"}', '{"folder": 3, "copied": 1}'])
def test_what_cannot_be_read_is_as_if_nothing_were_known(kept: str) -> None:
    assert CopyState.begun(USB, kept, 40) == CopyState(USB)


def test_another_folders_state_is_not_this_ones() -> None:
    kept = CopyState("/mnt/other").whole().to_text()
    assert CopyState.begun(USB, kept, 40) == CopyState(USB)
