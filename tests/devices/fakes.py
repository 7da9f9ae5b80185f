"""Parts that stand at the other end of a driver: what it told, a line to unplug, a printer to break."""

from __future__ import annotations

import os
import pty
import socket
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, Queue
from threading import Lock, Thread
from typing import Generic, TypeVar

Told = TypeVar("Told")

# Far above anything a test needs; reached only when something is lost.
PATIENCE_S = 20.0


class Heard(Generic[Told]):
    """What a callback was told, in order, for the test's own thread to wait on."""

    def __init__(self) -> None:
        self._queue: Queue[Told] = Queue()

    def __call__(self, told: Told) -> None:
        self._queue.put(told)

    def next(self) -> Told:
        """The next thing told; fails when none comes."""
        try:
            return self._queue.get(timeout=PATIENCE_S)
        except Empty:
            raise AssertionError("nothing more was told") from None

    def until(self, wanted: Told) -> list[Told]:
        """Everything told up to the one wanted, which is the last."""
        found = [self.next()]
        while found[-1] != wanted:
            found.append(self.next())
        return found

    def empty(self) -> bool:
        """True when nothing is left that was told."""
        return self._queue.empty()


class Line:
    """A pseudo-terminal pair behind a steady link, as a scanner behind its name by id; can be unplugged."""

    def __init__(self, link: Path) -> None:
        self.path = str(link)
        self._link = link
        self._master = self._slave = -1
        self.plug()

    def plug(self) -> None:
        """Puts a new pair behind the link."""
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self._link.symlink_to(os.ttyname(self._slave))

    def write(self, data: bytes) -> None:
        """What the scanner sends."""
        while data:
            data = data[os.write(self._master, data) :]

    def unplug(self) -> None:
        """The device goes, and its link with it."""
        self._link.unlink(missing_ok=True)
        for end in (self._slave, self._master):
            with suppress(OSError):
                os.close(end)


class FakePrinter:
    """A ZPL printer on a socket of this machine: keeps what it got, answers `~HQES`, breaks on request.

    `errors` are the low error bits it reports; `behaviour` is one of: answer, silent, junk, short, reset (on
    the first byte), reset_after_job (once a label is in).
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._got = b""
        self.errors = 0
        self.errors_after_job: int | None = None
        self.behaviour = "answer"
        self.hung_up: Heard[None] = Heard()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._thread = Thread(target=self._accept, name="fake printer")
        self._thread.start()

    @property
    def got(self) -> bytes:
        """All bytes of labels that came in, status queries left out."""
        with self._lock:
            return self._got

    def close(self) -> None:
        """Ends it."""
        self._server.close()
        with suppress(OSError):
            # Wakes a thread that waits in accept on the closed socket.
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        self._thread.join(PATIENCE_S)

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            with line, suppress(OSError):
                self._serve(line)
            self.hung_up(None)

    def _serve(self, line: socket.socket) -> None:
        query = b"~HQES\r\n"
        pending = b""
        while part := line.recv(65536):
            if self.behaviour == "reset":
                reset(line)
                return
            pending += part
            while query in pending:
                before, _, pending = pending.partition(query)
                if self._took(before) and self.behaviour == "reset_after_job":
                    reset(line)
                    return
                self._reply(line)
        self._took(pending)

    def _took(self, data: bytes) -> bool:
        with self._lock:
            self._got += data
        if data and self.errors_after_job is not None:
            self.errors = self.errors_after_job
        return bool(data)

    def _reply(self, line: socket.socket) -> None:
        if self.behaviour == "silent":
            return
        flag = int(self.errors > 0)
        lines = [
            b"\x02\r\n  PRINTER STATUS\r\n",
            b"  ERRORS:         %d 00000000 %08X\r\n" % (flag, self.errors),
            b"  WARNINGS:       0 00000000 00000000\r\n\x03",
        ]
        if self.behaviour == "junk":
            lines = [b"@PJL INFO STATUS\r\n" * 300]
        if self.behaviour == "short":
            lines.pop()
        # In pieces, as a slow printer sends them.
        for piece in lines:
            line.sendall(piece)


def reset(line: socket.socket) -> None:
    """Breaks a connection the hard way."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    line.close()


@contextmanager
def fake_printer() -> Iterator[FakePrinter]:
    """A fake printer for one test."""
    printer = FakePrinter()
    try:
        yield printer
    finally:
        printer.close()
