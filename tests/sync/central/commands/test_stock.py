"""Goods that come in."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.refusal import Refused
from sync.central.commands.requests import Receipt
from sync.central.commands.stock import receive
from sync.central.store.shelves import inside
from tests.sync.central.shop import OWNER, PLACE, Shop, at

HERE = {"document": "D", "owner": OWNER, "location": PLACE, "at": at(1)}


def receipt(shop: Shop, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    numbered = [{"line": n} | line for n, line in enumerate(lines, 1)]
    asked = Receipt.model_validate(HERE | {"lines": numbered} | more)
    return shop.act(lambda act: receive(act, asked))


def accounts(shop: Shop, sku: str) -> list[tuple[str | None, str | None, int]]:
    found = shop.ask(lambda conn: inside(conn, OWNER, sku))
    return [(shelf.account.lot, shelf.account.serial, shelf.qty) for shelf in found]


def test_goods_are_sellable_at_once_with_lot_and_serials(shop: Shop) -> None:
    shop.items("A", "S")
    answer = receipt(
        shop, {"sku": "A", "qty": 4, "lot": "L1"}, {"sku": "S", "qty": 2, "serials": ["s1", "s2"]}
    )
    assert answer["lines"] == [{"line": 1, "sku": "A", "qty": 4}, {"line": 2, "sku": "S", "qty": 2}]
    assert accounts(shop, "A") == [("L1", None, 4)]
    assert accounts(shop, "S") == [(None, "s1", 1), (None, "s2", 1)]
    assert (shop.atp("A"), shop.atp("S")) == (4, 2)


@pytest.mark.parametrize(
    ("lines", "more", "code"),
    [
        ([{"sku": "X", "qty": 1}], {}, "item.unknown"),
        ([{"sku": "A", "qty": 1}], {"location": "nowhere"}, "location.unknown"),
        ([{"sku": "A", "qty": 2, "serials": ["s1"]}], {}, "receipt.serials"),
        ([{"sku": "A", "qty": 1}, {"sku": "A", "qty": 1, "line": 1}], {}, "lines.numbers"),
    ],
)
def test_a_receipt_that_cannot_be_is_refused(
    shop: Shop, lines: list[Any], more: dict[str, Any], code: str
) -> None:
    shop.items("A")
    with pytest.raises(Refused) as no:
        receipt(shop, *lines, **more)
    assert no.value.code == code
