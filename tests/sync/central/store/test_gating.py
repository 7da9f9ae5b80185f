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
