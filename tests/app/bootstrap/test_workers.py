"""A worker is the centre without a window, over the database that its parent prepared."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.types import ASGIApp

from app.bootstrap.serving import open_centre
from app.bootstrap.workers import Work, access_lines, work
from sync.central import service
from sync.central.centre import Settings
from sync.central.service import address_of, bind


def test_no_window_is_loaded_for_it() -> None:
    code = "import app.bootstrap.workers, sys; print([name for name in sys.modules if 'PySide6' in name])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"


def test_it_serves_until_it_is_told_to_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'centre.db'}"
    with open_centre(url, None) as centre:
        centre.first_admin()
    # The server, to be stopped without a signal to the tests themselves.
    servers, make = list[uvicorn.Server](), service._server

    def kept(app: ASGIApp) -> uvicorn.Server:
        servers.append(make(app))
        return servers[-1]

    monkeypatch.setattr(service, "_server", kept)
    found = list[object]()

    def ask(base_url: str) -> None:
        found.append(httpx.get(f"{base_url}/readyz").json()["status"])
        servers[0].should_exit = True

    with bind("127.0.0.1", 0) as listener:
        given = Work(url, tmp_path / "centre.key", Settings(app_ver="test"))
        threads = []

        def ready() -> None:
            threads.append(threading.Thread(target=ask, args=(address_of(listener),)))
            threads[0].start()

        work(given, listener, ready)
        threads[0].join()
    assert found == ["ready"]


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
