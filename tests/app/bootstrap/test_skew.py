from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from app.bootstrap import skew
from app.bootstrap.folder import Folder
from app.bootstrap.record import open_record
from app.bootstrap.station import CENTRE_URL
from app.domain.refusal import Unavailable
from app.ledger.also import SetValue
from app.station.system import SystemClock
from tests.centre import SteppingClock


class Answer(BaseHTTPRequestHandler):
    """Says the time, as every server does, or nothing of it."""

    def do_GET(self) -> None:
        if self.path == "/silent/healthz":
            self.send_response_only(200)
        else:
            self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing on stderr."""


@pytest.fixture
def url() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_centre_s_clock_is_set_against_ours(url: str) -> None:
    assert abs(skew.ahead_s(url, SystemClock())) < 60
    behind = SteppingClock(SystemClock().now() - timedelta(hours=3))
    assert 10_700 < skew.ahead_s(url, behind) < 10_900


def test_who_does_not_say_the_time_is_said(url: str) -> None:
    with pytest.raises(Unavailable, match="does not say the time"):
        skew.ahead_s(f"{url}/silent", SystemClock())
    for nowhere in ("http://127.0.0.1:1", "no address"):
        with pytest.raises(Unavailable, match="does not answer"):
            skew.ahead_s(nowhere, SystemClock())


def test_the_centre_is_known_also_while_the_station_works(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    assert skew.centre_of(folder) is None
    with open_record(folder, must_exist=False) as ledger:
        assert skew.centre_of(folder) is None
        ledger.save([SetValue(CENTRE_URL, "http://127.0.0.1:8080")])
        assert skew.centre_of(folder) == "http://127.0.0.1:8080"
