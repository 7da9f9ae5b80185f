"""Checkpoints and proofs over HTTP, checked with nothing but what was answered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.approvals import Signed
from app.domain.approvals.unlock import vouched
from app.domain.checkpoint import CHECKPOINT_TAG, Checkpoint
from app.domain.merkle import follows, includes
from sync.central.rules.access import Role
from sync.central.store.approval_keys import grant_key
from sync.central.upkeep import tick
from tests.approvals.world import POLICY, ROOT
from tests.centre import Caller, RunningCentre, running_centre


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[RunningCentre]:
    with running_centre(tmp_path, policy_key=POLICY) as found:
        with found.database.write() as conn:
            grant_key(conn, ROOT, POLICY, found.clock.now())
        yield found


@pytest.fixture
def auditor(centre: RunningCentre) -> Caller:
    admin = centre.as_(Role.ADMIN)
    for day in range(3):
        item = {"sku": f"K-{day}", "name": "Kettle"}
        admin.post("/items", {"items": [item]})
        admin.post("/locations", {"locations": [{"code": "W", "kind": "bin", "name": "W", "site": "S"}]})
        line = {"line": 1, "sku": f"K-{day}", "qty": 1}
        receipt = {"document": f"PO-{day}", "owner": "ACME", "location": "W", "at": "2026-01-01T00:00:00Z"}
        admin.post("/receipts", receipt | {"lines": [line]})
        tick(centre.centre)
        centre.clock.forward(timedelta(days=1))
    return centre.as_(Role.AUDITOR)


def path_of(found: Any) -> list[bytes]:
    return [bytes.fromhex(step) for step in found["path"]]


def said_of(found: Any) -> Checkpoint:
    return Checkpoint.read(Signed.from_json(found["checkpoint"], "it"))


def test_every_checkpoint_is_signed_and_goes_on_from_the_one_before(auditor: Caller) -> None:
    found = auditor.get("/audit/checkpoints")
    assert [entry["number"] for entry in found["checkpoints"]] == [3, 2, 1]
    assert auditor.get("/audit/checkpoints/2") == found["checkpoints"][1]
    for entry in found["checkpoints"]:
        signed, grant = (Signed.from_json(entry[name], name) for name in ("checkpoint", "policy_key"))
        assert vouched(signed, CHECKPOINT_TAG, grant, ROOT.public_key)
    new, old = (said_of(entry) for entry in found["checkpoints"][:2])
    sizes = {"old": old.feed.size, "new": new.feed.size}
    assert follows(old.feed, new.feed, path_of(auditor.get("/audit/consistency", tree="feed", **sizes)))
    sizes = {"old": old.receipts.size, "new": new.receipts.size}
    shown = auditor.get("/audit/consistency", tree="receipts", **sizes)
    assert follows(old.receipts, new.receipts, path_of(shown))


def test_pages_of_checkpoints_follow_one_another(auditor: Caller) -> None:
    first = auditor.get("/audit/checkpoints", limit=2)
    assert ([entry["number"] for entry in first["checkpoints"]], first["before"]) == ([3, 2], 2)
    rest = auditor.get("/audit/checkpoints", limit=2, before=2, daily=True)
    assert ([entry["number"] for entry in rest["checkpoints"]], rest["before"]) == ([1], None)


def test_an_event_and_a_position_are_proven_to_be_under_a_checkpoint(auditor: Caller) -> None:
    event_id = auditor.get("/moves", sku="K-0")["moves"][0]["event_id"]
    said = said_of(auditor.get("/audit/checkpoints/3"))
    (proof,) = auditor.get(f"/audit/events/{event_id}/proof", checkpoint=3)["receipts"]
    assert includes(said.receipts, proof["index"], bytes.fromhex(proof["leaf"]), path_of(proof))
    place = auditor.get("/audit/feed/2/proof", checkpoint=3)
    assert includes(said.feed, place["index"], bytes.fromhex(place["leaf"]), path_of(place))


def test_what_is_not_there_is_said_to_be_missing(auditor: Caller) -> None:
    late = auditor.get("/moves", sku="K-2")["moves"][0]["event_id"]
    for path in (
        "/v1/audit/checkpoints/99",
        f"/v1/audit/events/{late}/proof?checkpoint=1",
        "/v1/audit/events/nothing/proof?checkpoint=3",
        "/v1/audit/feed/99999/proof?checkpoint=3",
    ):
        assert auditor.http.get(path).status_code == 404, path
    answer = auditor.http.get("/v1/audit/consistency?tree=feed&old=5&new=99999")
    assert (answer.status_code, answer.json()["code"]) == (409, "trail.sizes")


def test_a_proof_leads_no_farther_than_the_newest_checkpoint(centre: RunningCentre, auditor: Caller) -> None:
    last = said_of(auditor.get("/audit/checkpoints/3")).feed.size
    centre.as_(Role.ADMIN).post("/items", {"items": [{"sku": "K-9", "name": "Kettle"}]})
    assert auditor.get("/audit/consistency", tree="feed", old=1, new=last)["new"] == last
    answer = auditor.http.get(f"/v1/audit/consistency?tree=feed&old=1&new={last + 1}")
    assert (answer.status_code, answer.json()["code"]) == (409, "trail.sizes")


def test_before_the_first_checkpoint_there_is_nothing_to_prove(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with running_centre(tmp_path / "other") as centre:
        answer = centre.as_(Role.AUDITOR).http.get("/v1/audit/consistency?tree=feed&old=0&new=1")
    assert (answer.status_code, answer.json()["code"]) == (409, "trail.no_checkpoint")


def test_without_a_policy_key_there_is_none_and_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with running_centre(tmp_path / "other") as centre:
        assert not tick(centre.centre)
        assert centre.as_(Role.AUDITOR).get("/audit/checkpoints") == {"checkpoints": [], "before": None}
