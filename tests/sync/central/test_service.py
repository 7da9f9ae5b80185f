"""The service over a real socket: starts, says where it is, refuses a taken port, stops in order."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from app.domain.refusal import Refused
from app.domain.signing import Ed25519Signer
from sync.central.centre import Settings
from sync.central.rules.access import Role
from sync.central.service import Running, address_of, bind, create_app
from sync.central.store.database import create_database
from tests.centre import SEED, RunningCentre, SeededIds, SteppingClock

SERVE = """
import sys
from app.domain.signing import Ed25519Signer
from sync.central.centre import Settings
from sync.central.service import address_of, bind, create_app, serve_on
from sync.central.store.database import create_database
from tests.centre import SEED, SeededIds, SteppingClock

database = create_database(sys.argv[1])
app = create_app(database, Settings(app_ver="test"), SteppingClock(), SeededIds(), Ed25519Signer(SEED))
with bind("127.0.0.1", 0) as listener:
    serve_on(app, listener, lambda: print(address_of(listener), flush=True))
database.close()
print("closed", flush=True)
"""


def test_a_taken_port_is_refused_in_a_sentence() -> None:
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Refused) as no:
            bind("127.0.0.1", port)
    assert str(no.value).startswith(f"Port {port} on 127.0.0.1 is in use.")


def test_an_address_of_another_computer_is_refused() -> None:
    with pytest.raises(Refused) as no:
        bind("192.0.2.1", 0)
    assert no.value.code == "serve.address"


def test_answers_are_sent_at_once_and_not_gathered() -> None:
    with bind("127.0.0.1", 0) as listener:
        # Only of such a socket does the event loop turn gathering off.
        assert listener.proto == socket.IPPROTO_TCP
        assert address_of(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_the_process_stops_in_order_when_told(tmp_path: Path, told: signal.Signals) -> None:
    url = f"sqlite:///{tmp_path / 'c.db'}"
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, url],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path.cwd(),
        env=dict(os.environ),
    )
    assert process.stdout is not None
    base_url = process.stdout.readline().strip()
    assert httpx.get(f"{base_url}/healthz", timeout=30).json() == {"status": "ok"}
    process.send_signal(told)
    said, _ = process.communicate(timeout=30)
    assert [path.name for path in tmp_path.iterdir()] == ["c.db"]
    assert (said.strip(), process.returncode) == ("closed", 0)


def test_a_request_under_way_is_answered_before_the_stop() -> None:
    entered, go_on = threading.Event(), threading.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        entered.set()
        await asyncio.to_thread(go_on.wait)
        await PlainTextResponse("done")(scope, receive, send)

    server = Running(slow)
    answers: list[str] = []
    client = threading.Thread(target=lambda: answers.append(httpx.get(server.base_url, timeout=30).text))
    client.start()
    entered.wait()
    stopper = threading.Thread(target=server.stop)
    stopper.start()
    go_on.set()
    client.join()
    stopper.join()
    assert answers == ["done"]
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.base_url, timeout=30)


def test_the_centre_keeps_its_identity_over_a_restart(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'c.db'}"
    found = set()
    for seed in (1, 2):
        database = create_database(url)
        create_app(database, Settings(app_ver="test"), SteppingClock(), SeededIds(seed), Ed25519Signer(SEED))
        with database.read() as conn:
            found.add(conn.exec_driver_sql("SELECT value FROM meta WHERE name = 'centre_id'").scalar_one())
        database.close()
    assert len(found) == 1


def test_the_description_is_complete(centre: RunningCentre) -> None:
    document = centre.as_(Role.ADMIN).http.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation["summary"], path
            assert operation["description"], path
