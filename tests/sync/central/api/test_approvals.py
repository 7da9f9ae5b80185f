"""Approvers and verdicts over HTTP: who may do what, and what is shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.central.rules.access import Role
from sync.central.store.approval_keys import grant_key
from tests.approvals.world import OMAR, POLICY, ROOT, RUTH
from tests.centre import RunningCentre, running_centre
from tests.sync.central.approving import asking

SITES = {
    "locations": [
        {"code": code, "kind": "site", "name": code, "site": code, "parent": None} for code in ("WH1", "WH2")
    ]
}


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[RunningCentre]:
    with running_centre(tmp_path, policy_key=POLICY) as found:
        with found.database.write() as conn:
            grant_key(conn, ROOT, POLICY, found.clock.now())
        found.as_(Role.ADMIN).post("/locations", SITES)
        yield found


def body(code: str = "RUTH", **more: Any) -> dict[str, Any]:
    signer = {"RUTH": RUTH, "OMAR": OMAR}[code]
    return asking(code, signer, **more).model_dump(mode="json")


def test_an_approver_is_enrolled_seen_and_revoked(centre: RunningCentre) -> None:
    admin = centre.as_(Role.ADMIN)
    made = admin.post("/approvers", body())
    assert (made["approver"], made["state"], made["certified_at"] is not None) == ("RUTH", "active", True)
    assert admin.get("/approvers")["approvers"] == [made]
    assert admin.get("/approvers/RUTH") == made
    ended = centre.as_(Role.SUPERVISOR).post("/approvers/RUTH/revoke", {"reason": "badge lost"})
    assert (ended["state"], ended["rev_no"]) == ("revoked", 1)


def test_only_an_administrator_enrols(centre: RunningCentre) -> None:
    for role in (Role.SUPERVISOR, Role.PLANNER, Role.INTEGRATOR, Role.FINANCE):
        assert centre.as_(role).send("/approvers", body()).status_code == 403
    admin = centre.as_(Role.ADMIN)
    admin.post("/approvers", body())
    assert centre.as_(Role.PLANNER).send("/approvers/RUTH/revoke", {"reason": "x"}).status_code == 403
    assert centre.as_(Role.PLANNER).http.get("/v1/approvers/RUTH/digest?day=2026-11-22").status_code == 403


def test_a_token_of_one_site_sees_and_enrols_there_only(centre: RunningCentre) -> None:
    admin = centre.as_(Role.ADMIN)
    admin.post("/approvers", body())
    wanted = {"role": "admin", "name": "Lee at WH2", "sites": ["WH2"]}
    token = admin.post("/tokens", wanted)["token"]
    away = {"Authorization": f"Bearer {token}"}
    assert admin.http.get("/v1/approvers/RUTH", headers=away).status_code == 403
    assert admin.http.get("/v1/approvers", headers=away).json() == {"approvers": []}
    sent = admin.http.post("/v1/approvers", json=body("OMAR"), headers=away | {"Idempotency-Key": "away-1"})
    assert (sent.status_code, sent.json()["code"]) == (403, "token.site")
    asked = {"revoke": {"reason": "x"}, "unlock": {"station_id": "laptop"}}
    for number, (do, said) in enumerate(asked.items()):
        path, headers = f"/v1/approvers/RUTH/{do}", away | {"Idempotency-Key": f"away-{number + 2}"}
        assert admin.http.post(path, json=said, headers=headers).status_code == 403
    assert admin.http.get("/v1/approvers/RUTH/digest?day=2026-11-22", headers=away).status_code == 403
    assert admin.http.get("/v1/approvals", headers=away).json()["approvals"] == []


def test_a_day_without_work_is_an_empty_digest(centre: RunningCentre) -> None:
    admin = centre.as_(Role.ADMIN)
    admin.post("/approvers", body())
    found = centre.as_(Role.AUDITOR).get("/approvers/RUTH/digest", day="2026-11-22")
    assert found == {
        "approver": "RUTH",
        "day": "2026-11-22",
        "approvals": [],
        "totals": [],
        "waiting": [],
        "pin": {"failed": 0, "locked": 0},
        "complete": True,
    }
    assert admin.http.get("/v1/approvers/NOAH/digest?day=2026-11-22").status_code == 404
    assert admin.http.get("/v1/approvers/RUTH/digest?day=today").status_code == 422


def test_unlocking_names_a_station(centre: RunningCentre) -> None:
    admin = centre.as_(Role.ADMIN)
    admin.post("/approvers", body())
    assert admin.send("/approvers/RUTH/unlock", {"station_id": "laptop"}).status_code == 404


def test_verdicts_are_listed(centre: RunningCentre) -> None:
    admin = centre.as_(Role.ADMIN)
    assert admin.get("/approvals") == {"approvals": [], "next": None}
    assert admin.get("/approvals", verdict="review")["approvals"] == []
    assert admin.http.get("/v1/approvals?verdict=maybe").status_code == 422


def test_without_a_policy_key_nobody_is_enrolled(tmp_path: Path) -> None:
    with running_centre(tmp_path) as found:
        admin = found.as_(Role.ADMIN)
        admin.post("/locations", SITES)
        sent = admin.send("/approvers", body())
        assert (sent.status_code, sent.json()["code"]) == (422, "policy_key.missing")
