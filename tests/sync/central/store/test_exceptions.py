"""One case for one key, however often it is found; found again after it was resolved it opens again."""

from __future__ import annotations

from sqlalchemy import select

from sync.central.commands.exceptions import resolve
from sync.central.commands.requests import Resolution
from sync.central.store.exceptions import Case, open_case
from sync.central.store.tables import exception
from tests.sync.central.shop import Shop

CASE = Case("k", "some.type", "sku:A", "planner", "Count it.", sku="A", qty=3)


def test_a_case_is_opened_once_with_the_money_at_risk(shop: Shop) -> None:
    shop.items("A")
    for _ in range(3):
        shop.act(lambda act: open_case(act.conn, CASE, act.posted_at))
    row = shop.ask(lambda conn: conn.execute(select(exception)).one())
    assert (row.money_minor, row.currency, row.owner_role, row.state) == (750, "GBP", "planner", "open")


def test_a_case_about_an_unknown_item_has_no_price(shop: Shop) -> None:
    shop.act(lambda act: open_case(act.conn, CASE, act.posted_at))
    assert shop.ask(lambda conn: conn.scalar(select(exception.c.money_minor))) is None


def test_a_resolved_case_opens_again_when_it_is_found_again(shop: Shop) -> None:
    shop.act(lambda act: open_case(act.conn, CASE, act.posted_at))
    shop.act(lambda act: resolve(act, 1, Resolution(note="counted")))
    assert shop.cases() == []
    shop.act(lambda act: open_case(act.conn, CASE, act.posted_at))
    assert shop.cases() == ["some.type"]
    assert shop.ask(lambda conn: conn.execute(select(exception)).one()).resolution is None
