"""A worker is the centre without a window, over the database that its parent prepared."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.types import ASGIApp

from app.bootstrap.workers import Work, access_lines, work
from app.domain.refusal import Refused
from app.station.keyfile import load_or_make
from app.station.system import SystemClock, SystemIds
from sync.central import service
from sync.central.centre import Settings
from sync.central.service import address_of, bind
from sync.central.store.chain import CentreChain
from sync.central.store.database import create_database


def test_no_window_is_loaded_for_it() -> None:
    code = "import app.bootstrap.workers, sys; print([name for name in sys.modules if 'PySide6' in name])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"


def test_it_serves_until_it_is_told_to_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'centre.db'}"
    key = tmp_path / "centre.key"
    with closing(create_database(url)) as database, database.write() as conn:
        CentreChain(load_or_make(key, SystemIds()), SystemIds(), SystemClock(), "test").establish(conn)
    # The server, to be stopped without a signal to the tests themselves.
    servers, make = list[uvicorn.Server](), service._server

    def kept(app: ASGIApp) -> uvicorn.Server:
        servers.append(make(app))
        return servers[-1]

    monkeypatch.setattr(service, "_server", kept)
    found = list[object]()

    def ask(base_url: str) -> None:
        found.append(httpx.get(f"{base_url}/readyz", timeout=30).json()["status"])
        servers[0].should_exit = True

    with bind("127.0.0.1", 0) as listener:
        given = Work(url, key, Settings(app_ver="test"))
        threads = []

        def ready() -> None:
            threads.append(threading.Thread(target=ask, args=(address_of(listener),)))
            threads[0].start()

        work(given, listener, ready)
        threads[0].join()
    assert found == ["ready"]


@pytest.mark.parametrize("spoil", [Path.unlink, lambda key: key.write_text("08" * 32)])
def test_it_seals_with_the_centres_own_key_or_not_at_all(
    tmp_path: Path, spoil: Callable[[Path], object]
) -> None:
    url, key = f"sqlite:///{tmp_path / 'centre.db'}", tmp_path / "centre.key"
    with closing(create_database(url)) as database, database.write() as conn:
        CentreChain(load_or_make(key, SystemIds()), SystemIds(), SystemClock(), "test").establish(conn)
    spoil(key)
    with bind("127.0.0.1", 0) as listener, pytest.raises(Refused, match="own key"):
        work(Work(url, key, Settings(app_ver="test")), listener, lambda: pytest.fail("it serves"))


def test_the_access_log_goes_to_stderr_once(capsys: pytest.CaptureFixture[str]) -> None:
    log = logging.getLogger("backhaul.central.access")
    try:
        access_lines()
        access_lines()
        log.info("%s", '{"status": 200}')
        assert capsys.readouterr().err == '{"status": 200}\n'
    finally:
        for handler in list(log.handlers):
            log.removeHandler(handler)
        log.setLevel(logging.NOTSET)
