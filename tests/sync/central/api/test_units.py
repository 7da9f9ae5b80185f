"""Words on units over HTTP: by their role, at their site, once for each key."""

from __future__ import annotations

from pathlib import Path

import httpx

from sync.central.rules.access import Role
from tests.centre import RunningCentre
from tests.scenarios.floor import open_floor


def test_what_is_nowhere_is_not_found_and_roles_are_kept(centre: RunningCentre) -> None:
    supervisor, service = centre.as_(Role.SUPERVISOR), centre.as_(Role.SERVICE)
    at = {"at": "2026-11-22T10:41:07Z"}
    word = {"disposition": "restock", "reason": "seen"} | at
    assert supervisor.send("/units/L07-1-X/disposition", word).status_code == 404
    assert service.send("/units/L07-1-X/disposition", word).status_code == 403
    assert service.send("/units/H07-1-X/name", {"sku": "A"} | at).status_code == 404
    assert supervisor.send("/units/L07-1-X/reverse", {"reason": "r"} | at).status_code == 404
    assert service.get("/units/unidentified") == {"units": [], "next": None}
    assert supervisor.send("/units/L07-1-X/disposition", {"disposition": "restock"} | at).status_code == 422


def test_a_token_of_another_site_says_nothing_of_a_unit(tmp_path: Path) -> None:
    with open_floor(tmp_path) as floor:
        floor.sells("o-1", {"MUG-4": 1})
        rma, bench = floor.authorizes({"MUG-4": 1}), floor.bench()
        bench.scans(rma, "MUG-4", "GRADE_D", "ANSWER_1", "PHOTO", "OK", "DISCARD")
        bench.sync()
        (label,) = bench.labels
        other = floor.bench()
        other.scans("BLIND", "UNKNOWN", "PHOTO", "OK")
        other.sync()
        (thing,) = floor.service.get("/units/unidentified")["units"]
        there = {"code": "W2", "kind": "site", "name": "W2", "site": "WH2"}
        floor.admin.post("/locations", {"locations": [there]})
        asked = {"role": "supervisor", "name": "far", "sites": ["WH2"]}
        token = floor.admin.post("/tokens", asked)["token"]
        at = {"at": floor.now(), "reason": "seen"}
        said = {
            f"{label}/disposition": at | {"disposition": "vendor_return"},
            f"{label}/reverse": at,
            f"{thing['label']}/name": {"at": floor.now(), "sku": "MUG-4"},
        }
        with httpx.Client(base_url=floor.base_url, headers={"Authorization": f"Bearer {token}"}) as far:
            assert far.get("/v1/units/unidentified").json()["units"] == []
            for path, body in said.items():
                answer = far.post(f"/v1/units/{path}", json=body, headers={"Idempotency-Key": path})
                assert (answer.status_code, answer.json()["code"]) == (403, "token.site"), path
