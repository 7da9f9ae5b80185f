"""Blind units over HTTP: the list, the ranking and the match, once for each key."""

from __future__ import annotations

from pathlib import Path

from sync.central.rules.access import Role
from tests.scenarios.floor import open_floor


def test_a_match_is_made_once_for_each_key_and_only_by_who_may(tmp_path: Path) -> None:
    with open_floor(tmp_path) as floor:
        floor.sells("o-1", {"MUG-4": 2})
        bench = floor.bench()
        bench.scans("BLIND", "MUG-4", "GRADE_A", "DONE")
        bench.sync()
        label = bench.labels[0]
        asked = {"order": "o-1", "line": 1, "at": floor.now()}
        path = f"/returns/blind/{label}/match"
        assert floor.admin.send(path, asked).status_code == 403
        first = floor.planner.send(path, asked, key="once")
        again = floor.planner.send(path, asked, key="once")
        assert first.status_code == again.status_code == 200
        assert first.json() == again.json()
        other = floor.planner.send(path, asked, key="twice")
        assert (other.status_code, other.json()["code"]) == (409, "blind.matched")
        assert floor.stock("MUG-4") == {"R-03 sellable": 1}


def test_the_ranking_takes_hints_and_the_list_is_of_the_callers_sites(tmp_path: Path) -> None:
    with open_floor(tmp_path) as floor:
        floor.sells("o-1", {"MUG-4": 1}, customer="c-1", unit_minor=900)
        floor.sells("o-2", {"MUG-4": 1}, customer="c-2", unit_minor=800)
        bench = floor.bench()
        bench.scans("BLIND", "MUG-4", "GRADE_A", "DONE")
        bench.sync()
        label = bench.labels[0]
        assert [c["order"] for c in floor.candidates(label, price_minor=900)] == ["o-1", "o-2"]
        assert [c["order"] for c in floor.candidates(label, price_minor=800)] == ["o-2", "o-1"]
        assert floor.service.http.get("/v1/returns/blind/H09-9-X/candidates").status_code == 404
        token = floor.admin.post("/tokens", {"role": Role.SERVICE, "name": "Kim", "sites": ["WH2"]})["token"]
        far = {"Authorization": f"Bearer {token}"}
        http = floor.service.http
        assert http.get("/v1/returns/blind", headers=far).json()["units"] == []
        assert http.get(f"/v1/returns/blind/{label}/candidates", headers=far).status_code == 403
        body = {"order": "o-1", "line": 1, "at": floor.now()}
        sent = far | {"Idempotency-Key": "k"}
        assert http.post(f"/v1/returns/blind/{label}/match", json=body, headers=sent).status_code == 403
