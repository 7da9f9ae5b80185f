"""Refunds over HTTP: finance moves them on, the service desk credits, planners look."""

from __future__ import annotations

from sync.central.rules.access import Role
from tests.centre import RunningCentre

ORDER = {
    "order": "8841",
    "owner": "ACME",
    "channel": "web",
    "at": "2026-03-02T09:00:00Z",
    "customer": "c-1",
    "ship": "available",
    "lines": [{"line": 1, "sku": "A", "qty": 2, "unit_minor": 1000, "tax_minor": 400, "currency": "GBP"}],
}
RETURN = {
    "owner": "ACME",
    "customer": "c-1",
    "at": "2026-03-09T09:00:00Z",
    "match": "customer_sales",
    "lines": [{"line": 1, "sku": "A", "qty": 1, "reason": "changed_mind"}],
}


def test_credit_is_opened_approved_paid_and_reversed(centre: RunningCentre) -> None:
    planner, service = centre.as_(Role.PLANNER), centre.as_(Role.SERVICE)
    finance, shop = centre.as_(Role.FINANCE), centre.as_(Role.INTEGRATOR)
    planner.post("/items", {"items": [{"sku": "A", "name": "A", "value_minor": 250}]})
    planner.post("/locations", {"locations": [{"code": "WH1-A", "kind": "bin", "name": "A", "site": "WH1"}]})
    goods = {"document": "PO", "owner": "ACME", "location": "WH1-A", "at": ORDER["at"]}
    planner.post("/receipts", goods | {"lines": [{"line": 1, "sku": "A", "qty": 5}]})
    shop.post("/orders", ORDER)
    rma = service.post("/returns", RETURN)["rma"]
    made = service.post(f"/returns/{rma}/credits", {"line": 1, "qty": 1, "reason": "kept"})["refunds"]
    (code,) = [entry["refund"] for entry in made]
    assert (made[0]["state"], made[0]["payable"]) == ("due", 1200)
    assert [entry["refund"] for entry in planner.get("/refunds", state="due")["refunds"]] == [code]
    assert service.send(f"/refunds/{code}/approve", {}).status_code == 403
    assert finance.post(f"/refunds/{code}/approve", {"note": "right"})["state"] == "posted"
    early = finance.send(f"/refunds/{code}/reject", {})
    assert (early.status_code, early.json()["code"]) == (409, "refund.state")
    assert shop.post(f"/refunds/{code}/payout", {"result": "paid", "reference": "PSP-1"})["state"] == "paid"
    assert finance.post(f"/refunds/{code}/reverse", {})["state"] == "reversed"
    assert len(planner.get(f"/refunds/{code}")["steps"]) == 4
    assert planner.http.get("/v1/refunds/R-9.9").status_code == 404
    beyond = service.send(f"/returns/{rma}/credits", {"line": 1, "net_minor": 99_999, "reason": "x"})
    assert (beyond.status_code, beyond.json()["code"]) == (422, "refund.beyond_paid")
