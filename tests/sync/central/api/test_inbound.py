"""Inbound supply over HTTP: announced, claimed, received, closed."""

from __future__ import annotations

from sync.central.rules.access import Role
from tests.centre import RunningCentre

DUE = "2026-12-01T09:00:00Z"
HERE = {"owner": "ACME", "at": "2026-11-22T00:00:00Z"}


def test_an_order_is_met_from_what_is_to_come(centre: RunningCentre) -> None:
    planner = centre.as_(Role.PLANNER)
    planner.post("/items", {"items": [{"sku": "A", "name": "A"}]})
    planner.post("/locations", {"locations": [{"code": "W", "kind": "bin", "name": "W", "site": "WH1"}]})
    body = {"code": "PO-7", "owner": "ACME", "kind": "po", "site": "WH1"}
    made = planner.send("/inbound", body | {"lines": [{"line": 1, "sku": "A", "qty": 5, "due": DUE}]})
    assert (made.status_code, made.json()["state"]) == (201, "open")
    order = HERE | {"order": "o1", "channel": "web", "lines": [{"line": 1, "sku": "A", "qty": 2}]}
    planner.post("/orders", order)
    claim = {"line": 1, "supply": "PO-7", "supply_line": 1, "qty": 2}
    answer = planner.post("/orders/o1/claim-supply", {"lines": [claim]})
    assert answer["lines"][0]["reserved"] == 2
    planner.post("/inbound/PO-7/lines", {"lines": [{"line": 1, "qty": 4}]})
    assert planner.get("/inbound/PO-7")["lines"][0]["claimed"] == 2
    receipt = HERE | {"document": "PO-7", "location": "W", "lines": [{"line": 1, "sku": "A", "qty": 3}]}
    planner.post("/receipts", receipt)
    assert planner.post("/inbound/PO-7/cancel")["state"] == "closed"
    assert [entry["code"] for entry in planner.get("/inbound", state="closed")["inbound"]] == ["PO-7"]
    assert planner.post("/orders/o1/ship")["state"] == "shipped"
    assert centre.as_(Role.AUDITOR).get("/audit")["violations"] == []
