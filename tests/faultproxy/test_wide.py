"""The narrow line: what it holds up, what it resets, and that nothing else happens to what it carries."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.faultproxy.line import Way
from tests.faultproxy.wide import Lane, Shape, WideLine

_FAST = 1e9


@pytest.fixture
def echo() -> Iterator[str]:
    """A server that sends back what it gets, a connection after the other."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    peer, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=_send_back, args=(peer,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def _send_back(peer: socket.socket) -> None:
    try:
        while data := peer.recv(65536):
            peer.sendall(data)
    except ConnectionError:
        pass
    finally:
        peer.close()


def _open(line: WideLine) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(line.url.rpartition(":")[2])), timeout=20)


def test_a_lane_is_held_up_by_what_was_sent_before_and_rests_when_it_is_empty() -> None:
    lane = Lane(1000)
    assert lane.take(500, now=10.0) == 10.5
    assert lane.take(250, now=10.0) == 10.75
    assert lane.take(1000, now=20.0) == 21.0


def test_what_is_carried_is_the_same_at_the_other_end(echo: str) -> None:
    data = bytes(range(256)) * 400
    with WideLine(echo, Shape(_FAST, 0.01, 0.0), seed=1).running() as line, _open(line) as mine:
        mine.sendall(data)
        found = b""
        while len(found) < len(data):
            found += mine.recv(65536)
    assert found == data
    assert line.carried == {Way.THERE: len(data), Way.BACK: len(data)}
    assert line.resets == 0


def test_requests_are_reset_in_their_share_before_or_after_they_arrived(echo: str) -> None:
    with WideLine(echo, Shape(_FAST, 0.0, 0.5), seed=1).running() as line:
        answered = 0
        for _ in range(20):
            with _open(line) as mine:
                try:
                    mine.sendall(b"hello")
                    answered += mine.recv(100) == b"hello"
                except ConnectionError:
                    pass
        assert line.requests == 20
        assert line.resets == 20 - answered
        assert 0 < answered < 20
