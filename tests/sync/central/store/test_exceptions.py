"""One case for one key, however often it is found; found again after it was resolved it opens again."""

from __future__ import annotations

from dataclasses import replace

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


def test_a_case_found_anew_says_what_is_so_now_and_keeps_when_it_began(shop: Shop) -> None:
    shop.items("A")
    shop.act(lambda act: open_case(act.conn, CASE, act.posted_at))
    before = shop.ask(lambda conn: conn.execute(select(exception)).one())
    shop.clock.pass_by(hours=2)
    now = replace(CASE, fix="Count both places.", qty=9, owner_role="admin")
    shop.act(lambda act: open_case(act.conn, now, act.posted_at))
    row = shop.ask(lambda conn: conn.execute(select(exception)).one())
    assert (row.fix, row.money_minor, row.owner_role) == ("Count both places.", 2250, "admin")
    assert row.opened_at == before.opened_at
