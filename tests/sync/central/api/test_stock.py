"""Stock over HTTP: availability with its proof, moves, counts and write-offs."""

from __future__ import annotations

from typing import Any

import pytest

from sync.central.rules.access import Role
from tests.centre import Caller, RunningCentre

PLACE = {"owner": "ACME", "location": "W", "at": "2026-01-01T00:00:00Z"}


@pytest.fixture
def planner(centre: RunningCentre) -> Caller:
    caller = centre.as_(Role.PLANNER)
    caller.post("/items", {"items": [{"sku": "A", "name": "A"}]})
    caller.post("/locations", {"locations": [{"code": "W", "kind": "bin", "name": "W", "site": "S"}]})
    caller.post("/receipts", PLACE | {"document": "PO", "lines": [{"line": 1, "sku": "A", "qty": 5}]})
    return caller


def test_a_balance_lists_its_moves(planner: Caller) -> None:
    line = {"line": 1, "sku": "A", "difference": -2, "reason": "missing"}
    planner.post("/counts", PLACE | {"document": "C", "lines": [line]})
    moves: Any = planner.get("/moves", sku="A", owner="ACME")["moves"]
    assert [(move["kind"], move["qty"], move["document"]) for move in moves] == [
        ("receive", 5, "PO"),
        ("adjust", 2, "C"),
    ]
    assert [move["occurred_at"] for move in moves] == ["2026-01-01T00:00:00.000Z"] * 2
    assert planner.get("/availability", sku="A", owner="ACME")["items"][0]["atp"] == 3


def test_the_one_who_asked_does_not_decide(centre: RunningCentre, planner: Caller) -> None:
    body = {"owner": "ACME", "sku": "A", "qty": 1, "reason": "broken", "at": "2026-01-02T00:00:00Z"}
    supervisor = centre.as_(Role.SUPERVISOR)
    code = supervisor.post("/write-offs", body)["write_off"]
    decision = {"decision": "approve", "at": "2026-01-03T00:00:00Z"}
    answer = supervisor.send(f"/write-offs/{code}/decision", decision)
    assert (answer.status_code, answer.json()["code"]) == (403, "write_off.own_request")
    assert planner.get(f"/write-offs/{code}")["state"] == "requested"
