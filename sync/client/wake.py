"""Listening for the centre's word that the feed moved. Polling goes on: this only makes it sooner."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from app.domain.feed import Cursor
from app.domain.refusal import Refused, Unavailable
from sync.client.backoff import Backoff, Rest
from sync.client.session import HALTED_S, POLL_S
from sync.client.state import FOR_PEOPLE

# What an older centre says to a path it does not know.
_NO_SUCH_ROUTE = frozenset({"http.404", "http.405"})
AGAIN_S = 1.0


class WakeCentre(Protocol):
    """What is needed of the centre."""

    def wake(self, on_moved: Callable[[Cursor], bool]) -> None:
        """Listens until the stream ends or `on_moved`, told where the feed is, says False.

        Raises `Unavailable` and `Refused` as `CentrePort` does.
        """


class WakeClient:
    """Listens to one centre, None until there is one; `on_wake` is called whenever the feed moved."""

    def __init__(
        self, centre: WakeCentre | None, *, noise: random.Random, on_wake: Callable[[], None]
    ) -> None:
        self._centre = centre
        self._backoff = Backoff(noise)
        self._on_wake = on_wake
        self._rest: Rest | None = None
        self._stopping = False
        self._known: Cursor | None = None

    def stop(self) -> None:
        """Ends with the next word of the centre."""
        self._stopping = True

    def broke(self, now: datetime) -> None:
        """Nothing to say: without this, the station polls as it did."""

    def tick(self, now: datetime) -> float:
        """Listens until the stream ends; in how many seconds to listen again."""
        if self._stopping or self._centre is None:
            return POLL_S
        if self._rest is not None and (left := self._rest.left(now)) > 0:
            return left
        self._rest = None
        try:
            self._centre.wake(self._moved)
        except (Refused, Unavailable) as why:
            code = why.code if isinstance(why, Refused) else ""
            patient = code in _NO_SUCH_ROUTE or code in FOR_PEOPLE
            length_s = HALTED_S if patient else self._backoff.failed(getattr(why, "after_s", 0.0))
            self._rest = Rest(now, length_s)
            return length_s
        return AGAIN_S

    def _moved(self, cursor: Cursor) -> bool:
        self._backoff.succeeded()
        if cursor != self._known:
            self._known = cursor
            self._on_wake()
        return not self._stopping
