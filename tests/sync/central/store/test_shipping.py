"""What leaves: the right units, to the customer, lot and serial kept; kits through the conversion end."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.domain.account import Account
from app.domain.reservation import ANY, Scope
from sync.central.rules.promise import Claimed, Grant, Want
from sync.central.store.listing import moves
from sync.central.store.shipping import OrderHead, Part, ship
from sync.central.store.stock import look
from sync.central.store.tables import sold_serial
from tests.sync.central.shop import FAR, OWNER, PLACE, Shop

KIT = {"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]}


def shipped(shop: Shop, sku: str) -> list[dict[str, Any]]:
    found: Any = shop.ask(lambda conn: moves(conn, sku, None, None, 100))
    return [move for move in found["moves"] if move["event_kind"] == "order.shipped"]


def test_lot_and_serial_go_along_and_label_and_grade_stay(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "lot"})
    shop.policy()
    shop.receive({"A": 1}, lot="L1")
    shop.disposition("A", serial="s7", grade="A")
    shop.order({"A": 2}, ship="available")
    one, two = shipped(shop, "A")
    assert (one["to"], one["kind"]) == (
        {"owner": OWNER, "item": "A", "location": "@customer", "lot": "L1"},
        "ship",
    )
    assert two["from"]["label"] == "L07-1-X"
    assert two["to"] == {"owner": OWNER, "item": "A", "location": "@customer", "serial": "s7"}


def test_serials_that_were_named_are_the_ones_that_leave(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "serial"})
    shop.receive({"A": 3}, serials=["s1", "s2", "s3"])
    shop.order(
        [{"line": 1, "sku": "A", "qty": 1}, {"line": 2, "sku": "A", "qty": 1, "serials": ["s1"]}],
        ship="available",
    )
    rows = shop.ask(lambda conn: conn.execute(select(sold_serial).order_by(sold_serial.c.line)).all())
    assert [(row.line, row.serial) for row in rows] == [(1, "s2"), (2, "s1")]


def test_a_kit_leaves_through_the_conversion_end(shop: Shop) -> None:
    shop.items("A", "B", KIT)
    shop.receive({"A": 4, "B": 4, "KIT": 1})
    shop.order({"KIT": 3}, ship="available")
    assert [
        (m["qty"], m["from"]["location"], m["to"]["location"], m["kind"]) for m in shipped(shop, "KIT")
    ] == [
        (1, PLACE, "@customer", "ship"),
        (2, "@conversion", "@customer", "ship"),
    ]
    assert [(m["qty"], m["to"]["location"], m["kind"]) for m in shipped(shop, "A")] == [
        (4, "@conversion", "convert")
    ]
    assert [(m["qty"], m["to"]["location"]) for m in shipped(shop, "B")] == [(2, "@conversion")]


def test_the_grants_of_a_line_become_a_part() -> None:
    named = Grant(Want(3, "A", 5), own=2, serials={"s": None, "t": None})
    more, other = (
        Grant(Want(3, "A", 1, scope=Scope(fresh="2027-01-01")), own=1),
        Grant(Want(1, "B", 1), own=1),
    )
    part, last = Part.of_grants([named, other, more])
    assert (part.line, part.sku, part.qty) == (3, "A", 3)
    assert part.claims == (
        Claimed("A", Scope(serial="s"), 1),
        Claimed("A", Scope(serial="t"), 1),
        Claimed("A", Scope(fresh="2027-01-01"), 1),
    )
    assert (last.line, last.qty) == (1, 1)


def test_shipping_what_is_not_there_is_a_defect_and_not_a_fact(shop: Shop) -> None:
    shop.items("A")
    head, part = OrderHead(1, "o1", OWNER, "web", "later"), Part(1, "A", 2, (Claimed("A", ANY, 2),))
    with pytest.raises(RuntimeError, match="holds 0 units, not 2"):
        shop.act(lambda act: ship(act, head, [part], look(act.conn, OWNER, ["A"], act.posted_at)))
    assert shipped(shop, "A") == []


def test_what_leaves_is_of_the_site_the_lot_and_the_grade_that_were_claimed(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "lot"})
    shop.policy()
    shop.receive({"A": 2}, lot="L1")
    shop.receive({"A": 2}, lot="L2")
    shop.receive({"A": 2}, lot="L1", place=FAR)
    shop.disposition("A", grade="B")
    lines: list[dict[str, Any]] = [
        {"line": 1, "sku": "A", "qty": 1, "lot": "L1"},
        {"line": 2, "sku": "A", "qty": 1, "grade": "B"},
    ]
    shop.order(lines[:1], site="WH2", ship="available")
    shop.order(lines, ship="later")
    shop.ship("o2")
    left = [
        (move["from"]["location"], move["from"].get("lot"), move["document"]) for move in shipped(shop, "A")
    ]
    assert left == [(FAR, "L1", "o1"), (PLACE, "L1", "o2"), ("R-03", None, "o2")]


def test_the_soonest_to_expire_leaves_first(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "lot"})
    shop.receive({"A": 1}, lot="L1")
    shop.receive({"A": 1}, lot="L2")
    shop.dated("A", L1="2027-03-01", L2="2027-02-01")
    shop.order({"A": 1}, ship="available")
    assert [move["from"]["lot"] for move in shipped(shop, "A")] == ["L2"]


def test_a_shipment_names_its_order(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 1})
    shop.order({"A": 1}, ship="available")
    (move,) = shipped(shop, "A")
    assert (move["document"], move["origin"]) == ("o1", "centre")
    assert Account.from_json(move["from"]).location == PLACE
