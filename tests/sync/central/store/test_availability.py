"""A promise shows its proof: every claim and a reason for every unit left out."""

from __future__ import annotations

from typing import Any

from app.domain.account import Status
from sync.central.store.availability import availability
from tests.sync.central.shop import OWNER, Shop


def entry(shop: Shop, sku: str) -> Any:
    found: Any = shop.ask(lambda conn: availability(conn, OWNER, [sku, sku], shop.clock.now()))
    (only,) = found["items"]
    return only


def test_every_unit_is_accounted_for(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "safety": 1})
    shop.policy()
    shop.receive({"A": 10})
    shop.order({"A": 4})
    shop.order({"A": 20})
    shop.disposition("A", 2, grade="B")
    shop.disposition("A", 1, grade="C", status=Status.DAMAGED)
    shop.disposition("A", 3, grade=None, status=Status.QUARANTINED, reason="blind_return")
    found = entry(shop, "A")
    assert (found["sku"], found["owner"], found["atp"]) == ("A", OWNER, 0)
    proof = found["breakdown"]
    assert (proof["sellable"], proof["reserved"], proof["basket"], proof["safety"]) == (10, 9, 0, 1)
    assert proof["backordered"] == 15
    assert [(e["status"], e["reason"], e["grade"], e["qty"], e["why"]) for e in proof["excluded"]] == [
        ("damaged", "", "C", 1, "damaged"),
        ("quarantined", "blind_return", None, 3, "blind_return"),
        ("sellable", "", "B", 2, "grade B is not sold as new"),
    ]


def test_a_kit_shows_what_its_components_allow(shop: Shop) -> None:
    shop.items(
        "A", "B", {"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]}
    )
    shop.receive({"A": 5, "B": 9, "KIT": 1})
    found = entry(shop, "KIT")
    assert found["atp"] == 3
    assert found["breakdown"]["from_components"] == 2
    assert found["breakdown"]["components"] == [
        {"sku": "A", "qty": 2, "atp": 5},
        {"sku": "B", "qty": 1, "atp": 9},
    ]


def test_an_item_nobody_has_is_promised_to_nobody(shop: Shop) -> None:
    assert entry(shop, "X")["atp"] == 0
