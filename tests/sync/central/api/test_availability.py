"""Available to promise over HTTP: of a scope, by dates, less safety stock."""

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


@pytest.mark.parametrize(
    "params", [{}, {"sku": "A"}, {"owner": "ACME"}, {"sku": ["A"] * 201, "owner": "ACME"}]
)
def test_availability_needs_items_and_their_owner(planner: Caller, params: dict[str, Any]) -> None:
    answer = planner.http.get("/v1/availability", params=params)
    assert (answer.status_code, answer.json()["code"]) == (422, "request.unfit")


def test_a_promise_is_asked_for_a_scope_and_by_dates(planner: Caller) -> None:
    planner.post("/safety-stock", {"sku": "A", "site": "S", "qty": 2})
    asked = {"sku": "A", "owner": "ACME", "site": "S", "channel": "web", "until": "2027-01-01"}
    (found,) = planner.get("/availability", **asked, buckets=["0", "2026-12-24"])["items"]
    assert (found["atp"], found["scope"]) == (3, {"site": "S", "fresh": "2027-01-01"})
    assert found["breakdown"]["safety_at"] == {"S": 2}
    assert [(bucket["by"], bucket["atp"]) for bucket in found["buckets"]] == [
        ("2026-11-22", 3),
        ("2026-12-24", 3),
    ]
    for lot in ({"lot": "L1"}, {"grade": "B"}, {"site": "T"}):
        assert planner.get("/availability", sku="A", owner="ACME", **lot)["items"][0]["atp"] == 0


@pytest.mark.parametrize(
    "more", [{"buckets": "soon"}, {"buckets": ["1"] * 61}, {"until": "2026"}, {"site": ""}]
)
def test_a_promise_by_no_date_is_refused(planner: Caller, more: dict[str, Any]) -> None:
    answer = planner.http.get("/v1/availability", params={"sku": "A", "owner": "ACME"} | more)
    assert answer.status_code == 422
