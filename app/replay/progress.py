"""How far a replay is, said once a second: percent, pace, and about how long it will still take."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.clock import Clock

_EVERY_MS = 1_000.0
_MINUTE = 60
_MILLI = 1_000


class Progress:
    """Counts rows and says so; `say` gets whole lines of text without their end.

    Args:
        say: takes a line.
        clock: real time.
        total: rows there are.
        done: rows that an earlier start has finished.
    """

    def __init__(self, say: Callable[[str], None], clock: Clock, total: int, done: int) -> None:
        self._say = say
        self._clock = clock
        self._total = total
        self._done = self._before = done
        self._began = clock.monotonic_ms()
        self._said = self._began

    def more(self, rows: int) -> None:
        """So many rows are finished."""
        self._done += rows
        now = self._clock.monotonic_ms()
        if now - self._said >= _EVERY_MS:
            self._said = now
            self._say(self._line(now))

    def _line(self, now: float) -> str:
        pace = (self._done - self._before) * _MILLI / max(now - self._began, 1)
        percent = 100 * self._done // max(self._total, 1)
        left = self._span((self._total - self._done) / pace) if pace else "some time"
        return f"{percent} %: {self._done:,} of {self._total:,} rows, {pace:,.0f} rows/s, about {left} left"

    @staticmethod
    def _span(seconds: float) -> str:
        whole = round(seconds)
        return f"{whole} s" if whole < 2 * _MINUTE else f"{round(whole / _MINUTE)} min"
