"""The rule about returned units is that of their policy, within what their window offers."""

from __future__ import annotations

import pytest

from app.domain.policy.refunds import FULL, Method
from sync.central.store.refund_rules import as_offered, rule_for
from tests.sync.central.shop import Shop


@pytest.mark.parametrize(
    ("offers", "percent", "method"),
    [
        ([], 100, Method.ORIGINAL),
        (["refund"], 100, Method.ORIGINAL),
        (["refund", "store_credit"], 100, Method.STORE_CREDIT),
        (["refuse"], 0, Method.ORIGINAL),
    ],
)
def test_what_the_window_offers_counts(offers: list[str], percent: int, method: Method) -> None:
    line = {"line": 1, "offers": [{"offer": offer} for offer in offers]}
    found = as_offered(FULL, line)
    assert (found.percent, found.method) == (percent, method)


def test_a_return_or_policy_that_nobody_knows_is_judged_by_the_whole_price(shop: Shop) -> None:
    assert shop.ask(lambda conn: rule_for(conn, "R-9", 1, {})) == (FULL, "")
    shop.items("A")
    shop.receive({"A": 1})
    line = {"line": 1, "sku": "A", "qty": 1, "unit_minor": 500, "currency": "GBP"}
    shop.order([line], ship="available", customer="c-1")
    rma = str(shop.authorize({"A": 1}, customer="c-1")["rma"])
    assert shop.ask(lambda conn: rule_for(conn, rma, 1, {"sku": "A"}))[0] == FULL
