"""Workers share a socket; one that dies is replaced, and all stop in order."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from app.domain.refusal import Refused, Unavailable
from sync.central.service import address_of, bind, serve_on
from sync.central.workers import Workers
from tests.processes import gone

_PARENT = """
import sys
from sync.central.service import address_of, bind
from sync.central.workers import Workers
from tests.sync.central.test_workers import answers_with_pid

if __name__ == "__main__":
    with bind("127.0.0.1", 0) as listener:
        workers = Workers(2, listener, answers_with_pid, "x")
        workers.run(lambda: print(address_of(listener), *workers.pids, flush=True))
    print("closed", flush=True)
"""


def answers_with_pid(given: str, listener: socket.socket, ready: Callable[[], None]) -> None:
    """A worker that answers with its process id."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse(f"{given} {os.getpid()}")(scope, receive, send)

    serve_on(app, listener, ready)


def refuses(given: str, listener: socket.socket, ready: Callable[[], None]) -> None:
    """A worker that cannot start."""
    del listener, ready
    raise Refused("worker.none", f"Read {given}.", "Expected another.", "Try that.")


@contextmanager
def parent(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str, list[int]]]:
    """A process with two workers, its address and their process ids."""
    program = folder / "parent.py"
    program.write_text(textwrap.dedent(_PARENT))
    process = subprocess.Popen(
        [sys.executable, str(program)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.stderr and process.stderr.read()
        url, *pids = line.split()
        yield process, url, [int(pid) for pid in pids]
    finally:
        process.kill()
        process.communicate()


def who(url: str) -> int:
    return int(httpx.get(url, timeout=30).text.split()[1])


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_all_stop_in_order(tmp_path: Path, told: signal.Signals) -> None:
    with parent(tmp_path) as (process, url, pids):
        assert len(set(pids)) == 2
        assert who(url) in pids
        process.send_signal(told)
        said, errors = process.communicate(timeout=60)
        assert (said.strip(), process.returncode) == ("closed", 0), errors
        assert all(map(gone, pids))


def test_a_worker_that_is_killed_is_replaced_and_the_others_answer_meanwhile(tmp_path: Path) -> None:
    with parent(tmp_path) as (_, url, pids):
        os.kill(pids[0], signal.SIGKILL)
        assert gone(pids[0])
        assert who(url) != pids[0]
        os.kill(pids[1], signal.SIGKILL)
        # Nobody is left: the connection waits in the socket's queue until one of the new workers takes it.
        assert int(httpx.get(url, timeout=60).text.split()[1]) not in pids


def test_workers_do_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    with parent(tmp_path) as (process, _, pids):
        process.kill()
        process.wait()
        assert all(map(gone, pids))


def test_a_worker_that_cannot_start_ends_the_attempt() -> None:
    with bind("127.0.0.1", 0) as listener, pytest.raises(Unavailable, match="before it could answer"):
        Workers(1, listener, refuses, "x").run(lambda: pytest.fail("it said it was ready"))


def test_it_stops_from_another_thread() -> None:
    with bind("127.0.0.1", 0) as listener:
        workers = Workers(1, listener, answers_with_pid, "x")
        found: list[str] = []

        def ready() -> None:
            found.append(httpx.get(address_of(listener), timeout=30).text)
            threading.Thread(target=workers.stop).start()

        workers.run(ready)
    assert found
    assert workers.pids
    assert all(map(gone, workers.pids))
