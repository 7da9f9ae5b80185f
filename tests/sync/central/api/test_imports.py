"""Imports over HTTP: one answer with every rejected row, and large tables turned away."""

from __future__ import annotations

from sync.central.rules.access import Role
from tests.centre import RunningCentre

TABLE = "sku,title,gtins\nA,Kettle,4006381333931\nB,Lamp,4006381333932\n"


def test_a_table_is_judged_tried_and_taken(centre: RunningCentre) -> None:
    planner = centre.as_(Role.PLANNER)
    body = {"kind": "items", "csv": TABLE, "columns": {"name": "title"}}
    tried = planner.post("/imports", body | {"dry_run": True})
    assert (tried["taken"], tried["dry_run"], planner.get("/items")["items"]) == (1, True, [])
    done = planner.post("/imports", body, key="one")
    assert (done["rows"], done["taken"], done["rejected"], done["left_off"]) == (2, 1, 1, 0)
    assert done["findings"][0] == {
        "row": 3,
        "key": "B",
        "field": "gtins",
        "rule": "gtin.check_digit",
        "severity": "rejected",
        "read": "4006381333932",
        "why": "Its check digit should be 1.",
    }
    assert planner.post("/imports", body, key="one") == done
    assert [item["sku"] for item in planner.get("/items")["items"]] == ["A"]


def test_a_table_that_is_none_is_refused(centre: RunningCentre) -> None:
    planner = centre.as_(Role.PLANNER)
    for text, code in (("no table", "import.columns"), ("sku\n" * 20_002, "import.long")):
        answer = planner.send("/imports", {"kind": "items", "csv": text})
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert planner.send("/imports", {"kind": "orders", "csv": "a"}).status_code == 422


def test_signs_that_no_text_has_are_answered_not_crashed_on(centre: RunningCentre) -> None:
    http = centre.as_(Role.PLANNER).http
    table = r'{"kind": "items", "csv": "sku,name,\ud800\nA\u0000,a,\nB,\ud800,\n"}'
    stock = r'{"owner": "A", "system": "E", "text": "sku,qty,\ud800\n\ud800,1,\n"}'
    for n, (path, body) in enumerate((("imports", table), ("reconciliations", stock))):
        headers = {"Idempotency-Key": f"odd {n}", "Content-Type": "application/json"}
        answer = http.post(f"/v1/{path}", content=body, headers=headers)
        assert answer.status_code in {200, 422}, answer.text
