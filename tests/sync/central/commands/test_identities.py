"""One identity in another system names one record here."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from sync.central.commands.catalogue import put_locations
from sync.central.commands.identities import named_in
from sync.central.commands.items import put_items
from sync.central.store.listing import items_named
from sync.central.store.tables import external_id
from tests.sync.central.shop import Shop


def put(shop: Shop, *items: Any) -> Any:
    return shop.act(lambda act: put_items(act, items))


def called(shop: Shop, system: str, external: str) -> list[str]:
    found: Any = shop.ask(lambda conn: items_named(conn, system, external))["items"]
    return [entry["sku"] for entry in found]


def test_an_item_is_found_by_what_another_system_calls_it(shop: Shop) -> None:
    put(shop, {"sku": "A", "name": "A", "external_ids": {"ERP": "4711", "SHOP": "a:1"}})
    assert called(shop, "ERP", "4711") == called(shop, "SHOP", "a:1") == ["A"]
    assert called(shop, "SHOP", "4711") == []
    put(shop, {"sku": "A", "name": "A", "external_ids": {"ERP": "4712"}})
    assert (called(shop, "ERP", "4711"), called(shop, "ERP", "4712")) == ([], ["A"])


def test_an_identity_that_is_anothers_is_refused(shop: Shop) -> None:
    put(shop, {"sku": "A", "name": "A", "external_ids": {"ERP": "1"}})
    answer = put(
        shop,
        {"sku": "B", "name": "B", "external_ids": {"ERP": "1"}},
        {"sku": "C", "name": "C", "external_ids": {"ERP": "2", "SHOP": "1"}},
        {"sku": "D", "name": "D", "external_ids": {"ERP": "2"}},
    )
    assert [(e["index"], e["code"]) for e in answer["rejected"]] == [
        (0, "item.external_taken"),
        (2, "item.external_taken"),
    ]


def test_items_and_locations_do_not_stand_in_each_others_way(shop: Shop) -> None:
    put(shop, {"sku": "A", "name": "A", "external_ids": {"ERP": "1"}})
    place = {"code": "W", "kind": "bin", "name": "W", "site": "S", "external_ids": {"ERP": "1"}}
    answer: Any = shop.act(lambda act: put_locations(act, [place, place | {"code": "V"}]))
    assert [e["code"] for e in answer["rejected"]] == ["location.external_taken"]
    rows = shop.ask(lambda conn: conn.execute(select(external_id.c.kind, external_id.c.key)).all())
    assert sorted(map(tuple, rows)) == [("item", "A"), ("location", "W")]


def test_thousands_of_identities_in_one_call_are_looked_up_together(shop: Shop) -> None:
    many = {f"system {n}": str(n) for n in range(40_000)}
    assert put(shop, {"sku": "A", "name": "A", "external_ids": many})["accepted"] == 1
    assert called(shop, "system 39999", "39999") == ["A"]


def test_only_what_can_be_looked_up_is_named() -> None:
    assert named_in([5, {}, {"external_ids": [1]}, {"external_ids": {"A": 5, "B": "\x00"}}]) == []
    assert named_in([{"external_ids": {"A": 5, "B": "x"}}]) == [("B", "x")]
