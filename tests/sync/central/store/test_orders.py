"""Orders as rows: found by code, shown line by line, closed when nothing is left to ship."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from sync.central.rules.outcomes import Missing
from sync.central.rules.promise import Grant, Want
from sync.central.store import orders
from sync.central.store.shipping import OrderHead
from sync.central.store.tables import reservation
from tests.sync.central.shop import OWNER, Shop, at


def test_an_order_shows_everything_it_was_captured_with(shop: Shop) -> None:
    shop.items("A")
    line = {"line": 1, "sku": "A", "qty": 2, "description": "Kettle", "unit_minor": 995, "currency": "GBP"}
    post = {"line": 2, "sku": None, "qty": 1, "description": "Postage"}
    shop.order([line, post], customer="c-1", priority=5)
    found = shop.shown("o1")
    assert {
        name: found[name] for name in ("order", "state", "owner", "channel", "priority", "customer", "ship")
    } == {
        "order": "o1",
        "state": "open",
        "owner": OWNER,
        "channel": "web",
        "priority": 5,
        "customer": "c-1",
        "ship": "later",
    }
    assert found["at"] == at(3).replace("Z", ".000Z")
    assert found["lines"][0]["unit_minor"] == 995
    assert (found["lines"][1]["stock"], found["lines"][1]["backordered"]) == (False, 0)


def test_an_order_nobody_sent_is_missing(shop: Shop) -> None:
    with pytest.raises(Missing):
        shop.shown("o9")


def test_claims_of_a_line_are_added_up_and_taken_back(shop: Shop) -> None:
    shop.items("A")
    shop.order({"A": 5})
    head = shop.ask(lambda conn: orders.head_of(orders.find(conn, "o1")))
    rows = orders.claim_rows(head, [Grant(Want(1, "A", 5), own=2)])
    shop.act(lambda act: orders.claim(act.conn, rows))
    shop.act(lambda act: orders.claim(act.conn, rows))
    (claim,) = shop.ask(lambda conn: orders.claims_of(conn, head.id))
    assert claim.qty == 4
    shop.act(lambda act: orders.unclaim(act.conn, [{"id": claim.id, "qty": 4}]))
    assert shop.ask(lambda conn: conn.scalar(select(func.count()).select_from(reservation))) == 0


def test_a_grant_becomes_one_row_an_item_and_one_a_serial() -> None:
    head = OrderHead(1, "o1", OWNER, "web", "later")
    named = Grant(Want(1, "S", 2), own=2, serials=("s1", "s2"))
    rows = orders.claim_rows(head, [named, Grant(Want(2, "A", 3), own=0)])
    assert [(row["item"], row["serial"], row["qty"]) for row in rows] == [("S", "s1", 1), ("S", "s2", 1)]


def test_an_order_is_shipped_or_cancelled_once_nothing_is_open(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 1})
    shop.order({"A": 2})
    shop.ship("o1")
    assert shop.shown("o1")["state"] == "open"
    shop.cancel("o1")
    assert shop.shown("o1")["state"] == "shipped"
    shop.order({"A": 2})
    shop.cancel("o2")
    assert shop.shown("o2")["state"] == "cancelled"
