"""The queue in front of one printer: work never waits for paper.

Jobs are numbered and go in order from one thread of their own. While the printer is away they stay and are
tried again; its cause is told once. Jobs do not outlive the program: the station knows which labels were
never handed over and submits these again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Lock
from typing import TypeAlias

from devices.printer import Cause, Printer, PrinterUnavailable, PrintJob
from devices.threads import Worker

_STOP_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class QueueState:
    """How a queue stands: `waiting` jobs, the one being sent included; `cause` is None while it prints."""

    waiting: int
    cause: Cause | None = None
    detail: str = ""


OnQueueState: TypeAlias = Callable[[QueueState], None]
OnHandedOver: TypeAlias = Callable[[int, PrintJob], None]


class PrintQueue:
    """Jobs for one printer, in order.

    Args:
        printer: the driver; only this queue's thread calls it.
        on_state: told of each change, from the queue's thread.
        on_handed_over: told of each job that the printer has taken, from the queue's thread.
        retry_s: how long to wait between tries while the printer is away; a new job tries at once.
    """

    def __init__(
        self,
        printer: Printer,
        on_state: OnQueueState,
        on_handed_over: OnHandedOver,
        retry_s: float = 5.0,
    ) -> None:
        self._printer = printer
        self._on_state = on_state
        self._on_handed_over = on_handed_over
        self._retry_s = retry_s
        self._lock = Lock()
        self._jobs: OrderedDict[int, PrintJob] = OrderedDict()
        self._sending: int | None = None
        self._number = 0
        self._wake = Event()
        self._told: QueueState | None = None
        self._trouble: PrinterUnavailable | None = None
        self._worker = Worker(f"printer {printer.name}", self._run, self._crashed)

    def start(self) -> None:
        """Begins to print; jobs may be submitted before."""
        self._worker.start()

    def submit(self, job: PrintJob) -> int:
        """Takes a job and gives its number, from 1; never waits for the printer."""
        with self._lock:
            self._number += 1
            self._jobs[self._number] = job
            number = self._number
        self._wake.set()
        return number

    def withdraw(self, number: int) -> bool:
        """Takes a waiting job back, as an undo does; False when it is being sent, was sent, or never was."""
        with self._lock:
            if number == self._sending or number not in self._jobs:
                return False
            del self._jobs[number]
        self._wake.set()
        return True

    def waiting(self) -> tuple[tuple[int, PrintJob], ...]:
        """The jobs not handed over yet, in order."""
        with self._lock:
            return tuple(self._jobs.items())

    def stop(self) -> tuple[tuple[int, PrintJob], ...]:
        """Stops printing and gives the jobs that were not handed over."""
        self._worker.stopping.set()
        self._wake.set()
        self._worker.stop(_STOP_TIMEOUT_S)
        return self.waiting()

    def _run(self, stopping: Event) -> None:
        self._look()
        while True:
            self._tell()
            # While the printer is away even an empty queue asks again, so that the pill clears by itself.
            self._wake.wait(self._retry_s if self._trouble else None)
            self._wake.clear()
            if stopping.is_set():
                return
            self._tell()
            self._try_all(stopping)

    def _look(self) -> None:
        """Asks before the first job, so that an empty roll is known while there is time to change it."""
        try:
            self._printer.ready()
        except PrinterUnavailable as trouble:
            self._trouble = trouble

    def _try_all(self, stopping: Event) -> None:
        try:
            if self._trouble is not None:
                self._printer.ready()
                self._trouble = None
            while not stopping.is_set() and self._send_next():
                self._tell()
        except PrinterUnavailable as trouble:
            self._trouble = trouble

    def _send_next(self) -> bool:
        """Sends the oldest job; False when there is none."""
        with self._lock:
            if not self._jobs:
                return False
            number, job = next(iter(self._jobs.items()))
            self._sending = number
        taken = False
        try:
            self._printer.send(job)
            taken = True
        except PrinterUnavailable as trouble:
            taken = trouble.taken
            raise
        finally:
            with self._lock:
                self._sending = None
                if taken:
                    del self._jobs[number]
            if taken:
                self._on_handed_over(number, job)
        return True

    def _tell(self) -> None:
        with self._lock:
            waiting = len(self._jobs)
        cause, detail = (self._trouble.cause, self._trouble.detail) if self._trouble else (None, "")
        state = QueueState(waiting, cause, detail)
        if state != self._told:
            self._told = state
            self._on_state(state)

    def _crashed(self, crash: BaseException) -> None:
        self._trouble = PrinterUnavailable(Cause.FAILED, repr(crash))
        self._tell()
