"""Everything can be read to its end, page by page, without a gap or a repetition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection

from app.domain.refusal import Refused
from sync.central.rules.outcomes import Missing
from sync.central.store import listing
from tests.sync.central.shop import OWNER, Shop

Ask = Callable[[Connection, str | None, int], dict[str, Any]]


def read_all(shop: Shop, name: str, ask: Ask) -> list[Any]:
    """Every entry, two a page."""
    found: list[Any] = []
    cursor: str | None = None
    while True:
        page = shop.ask(lambda conn, cursor=cursor: ask(conn, cursor, 2))  # type: ignore[misc]  # bound now
        assert len(page[name]) <= 2
        found += page[name]
        cursor = page["next"]
        if cursor is None:
            return found


def test_items_by_sku(shop: Shop) -> None:
    shop.items("C", "A", "B", "E", "D")
    assert [item["sku"] for item in read_all(shop, "items", listing.items)] == list("ABCDE")
    assert shop.ask(lambda conn: listing.one_item(conn, "C"))["name"] == "Item C"
    with pytest.raises(Missing):
        shop.ask(lambda conn: listing.one_item(conn, "X"))


def test_locations_by_code(shop: Shop) -> None:
    shop.items("A")
    found: Any = shop.ask(listing.locations)["locations"]
    assert [place["code"] for place in found] == ["WH1-A", "WH1-B"]


def test_orders_by_state_with_their_lines(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 2})
    for _ in range(5):
        shop.order({"A": 1}, ship="available")

    def of(state: str | None) -> list[str]:
        pages = read_all(shop, "orders", lambda conn, c, n: listing.order_page(conn, state, c, n))
        return [f"{order['order']}:{len(order['lines'])}" for order in pages]

    assert of(None) == ["o1:1", "o2:1", "o3:1", "o4:1", "o5:1"]
    assert of("shipped") == ["o1:1", "o2:1"]
    assert of("open") == ["o3:1", "o4:1", "o5:1"]


def test_moves_prove_a_balance(shop: Shop) -> None:
    shop.items("A", "B")
    shop.receive({"A": 3, "B": 9})
    shop.order({"A": 2, "B": 1}, ship="available")
    shop.count("A", -1)
    moves = read_all(shop, "moves", lambda conn, c, n: listing.moves(conn, "A", None, c, n))
    assert [(move["event_kind"], move["qty"]) for move in moves] == [
        ("goods.received", 3),
        ("order.shipped", 2),
        ("stock.adjusted", 1),
    ]
    assert shop.ask(lambda conn: listing.moves(conn, "A", OWNER, None, 9))["moves"] == moves
    assert shop.ask(lambda conn: listing.moves(conn, "A", "another", None, 9))["moves"] == []


@pytest.mark.parametrize("cursor", ["x", "-1", "1-x", "²"])
def test_a_cursor_nobody_gave_is_refused(shop: Shop, cursor: str) -> None:
    with pytest.raises(Refused):
        shop.ask(lambda conn: listing.moves(conn, "A", None, cursor, 9))
