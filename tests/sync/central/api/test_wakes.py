"""A station that listens is woken by the next change, while workers go on with other requests."""

from __future__ import annotations

import threading
from pathlib import Path
from queue import SimpleQueue

import httpx
import pytest

from app.domain.feed import Cursor
from app.domain.refusal import Refused
from sync.central import wakes
from sync.central.rules.access import Role
from sync.client.port import Busy
from sync.client.transport import HttpCentre
from tests.centre import RunningCentre, SeededIds, running_centre
from tests.sync.central.api.signing import SIGNER, fence, joined

_PATIENCE_S = 20.0


def test_a_change_wakes_those_who_listen_and_the_centre_stops_with_them(tmp_path: Path) -> None:
    heard = SimpleQueue[Cursor]()
    with running_centre(tmp_path) as centre:
        way = joined(centre)
        ended = threading.Event()

        def listen() -> None:
            def moved(cursor: Cursor) -> bool:
                heard.put(cursor)
                return True

            way.wake(moved)
            ended.set()

        threading.Thread(target=listen, daemon=True).start()
        first = heard.get(timeout=_PATIENCE_S)
        centre.as_(Role.ADMIN).post("/items", {"items": [{"sku": "A", "name": "A"}]})
        assert heard.get(timeout=_PATIENCE_S) > first
    # The server did not wait for the stream's own end.
    assert ended.wait(_PATIENCE_S)
    way.close()


def test_a_station_that_listens_again_or_is_shut_out_is_sent_home(centre: RunningCentre) -> None:
    way = joined(centre)
    heard, ended = SimpleQueue[str](), SimpleQueue[str]()

    def listen(name: str) -> None:
        def moved(_cursor: Cursor) -> bool:
            heard.put(name)
            return True

        way.wake(moved)
        ended.put(name)

    for name in ("first", "second"):
        threading.Thread(target=listen, args=(name,), daemon=True).start()
        assert heard.get(timeout=_PATIENCE_S) == name
    assert ended.get(timeout=_PATIENCE_S) == "first"
    fence(centre)
    assert ended.get(timeout=_PATIENCE_S) == "second"
    way.close()


def test_strangers_and_the_one_too_many_are_turned_away(
    centre: RunningCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = joined(centre)
    assert httpx.get(f"{centre.base_url}/v1/sync/wake", timeout=30).status_code == 401
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
