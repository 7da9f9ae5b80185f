"""The one home of threads in this package: a named worker with an event to stop by.

Workers are daemons: what must not be lost is on disk before a device hears of it, so leaving the program
never waits for one.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread, current_thread


class Worker:
    """One thread of one device.

    Args:
        name: shown in crash reports.
        run: the thread's work; returns soon after the event it is given is set.
        on_crash: told of an exception of `run` before it is raised on in the thread, so that the device is
            not shown as well while nobody serves it.
    """

    def __init__(
        self, name: str, run: Callable[[Event], None], on_crash: Callable[[BaseException], None]
    ) -> None:
        self._run = run
        self._on_crash = on_crash
        self._stopping = Event()
        self._thread = Thread(target=self._guarded, name=name, daemon=True)

    def start(self) -> None:
        """Starts the thread, once."""
        self._thread.start()

    @property
    def stopping(self) -> Event:
        """Set when the work should end; wait on it instead of sleeping."""
        return self._stopping

    def stop(self, timeout_s: float) -> bool:
        """Asks the work to end and waits for it; False when it is still busy after `timeout_s`.

        Called from the worker's own callbacks it only asks.
        """
        self._stopping.set()
        if self._thread is current_thread():
            return False
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _guarded(self) -> None:
        try:
            self._run(self._stopping)
        except BaseException as crash:
            self._on_crash(crash)
            raise
