"""Transfers over HTTP: each milestone has its call, and roles that may make it."""

from __future__ import annotations

from typing import Any

from sync.central.rules.access import Role
from tests.centre import RunningCentre

HERE = {"owner": "ACME", "at": "2026-11-20T00:00:00Z"}


def test_the_whole_way_over_http(centre: RunningCentre) -> None:
    planner, floor = centre.as_(Role.PLANNER), centre.as_(Role.SUPERVISOR)
    planner.post("/items", {"items": [{"sku": "A", "name": "A", "value_minor": 100}]})
    places = [{"code": f"{s}-A", "kind": "bin", "name": s, "site": s} for s in ("WH1", "WH2")]
    planner.post("/locations", {"locations": places})
    line = {"line": 1, "sku": "A", "qty": 5}
    planner.post("/receipts", HERE | {"document": "PO", "location": "WH1-A", "lines": [line]})
    body = HERE | {"source": "WH1", "target": "WH2", "lines": [line | {"qty": 9}]}
    code = planner.post("/transfers", body)["transfer"]
    answer = planner.send(f"/transfers/{code}/approve")
    assert (answer.status_code, answer.json()["code"]) == (409, "transfer.not_available")
    planner.post(f"/transfers/{code}/cancel")
    code = planner.post("/transfers", body | {"lines": [line]})["transfer"]
    planner.post(f"/transfers/{code}/approve", {"at": "2026-11-20T06:00:00Z"})
    assert floor.send(f"/transfers/{code}/close").status_code == 403
    floor.post(f"/transfers/{code}/pick", {"lines": [{"line": 1, "qty": 5}]})
    for step in ("ship", "depart", "arrive"):
        floor.post(f"/transfers/{code}/{step}", {"at": "2026-11-20T08:00:00Z"})
    came = [{"line": 1, "qty": 3}, {"line": 1, "qty": 1, "damaged": True}]
    floor.post(f"/transfers/{code}/receive", {"location": "WH2-A", "lines": came})
    assert planner.post(f"/transfers/{code}/close")["lines"][0]["short"] == 1
    one = planner.get(f"/transfers/{code}", limit_hours=5)
    assert one["age_seconds"]["at"]["drafted"] == 6 * 3600
    assert len(one["alarms"]) == 3
    listed: Any = planner.get("/transfers", state="closed", site="WH2")
    assert [entry["transfer"] for entry in listed["transfers"]] == [code]
    assert planner.get("/transfers", older_than=1)["transfers"] == []
    cases: Any = planner.get("/exceptions")["exceptions"]
    assert [(case["type"], case["money_minor"]) for case in cases] == [
        ("transfer.damaged", 100),
        ("transfer.short", 100),
    ]
    assert centre.as_(Role.AUDITOR).get("/audit")["violations"] == []
