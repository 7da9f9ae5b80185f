"""A narrow, long, unreliable line: so many bytes a second, so late, and some requests are reset.

Below HTTP like `tests.faultproxy.line`. Bytes are held up both ways by what was sent before them, on whatever
connection, and then by the length of the way. A request is what goes there after anything came back.
"""

from __future__ import annotations

import contextlib
import queue
import random
import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.faultproxy.line import AT_ONCE, Way

_PIECE = 4096
_TICK_S = 0.1
_END_S = 10.0


@dataclass(frozen=True, slots=True)
class Shape:
    """How bad a line is: bytes a second each way, seconds for each way, and the share of requests reset."""

    rate: float
    delay_s: float
    resets: float


class Lane:
    """One way of a line: when bytes that are handed over now are all on it, seconds by the same clock."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._free_at = 0.0

    def take(self, size: int, now: float) -> float:
        """The lane carries one thing after the other."""
        self._free_at = max(now, self._free_at) + size / self._rate
        return self._free_at


class _Connection:
    """Both ends of one connection; `doomed` is the way on whose next bytes it is reset."""

    def __init__(self, near: socket.socket, far: socket.socket) -> None:
        self.near = near
        self.far = far
        self.answered = True
        self.doomed: Way | None = None

    def reset(self) -> None:
        """Both ends are told at once."""
        for end in (self.near, self.far):
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
                end.close()


class WideLine:
    """See the module; carries while `running`. `carried` counts bytes by their way, `requests` and `resets`.

    Args:
        upstream: the centre's address.
        shape: how bad it is.
        seed: of which requests are reset.
    """

    def __init__(self, upstream: str, shape: Shape, seed: int) -> None:
        found = urlsplit(upstream)
        self._upstream = (found.hostname or "", found.port or 0)
        self._shape = shape
        self._random = random.Random(seed)
        self._lanes = {way: Lane(shape.rate) for way in Way}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(_TICK_S)
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        self.carried = dict.fromkeys(Way, 0)
        self.requests = self.resets = 0
        self._connections: list[_Connection] = []

    @contextmanager
    def running(self) -> Iterator[WideLine]:
        """Carries until left."""
        accepting = threading.Thread(target=self._accept, daemon=True)
        accepting.start()
        try:
            yield self
        finally:
            self._stopping.set()
            accepting.join(_END_S)
            self._server.close()
            for connection in self._connections:
                connection.reset()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                near, _ = self._server.accept()
            except TimeoutError:
                continue
            try:
                far = socket.create_connection(self._upstream)
            except OSError:
                near.close()
                continue
            connection = _Connection(near, far)
            self._connections.append(connection)
            for source, target, way in ((near, far, Way.THERE), (far, near, Way.BACK)):
                under_way = queue.SimpleQueue[tuple[float, bytes]]()
                words = (connection, source, way, under_way)
                threading.Thread(target=self._take, args=words, daemon=True).start()
                threading.Thread(target=self._bring, args=(target, under_way), daemon=True).start()

    def _take(
        self,
        connection: _Connection,
        source: socket.socket,
        way: Way,
        under_way: queue.SimpleQueue[tuple[float, bytes]],
    ) -> None:
        """Puts bytes on the lane, no sooner than it has room for them."""
        data = b"?"
        # ValueError: another thread closed it.
        with contextlib.suppress(OSError, ValueError):
            while data and not self._stopping.is_set():
                # Never blocked in the system: a connection is reset when nobody is inside it any more.
                if not select.select([source], [], [], _TICK_S)[0]:
                    continue
                data = source.recv(_PIECE)
                with self._lock:
                    if data and self._is_over(connection, way):
                        break
                    on_it = self._lanes[way].take(len(data), time.monotonic())
                    self.carried[way] += len(data)
                under_way.put((on_it + self._shape.delay_s, data))
                self._stopping.wait(max(0.0, on_it - time.monotonic()))
        under_way.put((0.0, b""))
        if connection.doomed is way:
            connection.reset()

    def _is_over(self, connection: _Connection, way: Way) -> bool:
        """Counts requests, and dooms some of them: half on their way there, half when the answer comes."""
        if way is Way.BACK:
            connection.answered = True
        elif connection.answered:
            connection.answered = False
            self.requests += 1
            if self._random.random() < self._shape.resets:
                self.resets += 1
                connection.doomed = self._random.choice(list(Way))
        return connection.doomed is way

    def _bring(self, target: socket.socket, under_way: queue.SimpleQueue[tuple[float, bytes]]) -> None:
        """Hands over what has come all the way."""
        with contextlib.suppress(OSError):
            while not self._stopping.is_set():
                at, data = under_way.get()
                if not data:
                    break
                self._stopping.wait(max(0.0, at - time.monotonic()))
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)
