"""While a centre serves, a thread beside it settles what becomes due."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from app.domain.refusal import Unavailable
from app.domain.signing import Ed25519Signer
from sync.central.centre import Centre, Settings
from sync.central.rules.access import Role
from sync.central.service import create_app
from sync.central.store import security_notes
from sync.central.store.approval_keys import grant_key
from sync.central.store.tables import meta
from sync.central.upkeep import Upkeep, tick
from tests.approvals.world import POLICY, ROOT
from tests.centre import RunningCentre, SeededIds, running_centre

_PATIENCE = 600


def furnished(centre: RunningCentre) -> None:
    shop = centre.as_(Role.ADMIN)
    shop.post("/items", {"items": [{"sku": "A", "name": "A"}]})
    shop.post("/locations", {"locations": [{"code": "W", "kind": "bin", "name": "W", "site": "S"}]})
    lines = [{"line": 1, "sku": "A", "qty": 1}]
    at = {"owner": "ACME", "at": "2026-01-01T00:00:00Z"}
    shop.post("/receipts", {"document": "PO", "location": "W", "lines": lines, **at})
    shop.post("/holds", {"hold": "mine", "owner": "ACME", "channel": "web", "minutes": 1, "lines": lines})
    shop.post("/orders", {"order": "o1", "channel": "web", "lines": lines, **at})


def app_of(centre: RunningCentre) -> Centre:
    found = create_app(
        centre.database,
        Settings("test"),
        centre.clock,
        SeededIds(9),
        Ed25519Signer(b"the centre's key in tests, 32 b."),
    ).state.centre
    assert isinstance(found, Centre)
    return found


def test_a_tick_does_what_is_due_and_nothing_else(centre: RunningCentre) -> None:
    furnished(centre)
    here = app_of(centre)
    assert not tick(here)
    centre.clock.forward(timedelta(minutes=2))
    assert tick(here)
    assert centre.as_(Role.AUDITOR).get("/orders/o1")["lines"][0]["reserved"] == 1
    assert not tick(here)


def test_the_thread_ticks_until_it_is_stopped(centre: RunningCentre) -> None:
    furnished(centre)
    centre.clock.forward(timedelta(minutes=2))
    reader, pause = centre.as_(Role.AUDITOR), threading.Event()
    with Upkeep(app_of(centre), every_s=0.01):
        for _ in range(_PATIENCE):
            if reader.get("/holds/mine")["state"] == "expired":
                break
            pause.wait(0.05)
    assert reader.get("/orders/o1")["lines"][0]["reserved"] == 1


def test_a_defect_is_logged_and_tried_again(centre: RunningCentre, expect_log: Callable[[str], None]) -> None:
    expect_log("the chore items failed and will be tried again")
    here = app_of(centre)
    with centre.database.write() as conn:
        conn.execute(insert(meta).values(name="upkeep_until", value="noon"))
    with Upkeep(here, every_s=0.01):
        threading.Event().wait(0.2)


def test_a_chore_that_fails_keeps_back_no_checkpoint(
    tmp_path: Path, expect_log: Callable[[str], None]
) -> None:
    expect_log("the chore items failed and will be tried again")
    with running_centre(tmp_path, policy_key=POLICY) as centre:
        with centre.database.write() as conn:
            grant_key(conn, ROOT, POLICY, centre.clock.now())
            conn.execute(insert(meta).values(name="upkeep_until", value="noon"))
        assert tick(centre.centre)
        assert len(centre.as_(Role.AUDITOR).get("/audit/checkpoints")["checkpoints"]) == 1


def test_what_was_refused_last_is_on_record_when_it_stops(centre: RunningCentre) -> None:
    here = app_of(centre)
    here.refusals.note(centre.clock.now(), "token.unknown", "GET /v1/items", "", "192.0.2.1")
    with Upkeep(here, every_s=_PATIENCE):
        assert here.refusals.under_way()
    assert here.refusals.under_way() == []
    found = centre.as_(Role.AUDITOR).get("/audit/security")["security"]
    assert [(row["code"], row["times"]) for row in found if row["route"]] == [("token.unknown", 1)]


def test_what_cannot_be_put_on_record_waits_for_the_database(
    centre: RunningCentre, monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]
) -> None:
    here = app_of(centre)
    here.refusals.note(centre.clock.now(), "token.unknown", "GET /v1/items", "", "192.0.2.1")

    def away(*_: object) -> None:
        raise Unavailable("The database is away.")

    monkeypatch.setattr(security_notes, "keep", away)
    centre.clock.forward(timedelta(minutes=1))
    with pytest.raises(Unavailable):
        tick(here)
    assert [met.times for met in here.refusals.under_way()] == [1]
    expect_log("what was refused last is not on record")
    with Upkeep(here, every_s=_PATIENCE):
        pass
    monkeypatch.undo()
    tick(here)
    assert here.refusals.under_way() == []
