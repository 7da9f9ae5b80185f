"""Items: taken whole, unknown fields kept, codes told apart, kits made of single items."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select

from sync.central.commands.catalogue import put_locations
from sync.central.commands.items import put_items
from sync.central.store.listing import one_item
from sync.central.store.tables import feed, gtin, kit_component
from tests.sync.central.shop import Shop

GTIN = "4006381333931"


def put(shop: Shop, documents: Sequence[object]) -> Any:
    return shop.act(lambda act: put_items(act, documents))


def item(sku: str, **more: Any) -> dict[str, Any]:
    return {"sku": sku, "name": f"Item {sku}"} | more


def reasons(answer: Any) -> list[tuple[int, str]]:
    return [(entry["index"], entry["code"]) for entry in answer["rejected"]]


def published(shop: Shop) -> list[str]:
    return shop.ask(lambda conn: list(conn.scalars(select(feed.c.key).order_by(feed.c.pos))))


def test_an_item_is_kept_with_what_nobody_here_knows(shop: Shop) -> None:
    assert put(shop, [item("A", gtins=[GTIN], colour="red")]) == {"accepted": 1, "rejected": []}
    found = shop.ask(lambda conn: one_item(conn, "A"))
    assert (found["colour"], found["gtins"], found["currency"]) == ("red", [f"0{GTIN}"], "GBP")
    assert published(shop) == ["A"]


def test_the_same_item_again_is_no_change(shop: Shop) -> None:
    put(shop, [item("A"), item("B")])
    put(shop, [item("A"), item("B", name="Another")])
    assert published(shop) == ["A", "B", "B"]


def test_what_cannot_be_read_is_named_and_the_rest_taken(shop: Shop) -> None:
    answer = put(
        shop,
        [
            item("A"),
            {"name": "no sku"},
            "text",
            item("B", gtins=["123"]),
            item("C", safety=-1),
            item("D\x00"),
        ],
    )
    assert answer["accepted"] == 1
    assert reasons(answer) == [
        (1, "fields.wrong"),
        (2, "fields.not_an_object"),
        (3, "gtin.wrong"),
        (4, "fields.wrong"),
        (5, "fields.wrong"),
    ]


def test_one_gtin_belongs_to_one_item(shop: Shop) -> None:
    put(shop, [item("A", gtins=[GTIN])])
    assert reasons(put(shop, [item("B", gtins=[GTIN])])) == [(0, "item.gtin_taken")]
    put(shop, [item("A")])
    assert reasons(put(shop, [item("B", gtins=[GTIN, GTIN]), item("C", gtins=[GTIN])])) == [
        (1, "item.gtin_taken")
    ]
    rows = shop.ask(lambda conn: conn.execute(select(gtin)).all())
    assert [tuple(row) for row in rows] == [(f"0{GTIN}", "B")]


def test_a_kit_may_stand_before_its_components_and_is_never_a_component(shop: Shop) -> None:
    kit = item("KIT", kit=[{"sku": "A", "qty": 1}, {"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}])
    answer = put(
        shop,
        [
            kit,
            item("A"),
            item("B"),
            item("BAD", kit=[{"sku": "KIT", "qty": 1}]),
            item("LOST", kit=[{"sku": "X", "qty": 1}]),
            item("SELF", kit=[{"sku": "SELF", "qty": 1}]),
        ],
    )
    assert reasons(answer) == [(3, "item.kit"), (4, "item.kit"), (5, "item.kit")]
    rows = shop.ask(
        lambda conn: conn.execute(select(kit_component).order_by(kit_component.c.component)).all()
    )
    assert [tuple(row) for row in rows] == [("KIT", "A", 3), ("KIT", "B", 1)]


def test_less_safety_stock_fills_backorders(shop: Shop) -> None:
    shop.items(item("A", safety=3))
    shop.receive({"A": 3})
    shop.order({"A": 2})
    assert shop.line("o1") == (0, 0, 2, 0)
    put(shop, [item("A", safety=1)])
    assert shop.line("o1") == (2, 0, 0, 0)


def test_a_kit_that_becomes_possible_fills_backorders(shop: Shop) -> None:
    shop.items("A", "B", item("KIT", kit=[{"sku": "A", "qty": 1}, {"sku": "B", "qty": 1}]))
    shop.receive({"A": 3})
    shop.order({"KIT": 2})
    put(shop, [item("KIT", kit=[{"sku": "A", "qty": 1}])])
    assert shop.line("o1") == (2, 0, 0, 0)


def test_a_kit_keeps_its_components_while_orders_have_claimed_them(shop: Shop) -> None:
    shop.items("A", "B", item("KIT", kit=[{"sku": "A", "qty": 2}]))
    shop.receive({"A": 2})
    shop.order({"KIT": 3})
    for other in ([{"sku": "A", "qty": 1}], [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}], []):
        assert reasons(put(shop, [item("KIT", kit=other)])) == [(0, "kit.claimed")]
    renamed = item("KIT", kit=[{"sku": "A", "qty": 1}, {"sku": "A", "qty": 1}], name="Other")
    assert reasons(put(shop, [renamed])) == []
    shop.ship("o1")
    assert reasons(put(shop, [item("KIT", kit=[{"sku": "B", "qty": 1}])])) == []
    shop.receive({"B": 2})
    assert shop.line("o1") == (2, 1, 0, 0)
    shop.ship("o1")


@pytest.mark.parametrize("field", ["kit", "gtins"])
def test_a_list_that_is_none_is_refused_not_crashed_on(shop: Shop, field: str) -> None:
    assert reasons(put(shop, [item("A", **{field: 5})])) == [(0, "fields.wrong")]
    assert reasons(put(shop, [item("A", **{field: [5]})]))[0][0] == 0


@pytest.mark.parametrize("sign", ["\x00", "\ud800"])
def test_a_text_that_cannot_be_stored_is_refused(shop: Shop, sign: str) -> None:
    documents = [
        item(f"A{sign}"),
        item("B", name=sign),
        item("C", note={"deep": [{sign: 1}]}),
        item("D", gtins=[sign]),
        item("E", kit=[{"sku": sign, "qty": 1}]),
    ]
    assert reasons(put(shop, documents)) == [(n, "fields.wrong") for n in range(5)]
    place = {"code": "W", "kind": "bin", "name": "W", "site": f"S{sign}"}
    assert reasons(shop.act(lambda act: put_locations(act, [place]))) == [(0, "fields.wrong")]


def test_what_is_in_stock_goes_on_meaning_what_was_booked(shop: Shop) -> None:
    shop.items("A", "B")
    shop.receive({"A": 5})
    wrong = [item("A", unit="kg"), item("A", tracking="serial"), item("B", currency="pounds")]
    assert reasons(put(shop, wrong)) == [
        (0, "unit.changed"),
        (1, "tracking.changed"),
        (2, "currency.unreadable"),
    ]
    assert put(shop, [item("B", unit="g", tracking="serial"), item("A", name="N")])["rejected"] == []


def test_what_somebody_should_look_at_is_taken_with_a_warning(shop: Shop) -> None:
    put(shop, [item("K-10")])
    answer = put(shop, [item("k-10"), item("K-1O"), item("C", substitutes=["K-10", "D", "X"]), item("D")])
    assert answer["accepted"] == 4
    found = [(entry["index"], entry["code"]) for entry in answer["warnings"]]
    assert found == [(1, "code.look_alike"), (0, "code.spelling"), (2, "substitute.unknown")]
