"""The one home of the sync threads: each ticks, and waits until it is time, woken or stopped."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Protocol

from app.domain.clock import Clock

_PATIENCE_S = 5.0


class Ticking(Protocol):
    """What such a thread runs."""

    def tick(self, now: datetime) -> float:
        """Does what is to be done; in how many seconds to call again."""

    def stop(self) -> None:
        """Makes a tick that runs end soon."""

    def broke(self, now: datetime) -> None:
        """Says that it ended by a defect of ours."""


class SyncThread:
    """Runs one client, of events or of photos, beside the station.

    A defect ends the thread: it is said through the state, and raised to `threading.excepthook`.
    """

    def __init__(self, client: Ticking, clock: Clock, name: str = "sync") -> None:
        self._client = client
        self._clock = clock
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
            try:
                wait_s = self._client.tick(self._clock.now())
            except Exception:
                self._client.broke(self._clock.now())
                raise
            if not self._stopping:
                self._due.wait(wait_s)
