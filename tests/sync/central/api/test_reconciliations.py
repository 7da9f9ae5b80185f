"""Reconciliations over HTTP."""

from __future__ import annotations

from sync.central.rules.access import Role
from tests.centre import RunningCentre


def test_a_comparison_is_stored_and_read_page_by_page(centre: RunningCentre) -> None:
    finance = centre.as_(Role.FINANCE)
    lines = [{"sku": f"S{n}", "qty": n} for n in range(1, 4)]
    answer = finance.post("/reconciliations", {"owner": "ACME", "system": "ERP", "lines": lines})
    assert (answer["id"], answer["compared"], answer["differing"]) == (1, 3, 3)
    page = finance.get("/reconciliations/1", limit=2, why="unknown_here")
    assert ([d["sku"] for d in page["differences"]], page["next"]) == (["S1", "S2"], "2")
    assert finance.http.get("/v1/reconciliations/2").status_code == 404
    wrong = finance.send("/reconciliations", {"owner": "ACME", "system": "ERP", "text": "sku,qty\nA,x"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "reconciliation.line")
