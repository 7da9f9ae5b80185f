"""The rule about returned units is that of their policy; without one it is the whole price."""

from __future__ import annotations

from app.domain.policy.refunds import FULL
from sync.central.store.refund_rules import rule_for
from tests.sync.central.shop import Shop


def test_a_return_or_policy_that_nobody_knows_is_judged_by_the_whole_price(shop: Shop) -> None:
    assert shop.ask(lambda conn: rule_for(conn, "R-9", 1, {})) == (FULL, "")
    shop.items("A")
    shop.receive({"A": 1})
    line = {"line": 1, "sku": "A", "qty": 1, "unit_minor": 500, "currency": "GBP"}
    shop.order([line], ship="available", customer="c-1")
    rma = str(shop.authorize({"A": 1}, customer="c-1")["rma"])
    assert shop.ask(lambda conn: rule_for(conn, rma, 1, {"sku": "A"}))[0] == FULL
