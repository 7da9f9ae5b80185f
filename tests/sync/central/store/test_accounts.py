"""Accounts get a number once, and come back as they were."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.domain.account import Account, Status
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of, numbers
from sync.central.store.tables import account
from tests.sync.central.shop import Shop

PLAIN = Account("ACME", "K", "WH1", Status.SELLABLE)
UNIT = Account("ACME", "K", "BENCH", Status.QUARANTINED, "inspection", "lot", "s,1", 'L"7', "A")

part = st.none() | st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=5)


def test_an_account_keeps_its_number(shop: Shop) -> None:
    first = shop.act(lambda act: numbers(act.conn, [PLAIN, UNIT, PLAIN]))
    again = shop.act(lambda act: numbers(act.conn, [UNIT]))
    assert again[UNIT] == first[UNIT] != first[PLAIN]


def test_nothing_asked_is_nothing_made(shop: Shop) -> None:
    assert shop.act(lambda act: numbers(act.conn, [])) == {}
    assert shop.ask(lambda conn: conn.scalar(select(func.count()).select_from(account))) == 0


def test_an_account_comes_back_as_it_was(shop: Shop) -> None:
    shop.act(lambda act: numbers(act.conn, [PLAIN, UNIT]))
    rows = shop.ask(lambda conn: conn.execute(select(*ACCOUNT_COLUMNS).order_by(account.c.id)).all())
    assert [account_of(row) for row in rows] == [PLAIN, UNIT]


def test_parts_that_look_alike_when_joined_are_told_apart(shop: Shop) -> None:
    one = Account("ACME", "K", "WH1", Status.SELLABLE, lot='a","b')
    two = Account("ACME", "K", "WH1", Status.SELLABLE, lot="a", serial="b")
    assert len(set(shop.act(lambda act: numbers(act.conn, [one, two])).values())) == 2


@given(lot=part, serial=part, label=part, grade=part)
def test_any_parts_are_rebuilt(
    lot: str | None, serial: str | None, label: str | None, grade: str | None
) -> None:
    found = Account("ACME", "K", "WH1", Status.SELLABLE, None, lot, serial, label, grade)
    assert account_of(found.key) == found
