"""What the centre records stands in the books at once, and the books of a year would too."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.account import Account, Status
from app.domain.event import EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.commands.books import BooksAsked, keep_books
from sync.central.commands.return_exits_asked import Reversal
from sync.central.commands.reversing import reverse
from sync.central.rules.outcomes import Missing
from sync.central.rules.refunds import RefundState
from sync.central.store.act import Act
from sync.central.store.journal_listing import Period, entries, exported, journal_page
from sync.central.store.refunds import find, step
from sync.central.store.tables import refund, sale_worth
from tests.beans import bean_check
from tests.books_recomputed import value_of_stock
from tests.sync.central.blind import came, matched, with_bench
from tests.sync.central.shop import OWNER, Shop, at, open_shop

PRICED = {"unit_minor": 1999, "currency": "GBP"}


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_shop(tmp_path, url) as found:
        found.items(
            "A", "B", {"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]}
        )
        yield found


def bench() -> Account:
    return Account(OWNER, "A", "BENCH-07", Status.RETURN_PENDING, label="L07-1-X")


def shelf(**more: str) -> Account:
    return Account(OWNER, "A", "R-03", Status.SELLABLE, **more)


def sums(shop: Shop) -> dict[str, int]:
    """What each account stands at."""
    found: dict[str, int] = {}
    for entry in shop.ask(lambda conn: list(entries(conn, Period(OWNER)))):
        for account, minor, _, _ in entry.lines:
            found[account] = found.get(account, 0) + minor
    return {account: minor for account, minor in found.items() if minor}


def bought(shop: Shop, sku: str, qty: int, cost: int) -> None:
    shop.receive({sku: qty}, cost_minor=cost)


def test_a_sale_and_its_return_are_booked_with_the_goods(shop: Shop) -> None:
    """Four at 10.00, sold with tax; one comes back, worth what it had cost though dearer ones came since."""
    bought(shop, "A", 4, 4000)
    shop.order(
        [{"line": 1, "sku": "A", "qty": 3, "tax_minor": 1000} | PRICED], ship="available", customer="c-1"
    )
    bought(shop, "A", 1, 5000)
    assert sums(shop) == {
        "Assets:Inventory": 6000,
        "Assets:Receivable": 6997,
        "Expenses:CostOfSales": 3000,
        "Income:Sales": -5997,
        "Liabilities:GoodsReceived": -9000,
        "Liabilities:SalesTax": -1000,
    }
    rma = shop.authorize({"A": 1}, customer="c-1")["rma"]
    done = shop.disposition("A", rma=rma, line=1)
    assert (sums(shop)["Assets:Inventory"], sums(shop)["Expenses:CostOfSales"]) == (7000, 2000)
    back = [
        Move(1, shelf(label="L07-1-X", grade="A"), bench(), MoveKind.UNDO),
        Move(1, bench(), Account(OWNER, "A", Virtual.CUSTOMER), MoveKind.UNDO),
    ]
    shop.at_station(EventKind.RETURN_UNDONE, back, corrects=done, undoes="x", reason="wrong")
    assert (sums(shop)["Assets:Inventory"], sums(shop)["Expenses:CostOfSales"]) == (6000, 3000)


def test_parts_of_a_line_that_leave_one_by_one_have_its_tax_to_the_cent(shop: Shop) -> None:
    bought(shop, "A", 3, 100)
    shop.order([{"line": 1, "sku": "A", "qty": 3, "tax_minor": 100} | PRICED])
    taxes = []
    for _ in range(3):
        before = sums(shop).get("Liabilities:SalesTax", 0)
        shop.ship("o1", lines=[{"line": 1, "qty": 1}])
        taxes.append(before - sums(shop)["Liabilities:SalesTax"])
    assert (taxes, sums(shop).get("Assets:Inventory")) == ([33, 34, 33], None)


def test_a_kit_that_is_put_together_costs_its_components(shop: Shop) -> None:
    bought(shop, "A", 2, 700)
    bought(shop, "B", 1, 300)
    shop.order([{"line": 1, "sku": "KIT", "qty": 1} | PRICED], ship="available")
    assert sums(shop)["Expenses:CostOfSales"] == 1000


def test_first_in_first_out_and_closed_days(shop: Shop) -> None:
    def keep(**asked: str) -> None:
        shop.act(lambda act: keep_books(act, BooksAsked.model_validate({"owner": OWNER} | asked)))

    keep(costing="fifo")
    bought(shop, "A", 2, 200)
    bought(shop, "A", 2, 600)
    shop.order({"A": 3}, ship="available")
    assert sums(shop)["Expenses:CostOfSales"] == 500
    keep(locked_until="2026-11-21")
    shop.disposition("A", 1)
    shop.clock.pass_by(days=2)
    last = shop.ask(lambda conn: list(entries(conn, Period(OWNER))))[-1]
    assert (last.occurred_on, last.posted_on) == ("2026-11-22", "2026-11-22")
    keep(locked_until="2026-11-23")
    shop.receive({"A": 1})
    late = shop.ask(lambda conn: list(entries(conn, Period(OWNER))))[-1]
    assert (late.occurred_on, late.posted_on) == ("2026-11-24", "2026-11-24")


def test_pages_follow_each_other_and_narrow_to_days(shop: Shop) -> None:
    for qty in (1, 2, 3):
        bought(shop, "A", qty, 100)
    first: Any = shop.ask(lambda conn: journal_page(conn, Period(OWNER), None, 2))
    rest: Any = shop.ask(lambda conn: journal_page(conn, Period(OWNER), first["next"], 2))
    assert [entry["lines"][0]["qty"] for entry in first["entries"] + rest["entries"]] == [1, 2, 3]
    assert rest["next"] is None
    assert first["entries"][0]["kind"] == "goods.received"
    none = shop.ask(lambda conn: list(entries(conn, Period(OWNER, last="2026-01-01"))))
    other = shop.ask(lambda conn: list(entries(conn, Period("BOLT"))))
    assert (none, other) == ([], [])


def test_another_program_accepts_the_journal(shop: Shop, tmp_path: Path) -> None:
    bought(shop, "A", 5, 1234)
    bought(shop, "B", 3, 999)
    shop.order(
        [{"line": 1, "sku": "A", "qty": 2, "tax_minor": 333} | PRICED], order='o "9"\\', ship="available"
    )
    shop.count("B", -1)
    today = shop.now().date()
    text = "".join(shop.ask(lambda conn: list(exported(conn, Period(OWNER), "beancount", today))))
    file = tmp_path / "acme.beancount"
    file.write_text(text, encoding="utf-8")
    assert bean_check(file) == ""
    file.write_text(text.replace("12.34 GBP", "12.35 GBP", 1), encoding="utf-8")
    assert "does not balance" in bean_check(file)
    rows = "".join(shop.ask(lambda conn: list(exported(conn, Period(OWNER), "csv", today)))).splitlines()
    assert rows[0].startswith("entry,event,owner,occurred_on")
    cells = list(csv.DictReader(rows))
    debit, credit = (sum(Decimal(row[side] or 0) for row in cells) for side in ("debit", "credit"))
    assert debit == credit > 0


def test_a_refund_counts_for_an_open_day_too(shop: Shop) -> None:
    bought(shop, "A", 2, 500)
    shop.order([{"line": 1, "sku": "A", "qty": 1} | PRICED], ship="available", customer="c-1")
    rma = shop.authorize({"A": 1}, customer="c-1")["rma"]
    shop.disposition("A", rma=rma, line=1)
    shop.clock.pass_by(days=3)
    asked = BooksAsked.model_validate({"owner": OWNER, "locked_until": "2026-11-24"})
    shop.act(lambda act: keep_books(act, asked))
    code = shop.ask(lambda conn: conn.scalar(select(refund.c.code)))

    def late(act: Act) -> None:
        earlier = replace(act, occurred_at=act.occurred_at - timedelta(days=2))
        step(earlier, find(act.conn, str(code)), RefundState.POSTED)

    shop.act(late)
    last = shop.ask(lambda conn: list(entries(conn, Period(OWNER))))[-1]
    assert (last.kind, last.occurred_on, last.posted_on) == ("refund.posted", "2026-11-23", "2026-11-25")


def test_a_body_that_nobody_can_read_keeps_nothing_out_of_the_books(shop: Shop) -> None:
    bought(shop, "A", 2, 500)
    with shop.together():
        shop.disposition("A")
        shop.at_station("return.strange", [], lines=[{"cost_minor": 5}], label="x")
    assert shop.audit().holds or {v.law for v in shop.audit().violations} == {"facts"}


def test_an_entry_is_taken_back_once(shop: Shop) -> None:
    bought(shop, "A", 2, 500)
    shop.order([{"line": 1, "sku": "A", "qty": 1} | PRICED], ship="available", customer="c-1")
    rma = shop.authorize({"A": 1}, customer="c-1")["rma"]
    done = shop.disposition("A", rma=rma, line=1)
    back = [
        Move(1, shelf(label="L07-1-X", grade="A"), bench(), MoveKind.UNDO),
        Move(1, bench(), Account(OWNER, "A", Virtual.CUSTOMER), MoveKind.UNDO),
    ]
    for _ in range(2):
        shop.at_station(EventKind.RETURN_UNDONE, back, corrects=done, undoes="x", reason="wrong")
    found = shop.ask(lambda conn: conn.execute(select(sale_worth.c.back, sale_worth.c.back_cost)).one())
    assert tuple(found) == (0, 0)


def _first_dear(shop: Shop) -> str:
    """A unit of A at 10.00 is sold, one at 50.00 stands; a blind one came back at 50.00."""
    with_bench(shop)
    bought(shop, "A", 1, 1000)
    shop.order({"A": 1}, ship="available", customer="c-1", order="o-1")
    bought(shop, "A", 1, 5000)
    event_id = came(shop, "H07-1-X")
    assert (sums(shop)["Assets:Inventory"], sums(shop)["Expenses:CostOfSales"]) == (10_000, -4000)
    return event_id


def test_a_blind_unit_is_worth_what_its_sale_had_cost_until_its_match_is_reversed(shop: Shop) -> None:
    _first_dear(shop)
    answer = matched(shop, "H07-1-X", order="o-1")
    assert (sums(shop)["Assets:Inventory"], sums(shop).get("Expenses:CostOfSales")) == (6000, None)
    assert shop.ask(lambda conn: conn.execute(select(sale_worth)).one()).back == 1
    shop.prove()
    assert shop.ask(value_of_stock) == (2, 6000)
    asked = Reversal.model_validate({"event_id": answer["event_id"], "reason": "wrong", "at": at(12)})
    shop.act(lambda act: reverse(act, answer["rma"], asked))
    assert (sums(shop)["Assets:Inventory"], sums(shop)["Expenses:CostOfSales"]) == (10_000, -4000)
    assert shop.ask(lambda conn: conn.execute(select(sale_worth)).one()).back == 0
    assert shop.ask(value_of_stock) == (2, 10_000)


def test_a_bench_that_takes_a_matched_unit_back_takes_its_sale_back_too(shop: Shop) -> None:
    blind = _first_dear(shop)
    match = matched(shop, "H07-1-X", order="o-1")
    held = Account(OWNER, "A", "R-03", Status.QUARANTINED, label="H07-1-X", grade="A", reason="blind_return")
    back = [
        Move(1, held, Account(OWNER, "A", "BENCH-07", Status.RETURN_PENDING, label="H07-1-X"), MoveKind.UNDO),
        Move(
            1,
            Account(OWNER, "A", "BENCH-07", Status.RETURN_PENDING, label="H07-1-X"),
            Account(OWNER, "A", Virtual.CUSTOMER),
            MoveKind.UNDO,
        ),
    ]
    shop.at_station(EventKind.RETURN_UNDONE, back, corrects=blind, undoes="x", reason="wrong")
    assert (sums(shop)["Assets:Inventory"], sums(shop)["Expenses:CostOfSales"]) == (5000, 1000)
    assert shop.ask(lambda conn: conn.execute(select(sale_worth)).one()).back == 0
    # The match went with it, so that it cannot be reversed afterwards as well.
    asked = Reversal.model_validate({"event_id": match["event_id"], "reason": "wrong", "at": at(12)})
    with pytest.raises(Missing):
        shop.act(lambda act: reverse(act, match["rma"], asked))
    assert (sums(shop)["Assets:Inventory"], sums(shop)["Expenses:CostOfSales"]) == (5000, 1000)
