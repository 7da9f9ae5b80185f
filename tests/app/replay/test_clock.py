"""The rows' clock: theirs alone, moved by scans, never back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.replay.clock import RowClock
from app.scanning.double_read import Gaps

NOON = datetime(2010, 12, 1, 12, 0, tzinfo=UTC)


def test_time_stands_still_until_a_row_or_a_scan_moves_it() -> None:
    clock = RowClock()
    clock.reach(NOON)
    assert clock.now() == clock.now() == NOON
    clock.pass_scan()
    assert NOON < clock.now() < NOON + timedelta(minutes=1)


def test_an_earlier_row_does_not_turn_it_back() -> None:
    clock = RowClock()
    clock.reach(NOON)
    clock.pass_scan()
    later = clock.now()
    clock.reach(NOON)
    assert clock.now() == later


def test_scans_are_further_apart_than_any_double_read() -> None:
    clock = RowClock()
    clock.reach(NOON)
    before = clock.monotonic_ms()
    clock.pass_scan()
    assert clock.monotonic_ms() - before > max(Gaps().bounce_ms, Gaps().pack_ms)
