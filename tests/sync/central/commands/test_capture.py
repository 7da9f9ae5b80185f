"""Capture is reservation: in one act, line by line, and only of what is there."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.refusal import Refused
from sync.central.rules.outcomes import Conflict
from tests.sync.central.shop import Shop


def lines(answer: dict[str, Any]) -> list[tuple[int, int, int]]:
    return [(line["reserved"], line["shipped"], line["backordered"]) for line in answer["lines"]]


def test_what_can_be_promised_is_reserved(shop: Shop) -> None:
    shop.items("A", "B")
    shop.receive({"A": 3})
    answer = shop.order({"A": 2, "B": 1})
    assert answer["state"] == "open"
    assert lines(answer) == [(2, 0, 0), (0, 0, 1)]
    assert shop.atp("A") == 1


def test_an_order_that_ships_what_is_there_is_shipped_in_the_same_act(shop: Shop) -> None:
    shop.items("A", "B")
    shop.receive({"A": 3})
    answer = shop.order({"A": 2, "B": 1}, ship="available")
    assert lines(answer) == [(0, 2, 0), (0, 0, 1)]
    assert shop.line("o1") == (0, 2, 0, 0)
    assert shop.order({"A": 1}, ship="available")["state"] == "shipped"


def test_two_lines_of_one_item_are_checked_together(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 5})
    both = [{"line": 1, "sku": "A", "qty": 4}, {"line": 2, "sku": "A", "qty": 4}]
    assert lines(shop.order(both)) == [(4, 0, 0), (1, 0, 3)]


def test_a_line_that_is_not_stock_reserves_nothing(shop: Shop) -> None:
    answer = shop.order([{"line": 1, "sku": None, "qty": 1, "description": "Postage"}])
    assert (answer["state"], lines(answer)) == ("shipped", [(0, 0, 0)])
    assert answer["lines"][0]["stock"] is False


def test_an_order_code_is_captured_once(shop: Shop) -> None:
    shop.items("A")
    shop.order({"A": 1}, order="same")
    with pytest.raises(Conflict) as no:
        shop.order({"A": 1}, order="same")
    assert no.value.code == "order.exists"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ([{"line": 1, "sku": "X", "qty": 1}], "item.unknown"),
        ([{"line": 1, "sku": "A", "qty": 1}, {"line": 1, "sku": "A", "qty": 1}], "order.lines"),
        ([{"line": 1, "sku": "A", "qty": 2, "serials": ["s1"]}], "order.serials"),
        ([{"line": 1, "sku": "A", "qty": 2, "serials": ["s1", "s1"]}], "order.serials"),
        ([{"line": 1, "sku": None, "qty": 1, "serials": ["s1"]}], "order.serials"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_kept(shop: Shop, asked: list[Any], code: str) -> None:
    shop.items("A")
    shop.receive({"A": 9})
    with pytest.raises(Refused) as no:
        shop.order(asked)
    assert no.value.code == code
    assert shop.atp("A") == 9


def test_one_serial_is_promised_once(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "serial"})
    shop.receive({"A": 2}, serials=["s1", "s2"])
    wanted = [{"line": 1, "sku": "A", "qty": 1, "serials": ["s1"]}]
    assert lines(shop.order(wanted)) == [(1, 0, 0)]
    assert lines(shop.order(wanted)) == [(0, 0, 1)]
    assert lines(shop.order({"A": 2}, ship="available")) == [(0, 1, 1)]
    shop.ship("o1")
    assert shop.line("o1") == (0, 1, 0, 0)
