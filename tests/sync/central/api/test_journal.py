"""The journal and how books are kept, over HTTP."""

from __future__ import annotations

from sync.central.rules.access import Role
from tests.centre import RunningCentre

ITEM = {"sku": "A", "name": "A", "value_minor": 250}
PLACE = {"code": "WH1-A", "kind": "bin", "name": "A", "site": "WH1"}
GOODS = {
    "document": "PO-1",
    "owner": "ACME",
    "location": "WH1-A",
    "at": "2026-03-02T09:00:00Z",
    "lines": [{"line": 1, "sku": "A", "qty": 3, "cost_minor": 1000}],
}


def test_finance_reads_pages_and_whole_periods(centre: RunningCentre) -> None:
    planner, finance = centre.as_(Role.PLANNER), centre.as_(Role.FINANCE)
    planner.post("/items", {"items": [ITEM]})
    planner.post("/locations", {"locations": [PLACE]})
    planner.post("/receipts", GOODS)
    page = finance.get("/journal", owner="ACME", limit=1)
    assert [line["minor"] for line in page["entries"][0]["lines"]] == [1000, -1000]
    assert page["next"] is None
    assert finance.get("/journal", owner="ACME", **{"from": "2999-01-01"})["entries"] == []
    text = finance.http.get("/v1/journal/export", params={"owner": "ACME", "format": "beancount"})
    assert text.headers["content-type"].startswith("text/plain")
    assert "Assets:Inventory  10.00 GBP" in text.text
    rows = finance.http.get("/v1/journal/export", params={"owner": "ACME"})
    assert rows.headers["content-type"].startswith("text/csv")
    assert len(rows.text.splitlines()) == 3
    assert finance.http.get("/v1/journal/export").status_code == 422
    for asked, code in (({"owner": "acme"}, "journal.owner"), ({"until": "2020-01-01"}, "journal.period")):
        params = {"owner": "ACME", "from": "2026-01-01"} | asked
        no = finance.http.get("/v1/journal/export", params=params)
        assert (no.status_code, no.json()["code"]) == (422, code)
    assert planner.http.get("/v1/journal").status_code == 403


def test_books_are_kept_as_finance_says(centre: RunningCentre) -> None:
    finance = centre.as_(Role.FINANCE)
    kept = finance.post("/books", {"owner": "ACME", "costing": "fifo", "locked_until": "2020-01-31"})
    assert finance.get("/books") == {"books": [kept]}
    wrong = finance.send("/books", {"owner": "ACME", "locked_until": "2020-01-30"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "books.locked")
    assert centre.as_(Role.PLANNER).send("/books", {"owner": "ACME"}).status_code == 403
