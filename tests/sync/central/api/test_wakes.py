"""A station that listens is woken by the next change, while workers go on with other requests."""

from __future__ import annotations

import threading
from pathlib import Path
from queue import SimpleQueue

import httpx
import pytest

from app.domain.feed import Cursor
from app.domain.refusal import Refused
from app.domain.signing import Ed25519Signer
from sync.central import wakes
from sync.central.rules.access import Role
from sync.client.enrol import enrol
from sync.client.port import Busy
from sync.client.transport import HttpCentre
from tests.centre import RunningCentre, SeededIds, running_centre

SIGNER = Ed25519Signer(b"a station's key in these tests32")
STATION = "5f" * 16
_PATIENCE_S = 20.0


def joined(centre: RunningCentre) -> HttpCentre:
    admin = centre.as_(Role.ADMIN)
    admin.post("/locations", {"locations": [{"code": "W", "kind": "bin", "name": "W", "site": "WH1"}]})
    code = admin.post("/enrolment-codes", {"name": "Bench", "site": "WH1", "owner": "ACME"})["code"]
    enrol(
        centre.base_url,
        code,
        station_id=STATION,
        install_id="i",
        public_key=SIGNER.public_key,
        name="mine",
        clock=centre.clock,
    )
    return HttpCentre(centre.base_url, STATION, SIGNER, clock=centre.clock, ids=SeededIds(3))


def test_a_change_wakes_those_who_listen_and_the_centre_stops_with_them(tmp_path: Path) -> None:
    heard = SimpleQueue[Cursor]()
    with running_centre(tmp_path) as centre:
        way = joined(centre)
        ended = threading.Event()

        def listen() -> None:
            way.wake(lambda cursor: heard.put(cursor) is None)
            ended.set()

        threading.Thread(target=listen, daemon=True).start()
        first = heard.get(timeout=_PATIENCE_S)
        centre.as_(Role.ADMIN).post("/items", {"items": [{"sku": "A", "name": "A"}]})
        assert heard.get(timeout=_PATIENCE_S) > first
    # The server did not wait for the stream's own end.
    assert ended.wait(_PATIENCE_S)
    way.close()


def test_strangers_and_the_one_too_many_are_turned_away(
    centre: RunningCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = joined(centre)
    assert httpx.get(f"{centre.base_url}/v1/sync/wake").status_code == 401
    stranger = HttpCentre(centre.base_url, "6f" * 16, SIGNER, clock=centre.clock, ids=SeededIds(4))
    with pytest.raises(Refused) as no:
        stranger.wake(lambda _cursor: True)
    assert no.value.code == "request.stranger"
    monkeypatch.setattr(wakes, "MOST", 0)
    with pytest.raises(Busy) as busy:
        way.wake(lambda _cursor: True)
    assert busy.value.after_s == 30.0
    for one in (way, stranger):
        one.close()
