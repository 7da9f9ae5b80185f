"""What is reserved leaves in one shipment, out of its claims."""

from __future__ import annotations

import pytest

from sync.central.rules.outcomes import Conflict
from sync.central.store import orders
from sync.central.store.act import Act
from sync.central.store.leaving import claimed, leave, ship_reserved
from tests.sync.central.shop import Shop


def test_some_of_what_is_reserved_leaves_and_the_rest_stays_reserved(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 3})
    shop.order({"A": 3}, order="o")

    def go(act: Act) -> None:
        head = orders.head_of(orders.find(act.conn, "o"))
        leave(act, head, claimed(act, head), {1: 2})

    shop.act(go)
    assert shop.line("o") == (1, 2, 0, 0)
    assert shop.claims() == [("order:o", "A", 1)]


def test_only_an_order_that_ships_as_stock_comes_leaves_by_itself(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 2})
    shop.order({"A": 1}, order="later")
    assert not shop.act(lambda act: ship_reserved(act, "later"))

    def as_it_comes(act: Act) -> bool:
        row = orders.find(act.conn, "later")
        orders.change(act.conn, row.id, ship="available")
        return ship_reserved(act, "later")

    assert shop.act(as_it_comes)
    assert shop.shown("later")["state"] == "shipped"
    assert not shop.act(lambda act: ship_reserved(act, "later"))


def test_a_blocked_order_does_not_leave(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 1})
    shop.order({"A": 1}, order="o")
    shop.block("o", "fraud")

    def try_it(act: Act) -> bool:
        row = orders.find(act.conn, "o")
        orders.change(act.conn, row.id, ship="available")
        return ship_reserved(act, "o")

    with pytest.raises(Conflict, match="blocked"):
        shop.act(try_it)
