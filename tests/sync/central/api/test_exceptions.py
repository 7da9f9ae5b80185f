"""Exceptions over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sync.central.rules.access import Role
from sync.central.store.exceptions import Case, open_case
from tests.centre import RunningCentre


def test_an_exception_ends_by_what_ends_it_or_with_a_note(centre: RunningCentre) -> None:
    planner = centre.as_(Role.PLANNER)
    planner.post("/items", {"items": [{"sku": "A", "name": "A"}]})
    planner.post("/locations", {"locations": [{"code": "W", "kind": "bin", "name": "W", "site": "S"}]})
    line = {"line": 1, "sku": "A", "difference": -1, "reason": "missing"}
    count = {"document": "C", "owner": "ACME", "location": "W", "at": "2026-01-01T00:00:00Z", "lines": [line]}
    planner.post("/counts", count)
    (case,) = planner.get("/exceptions", state="open")["exceptions"]
    assert (case["type"], case["owner_role"]) == ("stock.negative", "planner")
    note = {"note": "Found it behind the rack."}
    refused = planner.send(f"/exceptions/{case['id']}/resolve", note)
    assert (refused.status_code, refused.json()["code"]) == (409, "exception.stands")
    found = planner.post("/counts", count | {"document": "C2", "lines": [line | {"difference": 1}]})
    (ended,) = planner.get("/exceptions", state="resolved")["exceptions"]
    assert ended["resolved_by"] == "centre"
    assert found["event_id"] in ended["resolution"]
    with centre.database.write() as conn:
        asked = Case("stray", "item.unknown", "sku:X", "planner", "Add the item.")
        open_case(conn, asked, centre.clock.now())
    (case,) = planner.get("/exceptions", state="open")["exceptions"]
    planner.post(f"/exceptions/{case['id']}/resolve", note)
    assert planner.get("/exceptions", state="open")["exceptions"] == []
    by = {one["resolved_by"] for one in planner.get("/exceptions", state="resolved")["exceptions"]}
    assert by == {"centre", "planner"}
    assert centre.as_(Role.AUDITOR).get("/audit")["holds"]


def test_what_is_overdue_and_what_has_most_at_risk_can_be_asked_for(centre: RunningCentre) -> None:
    for key, minor in (("a", 5), ("b", 700)):
        asked = Case(key, "stock.negative", "sku:X", "planner", "Count it.", money=(minor, "EUR"))
        with centre.database.write() as conn:
            open_case(conn, asked, centre.clock.now() - timedelta(days=3 if key == "a" else 0))
    planner = centre.as_(Role.PLANNER)
    by_money = planner.get("/exceptions", state="open", order="money")["exceptions"]
    assert [case["key"] for case in by_money] == ["b", "a"]
    (late,) = planner.get("/exceptions", overdue="true")["exceptions"]
    assert (late["key"], late["overdue"]) == ("a", True)
    shown = planner.get(f"/exceptions/{late['id']}")
    assert (shown["due_at"], shown["history"]) == (late["due_at"], [])
    assert planner.http.get("/v1/exceptions", params={"order": "size"}).status_code == 422


@pytest.mark.parametrize("number", [0, 10**30])
def test_a_number_that_no_exception_can_have_is_refused(centre: RunningCentre, number: int) -> None:
    answer = centre.as_(Role.PLANNER).send(f"/exceptions/{number}/resolve", {"note": "x"})
    assert answer.status_code == 422


def test_exceptions_are_of_their_site_and_their_role(centre: RunningCentre) -> None:
    admin = centre.as_(Role.ADMIN)
    for key, site in (("a", "ONE"), ("b", "TWO"), ("c", "")):
        asked = Case(key, "stock.negative", "sku:X", "planner", "Count it.", at=f"site:{site}")
        with centre.database.write() as conn:
            open_case(conn, asked, centre.clock.now())
    given = {"role": "planner", "name": "planner one", "sites": ["ONE"]}
    planner = centre.with_token(admin.post("/tokens", given)["token"])
    assert [(case["key"], case["site"]) for case in planner.get("/exceptions")["exceptions"]] == [
        ("a", "ONE"),
        ("c", None),
    ]
    assert [case["key"] for case in planner.get("/exceptions", site="ONE")["exceptions"]] == ["a"]
    assert planner.http.get("/v1/exceptions", params={"site": "TWO"}).json()["code"] == "token.site"
    assert planner.http.get("/v1/exceptions/2").json()["code"] == "token.site"
    assert planner.get("/exceptions/3")["key"] == "c"
    note = {"note": "Counted."}
    for number, code in ((2, "token.site"), (3, "token.all_sites")):
        answer = planner.send(f"/exceptions/{number}/resolve", note)
        assert (answer.status_code, answer.json()["code"]) == (403, code)
    answer = centre.as_(Role.SERVICE).send("/exceptions/1/resolve", note)
    assert (answer.status_code, answer.json()["code"]) == (403, "exception.role")
    assert "admin, planner, supervisor" in answer.json()["expected"]
    assert planner.post("/exceptions/1/resolve", note)["state"] == "resolved"
    assert admin.post("/exceptions/2/resolve", note)["state"] == "resolved"
