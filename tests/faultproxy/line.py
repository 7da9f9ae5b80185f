"""A proxy below HTTP: it carries the bytes of connections, and does to the next ones what it is told.

What happens to whole requests and answers (lost, doubled, made up) is the business of `tests.sync.toll`.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

_CHUNK = 65536
_END_S = 10.0
_TICK_S = 0.1
# Closed with this, a connection is reset.
AT_ONCE = b"\1\0\0\0\0\0\0\0"


class Way(StrEnum):
    """Which bytes a fault is about."""

    THERE = "to the centre"
    BACK = "to the station"


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one connection, after so many bytes of its way.

    One of: `hole` takes every later byte and passes none on, without hanging up; `cut` resets the connection;
    `flip` changes the bits of one byte; `rate` passes on so many bytes a second, from the first.
    """

    way: Way
    after: int = 0
    hole: bool = False
    cut: bool = False
    flip: int = 0
    rate: int = 0


class Cable(StrEnum):
    """What becomes of connections while the cable is out."""

    DEAD = "nothing comes through, and nothing says so"
    REFUSED = "they are reset at once"


class Line:
    """See the module; a context. `opened` counts connections that were taken."""

    def __init__(self, upstream: str) -> None:
        found = urlsplit(upstream)
        self._upstream = (found.hostname or "", found.port or 0)
        self._out: Cable | None = None
        self._faults = deque[Fault]()
        self._stopping = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(_TICK_S)
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        self.opened = 0
        # Bytes passed on, by their way.
        self.carried = {Way.THERE: 0, Way.BACK: 0}
        self._ends: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def next(self, *faults: Fault) -> None:
        """What happens to the next connections, one fault each; those after them are sound."""
        self._faults.extend(faults)

    def lead_to(self, upstream: str) -> None:
        """New connections end there from now on."""
        found = urlsplit(upstream)
        self._upstream = (found.hostname or "", found.port or 0)

    def pull(self, out: Cable) -> None:
        """Pulls the cable: connections that are open end, and what becomes of new ones is `out`."""
        self._out = out
        self._end_all()

    def plug(self) -> None:
        """Puts the cable back; what waited in it is gone."""
        self._out = None
        self._end_all()

    def spent(self) -> bool:
        """True when every fault had its connection."""
        return not self._faults

    @contextmanager
    def running(self) -> Iterator[Line]:
        """Carries until left."""
        self._threads[0].start()
        try:
            yield self
        finally:
            self._stopping.set()
            for thread in list(self._threads):
                thread.join(_END_S)
            for end in (self._server, *self._ends):
                end.close()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                near, _ = self._server.accept()
            except TimeoutError:
                continue
            self.opened += 1
            self._ends.append(near)
            if self._out is not None:
                if self._out is Cable.REFUSED:
                    near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
                    near.close()
                continue
            fault = self._faults.popleft() if self._faults else None
            try:
                far = socket.create_connection(self._upstream)
            except OSError:
                near.close()
                continue
            self._ends.append(far)
            for source, target, way in ((near, far, Way.THERE), (far, near, Way.BACK)):
                mine = fault if fault is not None and fault.way is way else None
                thread = threading.Thread(target=self._carry, args=(source, target, way, mine), daemon=True)
                thread.start()
                self._threads.append(thread)

    def _end_all(self) -> None:
        # Shut and not closed: a thread may be reading there, and a number that is free is soon another's.
        for end in list(self._ends):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _carry(self, source: socket.socket, target: socket.socket, way: Way, fault: Fault | None) -> None:
        passed = 0
        try:
            source.settimeout(_TICK_S)
            while not self._stopping.is_set():
                try:
                    data = source.recv(_piece(fault))
                except TimeoutError:
                    continue
                if not data:
                    break
                if fault is not None and not self._let(data, passed, fault, target, source):
                    passed += len(data)
                    continue
                target.sendall(_changed(data, passed, fault))
                passed += len(data)
                self.carried[way] += len(data)
        except OSError:
            pass
        finally:
            # A hole keeps the connection open until the station gives up.
            _shut(target)

    def _let(
        self, data: bytes, passed: int, fault: Fault, target: socket.socket, source: socket.socket
    ) -> bool:
        """False when these bytes go nowhere."""
        if fault.rate:
            self._stopping.wait(len(data) / fault.rate)
        if passed + len(data) <= fault.after:
            return True
        if fault.cut:
            for end in (target, source):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
                end.close()
            raise ConnectionResetError
        return not fault.hole


def _piece(fault: Fault | None) -> int:
    # A slow line is slow in small pieces, as a modem is.
    return fault.rate // 10 if fault is not None and fault.rate else _CHUNK


def _changed(data: bytes, passed: int, fault: Fault | None) -> bytes:
    if fault is None or not fault.flip or not passed <= fault.after < passed + len(data):
        return data
    found = bytearray(data)
    found[fault.after - passed] ^= fault.flip
    return bytes(found)


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_WR)
