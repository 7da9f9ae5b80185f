"""The station's one thread: the only place that touches the local record.

Scans, the sync thread's questions and the printer's answers all queue here, in order. One thread and one
connection mean one writer, no locks on the record, and a scan that waits for nothing but those before it.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

_log = logging.getLogger(__name__)

T = TypeVar("T")
Task = Callable[[], None]


class StationThread:
    """Runs what is handed in, one after the other, until stopped; what is queued by then still runs."""

    def __init__(self, on_defect: Callable[[BaseException], None]) -> None:
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._on_defect = on_defect
        self._thread = threading.Thread(target=self._run, name="station", daemon=True)
        self._lock = threading.Lock()
        self._open = False

    def start(self) -> None:
        """Begins to run tasks."""
        self._open = True
        self._thread.start()

    def stop(self) -> None:
        """Refuses new tasks, finishes the queued ones, and waits for the thread to end."""
        with self._lock:
            if not self._open:
                return
            self._open = False
            self._tasks.put(None)
        self._thread.join()

    def post(self, task: Task) -> None:
        """Queues a task and returns at once; a task after the stop is dropped, since nobody waits for it."""
        with self._lock:
            if self._open:
                self._tasks.put(task)

    def ask(self, question: Callable[[], T]) -> T:
        """Runs a question on the thread and waits for its answer or its exception."""
        answer: Future[T] = Future()

        def task() -> None:
            try:
                answer.set_result(question())
            except BaseException as error:  # noqa: BLE001 - handed over to the one who asked
                answer.set_exception(error)

        with self._lock:
            if not self._open:
                raise RuntimeError("the station is stopping")
            self._tasks.put(task)
        return answer.result()

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None:
            try:
                task()
            except Exception as defect:  # noqa: BLE001 - one bad task must not end the station
                _log.exception("a station task failed")
                self._on_defect(defect)
