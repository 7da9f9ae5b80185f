"""Kits and their components, both ways."""

from __future__ import annotations

from app.domain.item import Component
from sync.central.store.kits import components, kits_of
from tests.sync.central.shop import Shop

BIG = {"sku": "BIG", "name": "big", "kit": [{"sku": "B", "qty": 1}, {"sku": "A", "qty": 2}]}
SMALL = {"sku": "SMALL", "name": "small", "kit": [{"sku": "B", "qty": 3}]}


def test_each_kit_has_its_components(shop: Shop) -> None:
    shop.items("A", "B", BIG, SMALL)
    assert shop.ask(lambda conn: components(conn, ["SMALL", "BIG", "A"])) == {
        "BIG": (Component("A", 2), Component("B", 1)),
        "SMALL": (Component("B", 3),),
    }
    assert shop.ask(lambda conn: components(conn, [])) == {}


def test_a_component_is_found_in_all_its_kits_once(shop: Shop) -> None:
    shop.items("A", "B", "C", BIG, SMALL)
    assert shop.ask(lambda conn: kits_of(conn, ["B"])) == ("BIG", "SMALL")
    assert shop.ask(lambda conn: kits_of(conn, ["A", "B"])) == ("BIG", "SMALL")
    assert shop.ask(lambda conn: kits_of(conn, ["A"])) == ("BIG",)
    assert shop.ask(lambda conn: kits_of(conn, ["C", "BIG"])) == ()
