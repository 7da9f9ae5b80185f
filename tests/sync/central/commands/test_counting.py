"""Differences that counts find: of an item, of a lot, of each serial."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.refusal import Refused
from sync.central.commands.counting import adjust
from sync.central.commands.requests import Count
from sync.central.store.shelves import inside
from tests.sync.central.shop import OWNER, PLACE, Shop, at

HERE = {"document": "D", "owner": OWNER, "location": PLACE, "at": at(1)}
SERIAL = {"sku": "S", "name": "S", "tracking": "serial", "value_minor": 100}
LOT = {"sku": "L", "name": "L", "tracking": "lot", "value_minor": 100}


def accounts(shop: Shop, sku: str) -> list[tuple[str | None, str | None, int]]:
    found = shop.ask(lambda conn: inside(conn, OWNER, sku))
    return [(shelf.account.lot, shelf.account.serial, shelf.qty) for shelf in found]


def refused(shop: Shop, sku: str, difference: int, **more: Any) -> str:
    before = accounts(shop, sku)
    with pytest.raises(Refused) as no:
        shop.count(sku, difference, **more)
    assert accounts(shop, sku) == before
    return no.value.code


def test_a_count_moves_stock_in_and_out(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 5})
    shop.count("A", +2)
    assert shop.atp("A") == 7
    shop.count("A", -3)
    assert shop.atp("A") == 4
    assert shop.cases() == []


def test_more_missing_than_was_there_stands_as_less_than_nothing(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 2}, lot="L1")
    shop.count("A", -5)
    assert accounts(shop, "A") == [(None, None, -3)]
    assert shop.cases() == ["stock.negative"]


def test_only_the_counted_place_changes(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 2}, place="WH1-B")
    shop.receive({"A": 2})
    shop.count("A", -2)
    assert shop.count("A", 0)["lines"][0]["difference"] == 0
    found = shop.ask(lambda conn: inside(conn, OWNER, "A"))
    assert [(shelf.account.location, shelf.qty) for shelf in found] == [("WH1-B", 2)]


def test_a_count_of_an_unknown_place_is_refused(shop: Shop) -> None:
    shop.items("A")
    line = {"line": 1, "sku": "A", "difference": 1, "reason": "found"}
    asked = Count.model_validate(HERE | {"location": "nowhere", "lines": [line]})
    with pytest.raises(Refused):
        shop.act(lambda act: adjust(act, asked))


def test_each_serial_is_a_unit_and_a_difference_of_its_own(shop: Shop) -> None:
    shop.items(SERIAL)
    shop.receive({"S": 3}, serials=["s1", "s2", "s3"])
    answer = shop.count("S", -1, serial="s2")
    assert answer["lines"] == [{"line": 1, "sku": "S", "serial": "s2", "difference": -1, "reason": "missing"}]
    shop.count("S", 1, serial="s9")
    assert accounts(shop, "S") == [(None, "s1", 1), (None, "s3", 1), (None, "s9", 1)]
    assert shop.cases() == []


@pytest.mark.parametrize(
    ("difference", "more", "code"),
    [
        (-1, {}, "count.serial"),
        (1, {}, "count.serial"),
        (1, {"serial": ""}, "count.serial"),
        (-2, {"serial": "s1"}, "count.serial_units"),
        (1, {"serial": "s1"}, "count.serial_books"),
        (-1, {"serial": "s9"}, "count.serial_books"),
    ],
)
def test_a_unit_that_nobody_names_is_not_picked_nor_made(
    shop: Shop, difference: int, more: dict[str, Any], code: str
) -> None:
    shop.items(SERIAL)
    shop.receive({"S": 2}, serials=["s1", "s2"])
    assert refused(shop, "S", difference, **more) == code


def test_one_serial_stands_in_one_line(shop: Shop) -> None:
    shop.items(SERIAL)
    line = {"sku": "S", "difference": 1, "reason": "found", "serial": "s1"}
    asked = Count.model_validate(HERE | {"lines": [line | {"line": 1}, line | {"line": 2}]})
    with pytest.raises(Refused) as no:
        shop.act(lambda act: adjust(act, asked))
    assert no.value.code == "count.serial_units"


def test_units_that_the_books_have_without_a_serial_are_named_so(shop: Shop) -> None:
    shop.items(SERIAL)
    shop.receive({"S": 2})
    shop.receive({"S": 1}, serials=["s1"])
    shop.count("S", -1, serial="")
    assert accounts(shop, "S") == [(None, None, 1), (None, "s1", 1)]
    shop.count("S", -2, serial="")
    assert shop.cases() == ["stock.negative"]
    # What stands below zero is made good; nothing else is found without its serial.
    assert refused(shop, "S", 2, serial="") == "count.serial"
    shop.count("S", 1, serial="")
    assert (accounts(shop, "S"), shop.cases()) == ([(None, "s1", 1)], [])


def test_a_lot_is_counted_by_its_name(shop: Shop) -> None:
    shop.items(LOT)
    shop.receive({"L": 5}, lot="L1")
    shop.receive({"L": 5}, lot="L2")
    assert refused(shop, "L", -2) == "count.lot"
    shop.count("L", -2, lot="L2")
    shop.count("L", 1, lot="L3")
    shop.count("L", 1, lot="")
    assert accounts(shop, "L") == [("L1", None, 5), ("L2", None, 3), ("L3", None, 1), (None, None, 1)]


def test_nothing_differs_needs_no_name(shop: Shop) -> None:
    shop.items(SERIAL)
    shop.receive({"S": 1}, serials=["s1"])
    shop.count("S", 0)
    assert accounts(shop, "S") == [(None, "s1", 1)]
