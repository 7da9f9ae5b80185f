"""Every decision about an order is told, a declined order's too."""

from __future__ import annotations

import pytest

from sync.central.commands.capture import capture
from sync.central.commands.requests import Order
from sync.central.rules.outcomes import Declined, Missing
from sync.central.store.told import of_order
from tests.sync.central.shop import OWNER, PLACE, Shop, at


def test_decisions_come_in_order_with_their_documents(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 1})
    shop.order({"A": 1})
    shop.block("o1", "fraud")
    shop.unblock("o1")
    told = shop.ask(lambda conn: of_order(conn, "o1"))
    decisions = told["decisions"]
    assert isinstance(decisions, list)
    assert [entry["kind"] for entry in decisions] == ["captured", "blocked", "unblocked"]
    assert decisions[1]["document"]["block"] == "fraud"
    assert all(entry["why"] for entry in decisions)


def test_what_an_event_brought_about_is_told_with_the_event(shop: Shop) -> None:
    shop.items("A")
    shop.order({"A": 2})
    shop.receive({"A": 3})
    shop.count("A", -2)
    (filled,) = [said for said in shop.why("o1") if "received goods" in said]
    assert filled == (
        "What happened: sam at the centre received goods (document PO-1): "
        f"3 of A from a supplier to {PLACE} (sellable)."
    )
    assert any(said.startswith("What happened: sam at the centre corrected stock") for said in shop.why("o1"))


def test_a_declined_order_is_told_and_an_unknown_one_missing(shop: Shop) -> None:
    shop.items("A")
    lines = [{"line": 1, "sku": "A", "qty": 1}]
    asked = {"order": "o9", "owner": OWNER, "channel": "web", "at": at(3), "short": "refuse", "lines": lines}
    assert isinstance(shop.act(lambda act: capture(act, Order.model_validate(asked))), Declined)
    assert any("none of 1 of A" in said for said in shop.why("o9"))
    with pytest.raises(Missing):
        shop.why("o8")
