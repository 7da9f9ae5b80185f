"""A proxy on loopback that takes its toll: it loses, doubles, changes or makes up what passes through it."""

from __future__ import annotations

import http.client
import socketserver
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BufferedIOBase
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

_PARTS = 3


@dataclass(slots=True)
class Passage:
    """One request on its way."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Reply:
    """What goes back."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "text/html"})


# Answers a request through `forward`; None hangs up without a word.
Fault = Callable[[Passage, Callable[[Passage], Reply]], Reply | None]


def lose_request(_passage: Passage, _forward: Callable[[Passage], Reply]) -> None:
    """It never arrives."""


def lose_reply(passage: Passage, forward: Callable[[Passage], Reply]) -> None:
    """It arrives and is answered, and nobody hears it."""
    forward(passage)


def double(passage: Passage, forward: Callable[[Passage], Reply]) -> Reply:
    """It arrives twice; the second answer goes back."""
    forward(passage)
    return forward(passage)


def half_reply(passage: Passage, forward: Callable[[Passage], Reply]) -> Reply:
    """The answer is cut off in the middle, and the length says otherwise."""
    reply = forward(passage)
    whole = str(len(reply.body))
    return Reply(reply.status, reply.body[: len(reply.body) // 2], {**reply.headers, "content-length": whole})


def portal(_passage: Passage, _forward: Callable[[Passage], Reply]) -> Reply:
    """The network's sign-in page, with 200."""
    return Reply(200, b"<html><h1>Welcome to the warehouse Wi-Fi</h1></html>")


def says(status: int, **headers: str) -> Fault:
    """Somebody in between answers with a status of its own."""
    named = {"content-type": "text/plain", **{key.replace("_", "-"): value for key, value in headers.items()}}

    def answer(_passage: Passage, _forward: Callable[[Passage], Reply]) -> Reply:
        return Reply(status, b"no", dict(named))

    return answer


def flip(at: int, bit: int = 0) -> Fault:
    """One bit of the body is changed on the way."""

    def answer(passage: Passage, forward: Callable[[Passage], Reply]) -> Reply:
        changed = bytearray(passage.body)
        changed[at % len(changed)] ^= 1 << bit
        passage.body = bytes(changed)
        return forward(passage)

    return answer


def flip_reply(at: int, bit: int = 0) -> Fault:
    """One bit of the answer is changed on the way back."""

    def answer(passage: Passage, forward: Callable[[Passage], Reply]) -> Reply:
        reply = forward(passage)
        changed = bytearray(reply.body)
        changed[at % len(changed)] ^= 1 << bit
        return Reply(reply.status, bytes(changed), reply.headers)

    return answer


class Toll:
    """The proxy before a centre; a context. `seen` are the requests that came, in order."""

    def __init__(self, upstream: str) -> None:
        self._upstream = urlsplit(upstream)
        self._faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._lock = threading.Lock()
        self.seen: list[Passage] = []
        toll = self

        class Gate(socketserver.StreamRequestHandler):
            """One connection of a client."""

            def handle(self) -> None:
                while (passage := _read(self.rfile)) is not None:
                    reply = toll.answer(passage)
                    if reply is None or not _write(self.wfile, reply):
                        return

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Gate)
        self._server.daemon_threads = True
        # Connections of clients that are kept alive would otherwise be waited for.
        self._server.block_on_close = False
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def next(self, word: str, *faults: Fault) -> None:
        """What happens to the next requests whose target holds `word`; after those all pass again."""
        self._faults[word].extend(faults)

    def drop(self) -> None:
        """Nothing more happens to anybody."""
        self._faults.clear()

    def spent(self) -> bool:
        """True when every fault happened."""
        return not any(self._faults.values())

    def answer(self, passage: Passage) -> Reply | None:
        """Lets a request pass, or not."""
        with self._lock:
            self.seen.append(passage)
            due = next((q for word, q in self._faults.items() if word in passage.target and q), None)
            fault = due.popleft() if due is not None else None
        return self.forward(passage) if fault is None else fault(passage, self.forward)

    def forward(self, passage: Passage) -> Reply:
        """Takes a request to the centre and brings the answer back."""
        line = http.client.HTTPConnection(self._upstream.hostname or "", self._upstream.port or 0, timeout=30)
        try:
            line.request(passage.method, passage.target, passage.body, passage.headers)
            answer = line.getresponse()
            return Reply(answer.status, answer.read(), {k.lower(): v for k, v in answer.getheaders()})
        finally:
            line.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _read(stream: BufferedIOBase) -> Passage | None:
    first = stream.readline().decode("latin-1").split()
    if len(first) < _PARTS:
        return None
    headers = {}
    while line := stream.readline().strip().decode("latin-1"):
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Passage(first[0], first[1], headers, stream.read(int(headers.get("content-length", 0))))


def _write(stream: BufferedIOBase, reply: Reply) -> bool:
    """True when the connection may serve another request."""
    headers = {"content-length": str(len(reply.body)), **reply.headers}
    lines = [f"HTTP/1.1 {reply.status} x", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    stream.write("\r\n".join(lines).encode("latin-1") + reply.body)
    stream.flush()
    return headers["content-length"] == str(len(reply.body))
