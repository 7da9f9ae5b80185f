"""The queue in front of one printer: work never waits for paper.

Jobs are numbered and go in order from one thread of their own. While the printer is away they stay and are
tried again; its cause is told once. Jobs do not outlive the program: the station knows which labels were
never handed over and submits these again. A label that waited long is set aside when the printer is back, for
its goods may have gone on without it: it is printed when somebody says so, and what is newer is not held up.
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
# Older than this, a job is asked about before it is printed.
OLD_MS = 30 * 60_000.0


@dataclass(frozen=True, slots=True)
class QueueState:
    """How a queue stands: `waiting` jobs, the one being sent included; `cause` is None while it prints.

    `aside` of the waiting jobs are old, and printed only after `print_old`.
    """

    waiting: int
    cause: Cause | None = None
    detail: str = ""
    aside: int = 0


OnQueueState: TypeAlias = Callable[[QueueState], None]
OnHandedOver: TypeAlias = Callable[[int, PrintJob], None]


class PrintQueue:
    """Jobs for one printer, in order.

    Args:
        printer: the driver; only this queue's thread calls it.
        on_state: told of each change, from the queue's thread.
        on_handed_over: told of each job that the printer has taken, from the queue's thread.
        retry_s: how long to wait between tries while the printer is away; a new job tries at once.
        now_ms: milliseconds of the wall clock, for the age of jobs: it also counts while the machine sleeps.
            When it is set back, a job is as good as new.
    """

    def __init__(
        self,
        printer: Printer,
        on_state: OnQueueState,
        on_handed_over: OnHandedOver,
        retry_s: float = 5.0,
        *,
        now_ms: Callable[[], float],
    ) -> None:
        self.now_ms = now_ms
        self._printer = printer
        self._on_state = on_state
        self._on_handed_over = on_handed_over
        self._retry_s = retry_s
        self._lock = Lock()
        self._jobs: OrderedDict[int, PrintJob] = OrderedDict()
        self._since: dict[int, float] = {}
        self._aside: set[int] = set()
        # What is older than this was asked about already.
        self._agreed_ms = float("-inf")
        self._sending: int | None = None
        self._number = 0
        self._wake = Event()
        self._told: QueueState | None = None
        self._trouble: PrinterUnavailable | None = None
        self._worker = Worker(f"printer {printer.name}", self._run, self._crashed)

    def start(self) -> None:
        """Begins to print; jobs may be submitted before."""
        self._worker.start()

    def submit(self, job: PrintJob, since_ms: float | None = None) -> int:
        """Takes a job and gives its number, from 1; never waits for the printer.

        `since_ms` is when it was asked for, on the queue's clock; now when left out.
        """
        now = self.now_ms()
        with self._lock:
            self._number += 1
            number = self._number
            self._jobs[number] = job
            self._since[number] = now if since_ms is None else since_ms
            self._set_aside({number}, now)
        self._wake.set()
        return number

    def print_old(self) -> None:
        """Somebody agreed: what is old is printed too, in its place."""
        with self._lock:
            self._agreed_ms = self.now_ms()
            self._aside.clear()
        self._wake.set()

    def old(self) -> int:
        """How many labels are set aside until `print_old`; one in two forms is one label."""
        with self._lock:
            return len({self._jobs[number].label_code for number in self._aside})

    def ahead(self) -> int:
        """How many jobs go to the printer without being asked about."""
        with self._lock:
            return len(self._jobs) - len(self._aside)

    def withdraw(self, number: int) -> bool:
        """Takes a waiting job back, as an undo does; False when it is being sent, was sent, or never was."""
        with self._lock:
            if number == self._sending or number not in self._jobs:
                return False
            self._forget(number)
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
                now = self.now_ms()
                with self._lock:
                    self._set_aside(set(self._jobs), now)
                self._tell()
            while not stopping.is_set() and self._send_next():
                self._tell()
        except PrinterUnavailable as trouble:
            self._trouble = trouble

    def _send_next(self) -> bool:
        """Sends the oldest job that is not set aside; False when there is none."""
        with self._lock:
            number = next((number for number in self._jobs if number not in self._aside), None)
            if number is None:
                return False
            job = self._jobs[number]
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
                    self._forget(number)
            if taken:
                self._on_handed_over(number, job)
        return True

    def _set_aside(self, numbers: set[int], now: float) -> None:
        since = self._since
        # A clock that was set back: what is asked for from here on was not agreed to.
        self._agreed_ms = min(self._agreed_ms, now)
        self._aside |= {n for n in numbers if now - since[n] > OLD_MS and since[n] > self._agreed_ms}

    def _forget(self, number: int) -> None:
        del self._jobs[number], self._since[number]
        self._aside.discard(number)

    def _tell(self) -> None:
        aside = self.old()
        with self._lock:
            waiting = len(self._jobs)
        cause, detail = (self._trouble.cause, self._trouble.detail) if self._trouble else (None, "")
        state = QueueState(waiting, cause, detail, aside)
        if state != self._told:
            self._told = state
            self._on_state(state)

    def _crashed(self, crash: BaseException) -> None:
        self._trouble = PrinterUnavailable(Cause.FAILED, repr(crash))
        self._tell()
