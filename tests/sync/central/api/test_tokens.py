"""Tokens over HTTP: made, listed, ended, each on record with whoever did it."""

from __future__ import annotations

from datetime import timedelta

import httpx
from sqlalchemy import select

from sync.central.rules.access import Role
from sync.central.store.tables import receipt
from tests.centre import RunningCentre


def asked_with(centre: RunningCentre, text: object, path: str = "/items") -> int:
    headers = {"Authorization": f"Bearer {text}"}
    return httpx.get(f"{centre.base_url}/v1{path}", headers=headers, timeout=30).status_code


def governed(centre: RunningCentre) -> list[str]:
    with centre.database.read() as conn:
        rows = conn.execute(select(receipt.c.header, receipt.c.facts).order_by(receipt.c.id)).all()
    found = [(bytes(row.header).decode(), bytes(row.facts).decode()) for row in rows]
    return [header + facts for header, facts in found if "centre.governed" in header]


def test_nobody_makes_a_token_unseen(centre: RunningCentre) -> None:
    asked = {"role": "supervisor", "name": "RUTH at WH1", "person": "RUTH", "days": 30}
    made = centre.as_(Role.ADMIN).post("/tokens", asked)
    assert made["expires_at"].startswith("2026-12-22T")
    assert made["person"] == "RUTH"
    (told,) = governed(centre)
    assert '"did":"token.made"' in told
    assert '"operator":"admin"' in told
    assert "token:RUTH at WH1" in told
    assert made["token"] not in told
    listed = {one["name"]: one for one in centre.as_(Role.AUDITOR).get("/tokens")["tokens"]}
    assert (listed["RUTH at WH1"]["created_by"], listed["admin"]["created_by"]) == ("admin", None)
    centre.clock.forward(timedelta(days=31))
    assert asked_with(centre, made["token"]) == 401
    assert centre.as_(Role.AUDITOR).get("/audit")["holds"]


def test_a_token_is_ended_by_an_admin_or_by_whoever_holds_it(centre: RunningCentre) -> None:
    admin = centre.as_(Role.ADMIN)
    mine = admin.post("/tokens", {"role": "planner", "name": "mine"})["token"]
    other = admin.post("/tokens", {"role": "planner", "name": "other"})["token"]
    headers = {"Authorization": f"Bearer {mine}", "Idempotency-Key": "out-1"}
    out = httpx.post(f"{centre.base_url}/v1/sign-out", headers=headers, timeout=30)
    assert (out.status_code, out.json()["state"]) == (200, "ended")
    assert (asked_with(centre, mine), asked_with(centre, other)) == (401, 200)
    admin.post("/tokens/other/end", {})
    assert asked_with(centre, other) == 401
    assert admin.send("/tokens/other/end", {}).status_code == 404
    assert [told.partition('"did":"')[2].partition('"')[0] for told in governed(centre)] == [
        "token.made",
        "token.made",
        "token.ended",
        "token.ended",
    ]
