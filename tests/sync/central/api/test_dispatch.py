"""Orders on their way over HTTP, on every database there is; tokens of a site see and do what is its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.central.rules.access import Role
from tests.centre import Caller, RunningCentre, running_centre

OWNER = "ACME"
NOON = "2026-01-02T12:00:00Z"


@pytest.fixture(params=["sqlite", "postgresql"])
def centre(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningCentre]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with running_centre(tmp_path, url=url) as found:
        yield found


@pytest.fixture
def planner(centre: RunningCentre) -> Caller:
    caller = centre.as_(Role.PLANNER)
    caller.post("/items", {"items": [{"sku": "A", "name": "A"}, {"sku": "B", "name": "B"}]})
    places = [{"code": f"{site}-A", "kind": "bin", "name": site, "site": site} for site in ("S1", "S2")]
    caller.post("/locations", {"locations": places})
    for n, (place, units) in enumerate((("S1-A", {"A": 3}), ("S2-A", {"A": 2, "B": 2}))):
        lines = [{"line": n, "sku": sku, "qty": qty} for n, (sku, qty) in enumerate(units.items(), 1)]
        caller.post(
            "/receipts",
            {"document": f"PO-{n}", "owner": OWNER, "location": place, "at": NOON, "lines": lines},
        )
    return caller


def order(caller: Caller, code: str, units: dict[str, int], **more: Any) -> Any:
    lines = [{"line": n, "sku": sku, "qty": qty} for n, (sku, qty) in enumerate(units.items(), 1)]
    asked = {"order": code, "owner": OWNER, "channel": "web", "at": NOON, "lines": lines}
    return caller.post("/orders", asked | more)


def test_from_a_wave_to_the_door(centre: RunningCentre, planner: Caller) -> None:
    order(planner, "1", {"A": 1, "B": 1}, claim="soft")
    order(planner, "2", {"A": 4}, claim="soft", priority=1)
    wave = planner.post("/waves", {"owner": OWNER})
    assert planner.get(f"/waves/{wave['wave']}") == wave
    sent = sorted((entry["order"], entry["site"]) for entry in wave["parcels"])
    assert sent == [("1", "S2"), ("2", "S1"), ("2", "S2")]
    (code,) = (entry["parcel"] for entry in wave["parcels"] if entry["order"] == "1")
    assert planner.post(f"/parcels/{code}/pick", {"lines": [{"line": 2, "qty": 0}]})["state"] == "picked"
    again = planner.send(f"/parcels/{code}/pick")
    assert (again.status_code, again.json()["code"]) == (409, "parcel.not_picked")
    planner.post(f"/parcels/{code}/pack")
    assert planner.post(f"/parcels/{code}/ship", {"tracking": "JD1"})["tracking"] == "JD1"
    assert planner.get("/orders/1")["lines"][1]["backordered"] == 0
    (case,) = planner.get("/exceptions", state="open")["exceptions"]
    assert case["type"] == "pick.short"
    two = planner.get("/orders/2/parcels")["parcels"]
    assert [entry["parcel"] for entry in planner.get("/parcels", state="released")["parcels"]] == sorted(
        entry["parcel"] for entry in two
    )
    assert planner.post(f"/parcels/{two[0]['parcel']}/cancel")["state"] == "cancelled"
    assert planner.get(f"/parcels/{two[0]['parcel']}")["state"] == "cancelled"
    told = planner.get("/orders/1/why")["decisions"]
    assert [entry["kind"] for entry in told] == ["captured", "sourced", "pick.short", "filled"]
    assert centre.as_(Role.AUDITOR).get("/audit")["holds"] is True


def test_a_wave_is_planned_before_it_and_once_for_each_key(planner: Caller) -> None:
    order(planner, "1", {"A": 1, "B": 1})
    asked = {"owner": OWNER, "method": "optimise", "seconds": 1}
    first, again = (planner.send("/waves", asked, key="wave-1") for _ in range(2))
    assert (first.json()["replanned"], len(first.json()["parcels"])) == ([], 1)
    assert again.json() == first.json()
    unknown = planner.send("/waves", asked | {"sites": ["NOWHERE"]})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "site.unknown")


def test_a_block_and_a_change(centre: RunningCentre, planner: Caller) -> None:
    order(planner, "1", {"A": 4})
    assert planner.post("/orders/1/block", {"kind": "credit"})["lines"][0]["reserved"] == 0
    refused = planner.send("/orders/1/ship")
    assert (refused.status_code, refused.json()["code"]) == (409, "order.blocked")
    assert planner.send("/orders/1/block", {"kind": "mood"}).status_code == 409
    assert planner.post("/orders/1/unblock")["lines"][0]["reserved"] == 4
    changed = planner.post("/orders/1/lines", {"lines": [{"line": 1, "qty": 2}], "site": "S2"})
    assert (changed["site"], changed["lines"][0]["reserved"]) == ("S2", 2)
    declined = planner.send("/orders/1/lines", {"lines": [{"line": 1, "qty": 3}], "short": "refuse"})
    assert (declined.status_code, declined.json()["code"]) == (409, "order.not_available")
    assert centre.as_(Role.AUDITOR).get("/audit")["holds"] is True


def of_site(centre: RunningCentre, role: Role, site: str) -> Caller:
    asked = {"role": str(role), "name": f"{role} of {site}", "sites": [site]}
    caller = centre.as_(role)
    token = centre.as_(Role.ADMIN).post("/tokens", asked)["token"]
    caller.http.headers["Authorization"] = f"Bearer {token}"
    return caller


def test_a_token_of_a_site_sees_its_parcels_alone(centre: RunningCentre, planner: Caller) -> None:
    order(planner, "1", {"A": 5})
    codes = {entry["site"]: entry["parcel"] for entry in planner.post("/waves", {"owner": OWNER})["parcels"]}
    mine, other = (of_site(centre, role, "S1") for role in (Role.SUPERVISOR, Role.PLANNER))
    assert [entry["site"] for entry in mine.get("/parcels")["parcels"]] == ["S1"]
    assert [entry["site"] for entry in mine.get("/orders/1/parcels")["parcels"]] == ["S1"]
    assert mine.post(f"/parcels/{codes['S1']}/pick")["state"] == "picked"
    for answer in (
        mine.send(f"/parcels/{codes['S2']}/pick"),
        mine.http.get(f"/v1/parcels/{codes['S2']}"),
        other.send("/waves", {"owner": OWNER}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "token.site")
