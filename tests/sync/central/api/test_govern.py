"""Exceptions, audit, tokens and enrolment codes over HTTP."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from sync.central.rules.access import Role
from sync.central.store.exceptions import Case, open_case
from sync.central.upkeep import tick
from tests.centre import RunningCentre


def test_a_new_token_opens_in_its_role(centre: RunningCentre) -> None:
    answer = centre.as_(Role.ADMIN).post("/tokens", {"role": "auditor", "name": "yearly audit"})
    headers = {"Authorization": f"Bearer {answer['token']}"}
    assert len(answer["token"]) == 64
    assert httpx.get(f"{centre.base_url}/v1/audit", headers=headers, timeout=30).json()["holds"] is True
    assert httpx.post(f"{centre.base_url}/v1/items", headers=headers, json={}, timeout=30).status_code == 403


def test_an_enrolment_code_is_shown_with_its_end(centre: RunningCentre) -> None:
    admin = centre.as_(Role.ADMIN)
    bench = {"name": "Bench 7", "site": "WH1", "owner": "ACME"}
    refused = admin.send("/enrolment-codes", bench)
    assert (refused.status_code, refused.json()["code"]) == (422, "site.unknown")
    assert "'WH1'" in refused.json()["read"]
    admin.post("/locations", {"locations": [{"code": "A-01", "kind": "bin", "name": "A", "site": "WH1"}]})
    answer = admin.post("/enrolment-codes", bench)
    assert set(answer) == {"code", "expires"}
    assert answer["expires"].startswith("2026-11-22T10:15:0")


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


def test_the_balances_of_an_unknown_station_are_missing(centre: RunningCentre) -> None:
    answer = centre.as_(Role.AUDITOR).http.get("/v1/audit/stations/nobody/balances")
    assert (answer.status_code, answer.json()["code"]) == (404, "station.unknown")


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


def told(centre: RunningCentre) -> dict[str, tuple[int, str | None, str]]:
    """What the record has by code: how often, whose call, and on which route."""
    found = centre.as_(Role.AUDITOR).get("/audit/security")
    return {row["code"]: (row["times"], row["who"], row["route"]) for row in found["under_way"]}


def test_what_was_refused_is_on_record_without_secrets_and_addresses(centre: RunningCentre) -> None:
    stranger = centre.with_token("c0ffee" * 10)
    for _ in range(2):
        stranger.http.get("/v1/orders/of-jane")
    centre.as_(Role.SERVICE).send("/books", {})
    given = {"role": "planner", "name": "planner one", "sites": ["ONE"]}
    sited = centre.with_token(centre.as_(Role.ADMIN).post("/tokens", given)["token"])
    sited.http.get("/v1/journal")
    sited.http.get("/v1/timeline", params={"unit": "S-1"})
    enrol = {"code": "AAAA", "station_id": "5f" * 16, "install_id": "i", "public_key": "ab" * 32, "name": "n"}
    httpx.post(f"{centre.base_url}/v1/sync/enrol", json=enrol, timeout=30)
    httpx.post(f"{centre.base_url}/v1/sync/hello", json={}, timeout=30)
    centre.as_(Role.SERVICE).get("/orders")
    assert told(centre) == {
        "token.unknown": (2, None, "GET /v1/orders/{order}"),
        "token.role": (1, "planner one", "GET /v1/journal"),
        "token.all_sites": (1, "planner one", "GET /v1/timeline"),
        "enrol.code": (1, None, "POST /v1/sync/enrol"),
        "request.unsigned": (1, None, "POST /v1/sync/hello"),
    }
    shown = centre.as_(Role.ADMIN).http.get("/v1/audit/security").text
    assert "c0ffee" not in shown
    assert "127.0.0.1" not in shown
    assert "jane" not in shown
    assert centre.as_(Role.PLANNER).http.get("/v1/audit/security").status_code == 403


def test_the_record_is_kept_by_the_minute(centre: RunningCentre) -> None:
    centre.with_token("0" * 64).http.get("/v1/items")
    assert tick(centre.centre) is False
    centre.clock.forward(timedelta(minutes=1))
    tick(centre.centre)
    found = centre.as_(Role.AUDITOR).get("/audit/security")
    assert [(row["code"], row["times"], row["minute"]) for row in found["security"] if row["route"]] == [
        ("token.unknown", 1, "2026-11-22T10:00:00.000Z")
    ]
    assert found["under_way"] == []
