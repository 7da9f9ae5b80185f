"""Audit, records of security matters, tokens and enrolment codes over HTTP."""

from __future__ import annotations

from datetime import timedelta

import httpx

from sync.central.rules.access import Role
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


def test_the_balances_of_an_unknown_station_are_missing(centre: RunningCentre) -> None:
    answer = centre.as_(Role.AUDITOR).http.get("/v1/audit/stations/nobody/balances")
    assert (answer.status_code, answer.json()["code"]) == (404, "station.unknown")


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
