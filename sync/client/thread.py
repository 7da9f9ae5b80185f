"""The one home of the sync threads: each ticks, and waits until it is time, woken or stopped."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from app.domain.clock import Clock
from sync.client.backoff import Backoff, Rest

_PATIENCE_S = 5.0
# A defect comes back as often as what set it off; nobody is helped by one every second.
DEFECT_FIRST_S = 30.0
DEFECT_LONGEST_S = 600.0


class Ticking(Protocol):
    """What such a thread runs."""

    def tick(self, now: datetime) -> float:
        """Does what is to be done; in how many seconds to call again."""

    def stop(self) -> None:
        """Makes a tick that runs end soon."""

    def broke(self, now: datetime) -> None:
        """Says that a tick ended by a defect of ours; the next one begins from what is stored."""


class SyncThread:
    """Runs one client, of events or of photos, beside the station.

    A defect ends the tick it is met in and never the thread: it is said through the client, handed to
    `on_defect` the first time in a row that it comes from the same place, and after a rest, longer each time,
    the client ticks again. Waking does not shorten that rest.
    """

    def __init__(
        self,
        client: Ticking,
        clock: Clock,
        name: str = "sync",
        *,
        noise: random.Random,
        on_defect: Callable[[Exception], None],
        rest_s: tuple[float, float] = (DEFECT_FIRST_S, DEFECT_LONGEST_S),
    ) -> None:
        self._client = client
        self._clock = clock
        self._on_defect = on_defect
        self._backoff = Backoff(noise, *rest_s)
        self._rest: Rest | None = None
        self._known: object = None
        self._due = threading.Event()
        self._stopping = False
        # A daemon: an exchange that hangs in the network must not keep the program from closing; whatever it
        # was about is on disk and goes again.
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begins; once."""
        self._thread.start()

    def wake(self) -> None:
        """There is something to send: do not wait for the next time."""
        self._due.set()

    def stop(self, patience_s: float = _PATIENCE_S) -> bool:
        """Asks the thread to end and waits for the exchange it is in, at most `patience_s`.

        Returns:
            True when it has ended.
        """
        self._stopping = True
        self._client.stop()
        self._due.set()
        if self._thread.is_alive():
            self._thread.join(patience_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping:
            self._due.clear()
            wait_s = self._tick(self._clock.now())
            if not self._stopping:
                self._due.wait(wait_s)

    def _tick(self, now: datetime) -> float:
        if self._rest is not None and (left := self._rest.left(now)) > 0:
            return left
        self._rest = None
        try:
            wait_s = self._client.tick(now)
        except Exception as defect:  # noqa: BLE001 - one bad answer must not end the sync for good
            return self._broke(defect, now)
        self._backoff.succeeded()
        self._known = None
        return wait_s

    def _broke(self, defect: Exception, now: datetime) -> float:
        length_s = self._backoff.failed()
        self._rest = Rest(now, length_s)
        # Connections are let go under an exchange that outlasts the stop: no defect.
        if not self._stopping:
            known, self._known = self._known, _place_of(defect)
            self._client.broke(now)
            if self._known != known:
                self._on_defect(defect)
        return length_s


def _place_of(defect: Exception) -> object:
    """Which defect it is: its type, and the innermost line that raised it."""
    trace = defect.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return type(defect), trace and (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
