"""The time of the rows: the bench of a replay lives when its file was written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
# A person takes a moment for every pull of the trigger.
_SCAN = timedelta(seconds=2)


class RowClock:
    """Stands still between rows, moves with every scan, and never goes back."""

    def __init__(self) -> None:
        self._now = _EPOCH

    def now(self) -> datetime:
        """The time of the row at hand, and of the scans it took so far."""
        return self._now

    def monotonic_ms(self) -> float:
        """The same, in milliseconds."""
        return (self._now - _EPOCH) / _MILLISECOND

    def reach(self, at: datetime) -> None:
        """Goes on to a row's time, unless it is later already."""
        self._now = max(self._now, at)

    def pass_scan(self) -> None:
        """One scan later."""
        self._now += _SCAN
