"""A decline does nothing but say why, and keeps that for whoever asks later."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select

from sync.central.store.decisions import about
from sync.central.store.tables import basket, customer_order, event, order_line, reservation
from tests.sync.central.shop import Shop

KIT = {"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]}
_KEPT = (event, customer_order, order_line, reservation, basket)


def counts(conn: Connection) -> list[Any]:
    return [conn.scalar(select(func.count()).select_from(table)) for table in _KEPT]


def test_an_order_that_is_declined_leaves_a_decision_and_nothing_else(shop: Shop) -> None:
    shop.items("A", "B")
    shop.receive({"A": 5, "B": 1})
    shop.order({"A": 3})
    shop.hold({"A": 1}, hold="H-1")
    before = shop.ask(counts)
    no = shop.declined({"B": 1, "A": 4})
    assert (no.code, no.more["subject"]) == ("order.not_available", "order:o2")
    assert no.read == "Not available: asked for 4 of A (1 available)."
    assert (shop.ask(counts), shop.atp("A"), shop.atp("B")) == (before, 1, 1)
    (decision,) = shop.ask(lambda conn: about(conn, "order:o2"))
    assert decision["kind"] == "refused"
    assert decision["document"]["held_by"] == [
        {"document": "order:o1", "line": 1, "sku": "A", "qty": 3, "claim": "hard"},
        {"document": "hold:H-1", "line": 1, "sku": "A", "qty": 1, "claim": "basket"},
    ]
    proof = "Of A there were 5 sellable, of which 3 reserved, 1 in baskets, leaving 1."
    assert no.more["why"] == [
        "Line 1: all 1 of B could have been promised. Of B there were 1 sellable.",
        f"Line 2: 1 of 4 of A could have been promised. {proof}",
        "It was not to wait for more, so nothing was claimed for it.",
        "3 of A are claimed by order o1 (line 1).",
        "1 of A are claimed by basket H-1 (line 1).",
    ]


def test_a_kit_that_is_declined_shows_its_components(shop: Shop) -> None:
    shop.items("A", "B", KIT)
    shop.receive({"A": 3, "B": 9})
    no = shop.declined({"KIT": 2})
    (decision,) = shop.ask(lambda conn: about(conn, "order:o1"))
    (line,) = decision["document"]["lines"]
    assert (line["granted"], sorted(line["pools"])) == (1, ["A", "B", "KIT"])
    assert "2 of KIT (1 available)" in no.read


def test_an_order_that_can_be_met_is_not_declined(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 5})
    assert shop.order({"A": 5}, short="refuse")["lines"][0]["reserved"] == 5


def test_a_basket_that_is_declined_claims_nothing(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 2})
    before = shop.ask(counts)
    no = shop.hold({"A": 3}, hold="H-X")
    assert (no.code, no.more["subject"]) == ("hold.not_available", "hold:H-X")
    assert (shop.ask(counts), shop.atp("A")) == (before, 2)
    assert len(shop.ask(lambda conn: about(conn, "hold:H-X"))) == 1


def test_a_shopper_s_own_basket_is_told_as_such(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 5})
    shop.hold({"A": 1}, hold="H-1")
    shop.hold({"A": 2}, hold="H-2")
    no = shop.declined({"A": 5}, hold="H-2")
    proof = "Of A there were 5 sellable, of which 1 in baskets, leaving 4."
    assert no.more["why"] == [
        f"Line 1: 4 of 5 of A could have been promised. {proof}",
        "It was not to wait for more, so nothing was claimed for it.",
        "1 of A are claimed by basket H-1 (line 1).",
        "2 of A were free to it because they are in its own basket H-2.",
    ]
