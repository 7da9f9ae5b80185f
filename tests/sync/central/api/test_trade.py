"""Orders and returns over HTTP: the main scenario, on every database there is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.central.rules.access import Role
from tests.centre import Caller, RunningCentre, running_centre

OWNER = "ACME"
DAY = "2026-01-{:02d}T09:00:00Z"


@pytest.fixture(params=["sqlite", "postgresql"])
def centre(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningCentre]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with running_centre(tmp_path, url=url) as found:
        yield found


@pytest.fixture
def shop(centre: RunningCentre) -> Caller:
    caller = centre.as_(Role.INTEGRATOR)
    kit = {"sku": "KIT", "name": "Set", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]}
    caller.post(
        "/items", {"items": [{"sku": "A", "name": "A", "value_minor": 250}, {"sku": "B", "name": "B"}, kit]}
    )
    caller.post("/locations", {"locations": [{"code": "W", "kind": "bin", "name": "W", "site": "S"}]})
    return caller


def receive(shop: Caller, day: int, **units: int) -> Any:
    lines = [{"line": n, "sku": sku, "qty": qty} for n, (sku, qty) in enumerate(units.items(), 1)]
    return shop.post(
        "/receipts",
        {"document": f"PO-{day}", "owner": OWNER, "location": "W", "at": DAY.format(day), "lines": lines},
    )


def order(shop: Caller, code: str, day: int, ship: str = "available", **units: int) -> Any:
    lines: list[dict[str, Any]] = [
        {"line": n, "sku": sku, "qty": qty} for n, (sku, qty) in enumerate(units.items(), 1)
    ]
    lines.append({"line": len(lines) + 1, "sku": None, "qty": 1, "description": "Postage"})
    return shop.post(
        "/orders",
        {
            "order": code,
            "owner": OWNER,
            "channel": "web",
            "at": DAY.format(day),
            "customer": "c-1",
            "ship": ship,
            "lines": lines,
        },
    )


def atp(shop: Caller, *skus: str) -> list[int]:
    return [entry["atp"] for entry in shop.get("/availability", sku=list(skus), owner=OWNER)["items"]]


def test_from_the_supplier_to_the_customer_and_back(centre: RunningCentre, shop: Caller) -> None:
    receive(shop, 1, A=10, B=2)
    assert atp(shop, "A", "B", "KIT") == [10, 2, 2]
    first = order(shop, "1", 2, A=4, KIT=1)
    assert (first["state"], [line["shipped"] for line in first["lines"]]) == ("shipped", [4, 1, 0])
    second = order(shop, "2", 3, B=3)
    assert second["lines"][0]["backordered"] == 2
    third = order(shop, "3", 4, ship="later", A=3)
    assert third["lines"][0]["reserved"] == 3
    receive(shop, 5, B=5)
    assert shop.get("/orders/2")["state"] == "shipped"
    assert shop.post("/orders/3/ship", {"lines": [{"line": 1, "qty": 1}]})["lines"][0]["shipped"] == 1
    assert shop.post("/orders/3/cancel")["lines"][0]["cancelled"] == 2
    assert atp(shop, "A", "B", "KIT") == [3, 3, 1]
    returned = shop.post(
        "/returns",
        {
            "owner": OWNER,
            "customer": "c-1",
            "at": DAY.format(9),
            "match": "customer_sales",
            "lines": [{"line": 1, "sku": "A", "qty": 9, "reason": "late"}],
        },
    )
    assert (returned["lines"][0]["authorized"], returned["lines"][0]["blind"]) == (4, 5)
    assert shop.get(f"/returns/{returned['rma']}")["state"] == "open"
    assert atp(shop, "A") == [3]
    assert [order["order"] for order in shop.get("/orders", state="shipped")["orders"]] == ["1", "2", "3"]
    assert centre.as_(Role.AUDITOR).get("/audit")["holds"] is True


def test_a_count_and_a_write_off_take_claims_back(centre: RunningCentre, shop: Caller) -> None:
    receive(shop, 1, A=5)
    order(shop, "1", 2, ship="later", A=5)
    count = {"line": 1, "sku": "A", "difference": -1, "reason": "missing"}
    shop.post(
        "/counts", {"document": "C", "owner": OWNER, "location": "W", "at": DAY.format(3), "lines": [count]}
    )
    asked = shop.post(
        "/write-offs", {"owner": OWNER, "sku": "A", "qty": 1, "reason": "broken", "at": DAY.format(4)}
    )
    code = asked["write_off"]
    decision = {"decision": "approve", "at": DAY.format(5)}
    assert shop.send(f"/write-offs/{code}/decision", decision).status_code == 403
    assert centre.as_(Role.SUPERVISOR).post(f"/write-offs/{code}/decision", decision)["state"] == "approved"
    line = shop.get("/orders/1")["lines"][0]
    assert (line["reserved"], line["backordered"]) == (3, 2)
    (case,) = shop.get("/exceptions", state="open")["exceptions"]
    assert (case["type"], case["money_minor"], case["owner_role"]) == ("promise.lost", 250, "planner")
    assert centre.as_(Role.AUDITOR).get("/audit")["holds"] is True


def test_a_page_of_orders_leads_to_the_next(shop: Caller) -> None:
    for number in range(3):
        order(shop, f"o{number}", 2, A=1)
    first = shop.get("/orders", limit=2)
    rest = shop.get("/orders", limit=2, cursor=first["next"])
    assert [entry["order"] for entry in first["orders"] + rest["orders"]] == ["o0", "o1", "o2"]
    assert rest["next"] is None
