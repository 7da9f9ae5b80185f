"""Several worker processes on one listening socket: started, watched, started again, stopped in order.

The socket is bound once by the parent, so that no connection is lost while a worker is replaced: what waits
in its queue is taken by the others. A worker that dies is replaced at once, one that dies before it could
answer after a pause; workers whose parent is gone stop by themselves.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Generic, TypeVar

from app.domain.refusal import Refused, Unavailable

_log = logging.getLogger("backhaul.central")
_PAUSE_S = 1.0
# Longer than a worker gives the requests that are under way.
_STOP_S = 15.0
_FAILED = 1
# A fresh interpreter: a copy of this process would share its locks and its database connections.
_SPAWN = multiprocessing.get_context("spawn")

Given = TypeVar("Given")
Work = Callable[[Given, socket.socket, Callable[[], None]], None]
"""What a worker does until SIGTERM: with what it was given, on the socket, telling when it can answer."""


@dataclass(slots=True)
class _Worker:
    process: SpawnProcess
    says: Connection
    """Has something to read once the worker can answer, and ends with it."""
    _answered: bool | None = None

    def answered(self) -> bool:
        """True when the worker could answer; waits until it can, or has ended without."""
        if self._answered is None:
            try:
                self._answered = bool(self.says.recv_bytes())
            except (EOFError, OSError):
                self._answered = False
        return self._answered


class Workers(Generic[Given]):
    """Runs `work` in `count` processes; `work` and `given` travel there, so both are importable and plain."""

    def __init__(self, count: int, listener: socket.socket, work: Work[Given], given: Given) -> None:
        self._count = count
        self._listener = listener
        self._work = work
        self._given = given
        self._workers = list[_Worker]()
        self._stopped, self._stop = _SPAWN.Pipe(duplex=False)
        self._stopping = False

    @property
    def pids(self) -> Sequence[int]:
        """The process ids of the workers as they are now."""
        return [worker.process.pid for worker in self._workers if worker.process.pid is not None]

    def run(self, ready: Callable[[], None]) -> None:
        """Keeps the workers at work until SIGINT, SIGTERM or `stop`; for the main thread.

        Args:
            ready: called once every worker can answer.

        Raises:
            Unavailable: a worker ended before it could answer even once; the others are stopped.
        """
        with self._told(signal.SIGINT, signal.SIGTERM):
            try:
                self._workers = [self._started() for _ in range(self._count)]
                for worker in self._workers:
                    if not self._answers(worker) and not self._stopping:
                        raise Unavailable("A worker ended before it could answer; its words are above.")
                if not self._stopping:
                    ready()
                self._watch()
            finally:
                self._end()

    def stop(self) -> None:
        """Makes `run` end in order; from any thread, and from a signal."""
        self._stopping = True
        self._stop.send_bytes(b".")

    def _watch(self) -> None:
        while not self._stopping:
            wait([self._stopped, *(worker.process.sentinel for worker in self._workers)])
            for at, worker in enumerate(self._workers):
                if not self._stopping and not worker.process.is_alive():
                    self._replace(at, worker)

    def _replace(self, at: int, ended: _Worker) -> None:
        ended.process.join()
        _log.warning("worker %s ended (%s): another is started", ended.process.pid, ended.process.exitcode)
        if not ended.answered():
            wait([self._stopped], _PAUSE_S)
        if not self._stopping:
            self._workers[at] = self._started()
        ended.says.close()

    def _started(self) -> _Worker:
        says, told = _SPAWN.Pipe(duplex=False)
        process = _SPAWN.Process(
            target=_worker, args=(self._work, self._given, self._listener, told), name="centre-worker"
        )
        process.start()
        told.close()
        return _Worker(process, says)

    def _answers(self, worker: _Worker) -> bool:
        """Waits until the worker can answer; False when it ended or a stop was asked for."""
        wait([worker.says, worker.process.sentinel, self._stopped])
        # A process that ends closes its side before it is seen as ended, which also reads as something to
        # read: only the word itself tells.
        return worker.says.poll() and worker.answered()

    def _end(self) -> None:
        for worker in self._workers:
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join(_STOP_S)
            if worker.process.exitcode is None:
                worker.process.kill()
                worker.process.join()
            worker.says.close()

    @contextmanager
    def _told(self, *signals: signal.Signals) -> Iterator[None]:
        before = {number: signal.signal(number, lambda *_: self.stop()) for number in signals}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _worker(work: Work[Given], given: Given, listener: socket.socket, told: Connection) -> None:
    """A worker's whole life."""
    threading.Thread(target=_stop_without_parent, name="parent", daemon=True).start()
    try:
        work(given, listener, lambda: told.send_bytes(b"."))
    except (Refused, Unavailable) as why:
        _log.error("worker %s: %s", os.getpid(), why)
        raise SystemExit(_FAILED) from why


def _stop_without_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
