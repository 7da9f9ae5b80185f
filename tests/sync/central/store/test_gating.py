"""The gate of the money opens with the goods, and nothing that fails in it holds up a fact."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from sync.central.store import gating
from sync.central.store.tables import balance, refund
from tests.sync.central.shop import Shop
from tests.sync.central.store.test_refunds import sold


def codes(shop: Shop) -> list[str]:
    return list(shop.ask(lambda conn: conn.scalars(select(refund.c.code)).all()))


def test_a_disposition_on_a_line_opens_the_gate_and_a_blind_one_does_not(shop: Shop) -> None:
    rma = sold(shop, 1)
    shop.disposition("A")
    assert codes(shop) == []
    shop.disposition("A", rma=rma, line=1)
    assert codes(shop) == [f"{rma}.1"]


def test_another_item_on_the_line_opens_nothing(shop: Shop) -> None:
    rma = sold(shop, 1)
    shop.at_station("return.dispositioned", rma=rma, line=1, sku="B", qty=1, label="L", wrong_item=True)
    assert codes(shop) == []


def test_a_serial_that_the_order_was_not_sent_opens_nothing(shop: Shop) -> None:
    """A bench that knew nothing of the sale counts it for the line: the fact stands, the money waits."""
    shop.policy()
    shop.items({"sku": "S", "name": "S", "tracking": "serial", "value_minor": 250})
    line = {"line": 1, "sku": "S", "qty": 1, "unit_minor": 900, "currency": "GBP"}
    for serial, order in (("s1", "o-1"), ("s2", "o-2")):
        shop.receive({"S": 1}, serials=[serial])
        shop.order([line], ship="available", customer="c-1", order=order)
    rma = str(shop.authorize({"S": 1}, order="o-1")["rma"])
    other = shop.disposition("S", rma=rma, line=1, serial="s2")
    assert (shop.free("S"), codes(shop), shop.cases()) == (1, [], ["return.other_serial"])
    shop.at_station("return.undone", corrects=other, undoes="return.dispositioned")
    assert shop.cases() == []
    shop.disposition("S", rma=rma, line=1, serial="s1", label="L07-2-X")
    assert (codes(shop), shop.cases()) == ([f"{rma}.1"], [])


def test_where_not_every_serial_was_recorded_any_may_come(shop: Shop) -> None:
    shop.policy()
    shop.items({"sku": "S", "name": "S", "tracking": "serial", "value_minor": 250})
    shop.receive({"S": 1}, serials=["s1"])
    shop.receive({"S": 1})
    line = {"line": 1, "sku": "S", "qty": 2, "unit_minor": 900, "currency": "GBP"}
    shop.order([line], ship="available", customer="c-1", order="o-1")
    rma = str(shop.authorize({"S": 1}, order="o-1")["rma"])
    shop.disposition("S", rma=rma, line=1, serial="s9")
    assert (codes(shop), shop.cases()) == ([f"{rma}.1"], [])


def test_a_defect_in_it_leaves_the_goods_where_they_are_and_a_case(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    expect_log("no refund was decided")
    shop.policy()
    rma = sold(shop, 1)
    monkeypatch.setattr(gating, "open_for_units", broken)
    before = shop.atp("A")
    shop.disposition("A", rma=rma, line=1)
    assert (shop.atp("A"), codes(shop), shop.cases()) == (before + 1, [], ["refund.undecided"])
    assert shop.ask(lambda conn: conn.scalar(select(balance.c.qty).limit(1))) is not None
