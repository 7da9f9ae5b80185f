"""At most one finding a line, the gravest; a finding refuses nothing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from sync.central.store.tables import exception, return_claim
from tests.sync.central.shop import Shop


def lines(answer: dict[str, Any]) -> list[tuple[int, int, str | None]]:
    return [(line["authorized"], line["blind"], line["finding"]) for line in answer["lines"]]


def test_lines_are_found_one_by_one(shop: Shop) -> None:
    shop.items("A", "B", "C")
    shop.receive({"A": 2, "B": 2})
    shop.order({"A": 2, "B": 2}, ship="available", customer="c-1")
    answer = shop.authorize({"A": 2, "B": 3, "C": 1}, customer="c-1")
    assert lines(answer) == [(2, 0, None), (2, 1, "return.over_return"), (0, 1, "return.orphan")]


def test_an_unusual_number_goes_before_a_missing_sale(shop: Shop) -> None:
    shop.items("A", "B")
    shop.order({"A": 5}, customer="c-1")
    assert lines(shop.authorize({"B": 9_360}, customer="c-1")) == [(0, 9_360, "return.unusual_qty")]
    (claim,) = shop.ask(lambda conn: conn.execute(select(return_claim)).all())
    assert (claim.qty, claim.why, claim.customer) == (9_360, "return.unusual_qty", "c-1")
    assert shop.cases() == []


def test_the_money_of_a_sale_without_a_price_is_what_its_item_is_worth(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 2})
    shop.order({"A": 2}, ship="available", customer="c-1", day=9)
    assert lines(shop.authorize({"A": 2}, customer="c-1", day=9)) == [(2, 0, "return.same_day")]
    assert shop.ask(lambda conn: conn.scalar(select(exception.c.money_minor))) == 500
