"""A return is taken in however late; what is offered for it is what the order's own policy says."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.returns import LineOffer, Rma
from sync.central.commands.catalogue import publish_policy
from sync.central.store.return_sheets import document
from tests.app.domain.policy.test_reader import SHIPPED
from tests.sync.central.shop import Shop

EARLY = SHIPPED.replace('days = 30\nafter = "store_credit"', 'days = 3\nafter = "refuse"')


@pytest.fixture
def sold(shop: Shop) -> Shop:
    """A shop under the shipped policy that sold and shipped three on day 3."""
    shop.items("A", {"sku": "FOOD", "name": "Food", "category": "consumables"})
    shop.receive({"A": 9, "FOOD": 9})
    shop.act(lambda act: publish_policy(act, SHIPPED))
    shop.order({"A": 3, "FOOD": 3}, ship="available", customer="c-1", day=3)
    return shop


def kept(shop: Shop, answer: Any) -> Rma:
    found: Any = shop.ask(lambda conn: document(conn, answer["rma"]))
    return Rma.from_json(found)


def test_in_time_the_money_is_offered(sold: Shop) -> None:
    answer = sold.authorize({"A": 2}, customer="c-1", day=9)
    (line,) = answer["lines"]
    (match,) = line["matches"]
    assert (line["within_window"], match["within_window"], match["offer"]) == (True, True, "refund")
    assert match["until"] == "2026-02-02"
    record = kept(sold, answer).lines[0]
    assert record.within_window is True
    assert record.offers == (LineOffer(2, True, "refund", match["policy_ver"]),)


def test_late_it_is_authorized_all_the_same(sold: Shop) -> None:
    answer = sold.authorize({"A": 1, "FOOD": 1}, customer="c-1", day=20)
    plain, food = answer["lines"]
    assert (plain["authorized"], plain["within_window"]) == (1, True)
    assert (food["authorized"], food["within_window"]) == (1, False)
    assert food["matches"][0]["offer"] == "store_credit"
    record = kept(sold, answer)
    assert [line.within_window for line in record.lines] == [True, False]


def test_the_policy_of_the_order_decides_and_not_todays(sold: Shop) -> None:
    version = kept(sold, sold.authorize({"A": 1}, customer="c-1", day=9)).policy_ver
    sold.clock.pass_by(days=1)
    sold.act(lambda act: publish_policy(act, EARLY.replace(str(version), "2027.1")))
    answer = sold.authorize({"A": 1}, customer="c-1", day=9)
    assert answer["lines"][0]["matches"][0]["policy_ver"] == version
    assert answer["lines"][0]["within_window"] is True
    assert kept(sold, answer).policy_ver == "2027.1"


def test_units_of_two_orders_are_offered_each_its_own(sold: Shop) -> None:
    sold.order({"FOOD": 1}, ship="available", customer="c-1", day=15)
    answer = sold.authorize({"FOOD": 3}, customer="c-1", day=20)
    (line,) = answer["lines"]
    assert [(entry["qty"], entry["offer"]) for entry in line["matches"]] == [
        (1, "refund"),
        (2, "store_credit"),
    ]
    assert line["within_window"] is False
    assert [offer.qty for offer in kept(sold, answer).lines[0].offers] == [1, 2]


def test_nothing_is_said_of_units_that_nobody_sold_or_without_a_policy(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 1})
    shop.order({"A": 1}, ship="available", customer="c-1", day=3)
    answer = shop.authorize({"A": 2}, customer="c-1")
    (line,) = answer["lines"]
    assert (line["authorized"], line["blind"], line["within_window"]) == (1, 1, None)
    assert line["matches"][0]["offer"] is None
    record = kept(shop, answer).lines[0]
    assert (record.within_window, record.offers) == (None, ())
    assert "offers" not in record.to_json()
