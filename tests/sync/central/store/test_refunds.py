"""Refunds are opened sale by sale, follow what the window of their line offers, and keep every step."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from app.domain.policy.refunds import FULL
from sync.central.rules.outcomes import Conflict, Missing
from sync.central.rules.refunds import RefundState
from sync.central.store.act import Act
from sync.central.store.refund_listing import document
from sync.central.store.refunds import Opening, find, open_for_units, step
from tests.sync.central.shop import Shop


def sold(shop: Shop, *units: int) -> str:
    shop.items("A")
    shop.receive({"A": 9})
    for day, qty in enumerate(units, 3):
        line = {"line": 1, "sku": "A", "qty": qty, "unit_minor": 500 * day, "currency": "GBP"}
        shop.order([line], ship="available", customer="c-1", day=day)
    return str(shop.authorize({"A": sum(units)}, customer="c-1")["rma"])


def opened(shop: Shop, rma: str, units: int) -> list[Any]:
    def do(act: Act) -> list[str]:
        return open_for_units(act, Opening(rma, 1, "e-1", FULL, "1"), units)

    return [shop.ask(partial(document, code=code)) for code in shop.act(do)]


def test_units_of_several_sales_have_a_refund_each_at_their_own_price(shop: Shop) -> None:
    rma = sold(shop, 2, 1)
    found = opened(shop, rma, 3)
    assert [(entry["qty"], entry["net"]) for entry in found] == [(2, 3000), (1, 2000)]
    assert opened(shop, rma, 1) == []


def test_every_step_is_kept_with_who_took_it(shop: Shop) -> None:
    rma = sold(shop, 1)
    (found,) = opened(shop, rma, 1)
    shop.act(lambda act: step(act, find(act.conn, found["refund"]), RefundState.POSTED, "fine"), "lee")
    shown: Any = shop.ask(lambda conn: document(conn, found["refund"]))
    assert [(n["state"], n["by"], n["note"]) for n in shown["steps"]] == [
        ("due", "sam", FULL.name),
        ("posted", "lee", "fine"),
    ]
    assert shown["steps"][1]["event"] is not None
    with pytest.raises(Conflict):
        shop.act(lambda act: step(act, find(act.conn, found["refund"]), RefundState.WITHDRAWN))
    with pytest.raises(Missing):
        shop.ask(lambda conn: document(conn, "R-9.9"))
