"""What the program failed to book, or whose entry was lost, is booked late as it would have been."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from app.domain.account import Account, Status
from app.domain.event import EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.repairs.worths import wrong_worths
from sync.central.store import booking, posting, posting_cases
from sync.central.store.act import Act
from sync.central.store.exceptions import close_cases
from sync.central.store.journal_listing import Period, entries
from sync.central.store.tables import event, exception, journal_entry, journal_line, sale_worth
from sync.central.store.unbooked import book_late, unbooked
from tests.books_recomputed import value_of_stock
from tests.sync.central.approving import PRICE, desk_in
from tests.sync.central.blind import came, matched, with_bench
from tests.sync.central.exchanging import ADVANCE, open_exchanging
from tests.sync.central.outward import open_outward
from tests.sync.central.shop import OWNER, Shop, open_shop
from tests.sync.central.working import Workshop, open_workshop

PRICED = {"line": 1, "sku": "A", "unit_minor": 1999, "tax_minor": 100, "currency": "GBP"}


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_shop(tmp_path, url) as found:
        found.items("A", "B")
        with_bench(found)
        yield found


class Broken:
    """While it is on, no event can be booked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.on = False
        real = booking.book

        def book(*args: Any, **named: Any) -> Any:
            if self.on:
                raise ArithmeticError("planted")
            return real(*args, **named)

        monkeypatch.setattr(posting, "book", book)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]) -> Broken:
    expect_log("are not in the books")
    return Broken(monkeypatch)


def sums(shop: Shop) -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in shop.ask(lambda conn: list(entries(conn, Period(OWNER)))):
        for account, minor, _, _ in entry.lines:
            found[account] = found.get(account, 0) + minor
    return {account: minor for account, minor in found.items() if minor}


def late(shop: Shop) -> list[str]:
    """Books what is missing, though a bench of this shop seals nothing, so that a repair would doubt it."""
    with shop.database.write() as conn:
        missing = unbooked(conn)
        for one in missing:
            book_late(conn, one)
            close_cases(conn, [posting_cases.unbooked_key(one.event_id)], shop.clock.now(), "booked")
    return [one.kind for one in missing]


def lose(shop: Shop, kind: str) -> None:
    """The entry of the only event of a kind is gone."""
    lost = select(event.c.id).where(event.c.kind == str(kind)).scalar_subquery()
    with shop.database.write() as conn:
        conn.execute(delete(journal_line).where(journal_line.c.event == lost))
        conn.execute(delete(journal_entry).where(journal_entry.c.event == lost))


def kinds(shop: Shop) -> list[str]:
    return [missing.kind for missing in shop.ask(unbooked)]


def test_what_failed_is_named_by_the_audit_and_booked_by_the_repair_in_order(
    shop: Shop, broken: Broken
) -> None:
    """One of two at 10.00 is sold with tax and comes back, one comes at 40.00: neither was booked."""
    shop.receive({"A": 2}, cost_minor=2000)
    shop.order([{**PRICED, "qty": 1}], ship="available", customer="c-1")
    broken.on = True
    shop.receive({"A": 1}, cost_minor=4000)
    rma = shop.authorize({"A": 1}, customer="c-1")["rma"]
    shop.disposition("A", rma=rma, line=1)
    broken.on = False
    assert shop.cases() == ["books.failed"] * 2
    assert sums(shop)["Assets:Inventory"] == 1000
    named = {v.subject for v in shop.audit().violations if v.law == "books"}
    assert len({subject for subject in named if subject.startswith("event ")}) == 2
    assert late(shop) == ["goods.received", "return.dispositioned"]
    assert shop.cases() == []
    assert sums(shop) == {
        "Assets:Inventory": 6000,
        "Assets:Receivable": 2099,
        "Income:Sales": -1999,
        "Liabilities:SalesTax": -100,
        "Liabilities:GoodsReceived": -6000,
    }
    assert shop.ask(value_of_stock) == (3, 6000)
    assert kinds(shop) == []


def test_a_line_s_units_keep_the_sales_they_would_have_had(shop: Shop, broken: Broken) -> None:
    """Sales at 10.00 and 30.00; of three units that come back the second was not booked in its time."""
    shop.receive({"A": 2}, cost_minor=2000)
    shop.order({"A": 2}, ship="available", customer="c-1", day=3)
    shop.receive({"A": 1}, cost_minor=3000)
    shop.order({"A": 1}, ship="available", customer="c-1", day=4)
    rma = shop.authorize({"A": 3}, customer="c-1")["rma"]
    for number in (1, 2, 3):
        broken.on = number == 2
        shop.disposition("A", rma=rma, line=1, label=f"L07-{number}-X")
    broken.on = False
    assert kinds(shop) == [EventKind.RETURN_DISPOSITIONED]
    late(shop)
    assert sums(shop)["Assets:Inventory"] == 5000
    asked = select(sale_worth.c.back, sale_worth.c.back_cost).order_by(sale_worth.c.order)
    assert [tuple(row) for row in shop.ask(lambda conn: conn.execute(asked).all())] == [(2, 2000), (1, 3000)]


def test_a_unit_taken_back_since_comes_in_without_a_sale(shop: Shop, broken: Broken) -> None:
    shop.receive({"A": 1}, cost_minor=1000)
    shop.order({"A": 1}, ship="available", customer="c-1")
    rma = shop.authorize({"A": 1}, customer="c-1")["rma"]
    broken.on = True
    done = shop.disposition("A", rma=rma, line=1)
    broken.on = False
    bench = Account(OWNER, "A", "BENCH-07", Status.RETURN_PENDING, label="L07-1-X")
    shelf = Account(OWNER, "A", "R-03", Status.SELLABLE, label="L07-1-X", grade="A")
    back = [
        Move(1, shelf, bench, MoveKind.UNDO),
        Move(1, bench, Account(OWNER, "A", Virtual.CUSTOMER), MoveKind.UNDO),
    ]
    shop.at_station(EventKind.RETURN_UNDONE, back, corrects=done, undoes="x", reason="wrong")
    late(shop)
    assert shop.ask(lambda conn: conn.execute(select(sale_worth)).one()).back == 0
    assert sums(shop).get("Assets:Inventory") is None


def test_a_match_that_was_not_booked_is_made_good_with_the_unit(shop: Shop, broken: Broken) -> None:
    shop.receive({"A": 1}, cost_minor=1000)
    shop.order({"A": 1}, ship="available", customer="c-1", order="o-1")
    shop.receive({"A": 1}, cost_minor=5000)
    broken.on = True
    came(shop, "H07-1-X")
    matched(shop, "H07-1-X", order="o-1")
    broken.on = False
    assert kinds(shop) == [EventKind.RETURN_DISPOSITIONED, EventKind.RETURN_MATCHED]
    late(shop)
    assert sums(shop)["Assets:Inventory"] == 6000
    assert shop.ask(lambda conn: conn.execute(select(sale_worth)).one()).back == 1


@pytest.mark.parametrize("kind", [EventKind.ORDER_SHIPPED, EventKind.RETURN_DISPOSITIONED])
def test_an_entry_that_was_lost_is_made_anew_and_counts_once(shop: Shop, kind: str) -> None:
    shop.receive({"A": 2}, cost_minor=2000)
    shop.order([{**PRICED, "qty": 2}], ship="available", customer="c-1")
    rma = shop.authorize({"A": 1}, customer="c-1")["rma"]
    shop.disposition("A", rma=rma, line=1)
    before, sold = sums(shop), shop.ask(lambda conn: conn.execute(select(sale_worth)).one())
    lose(shop, kind)
    assert kinds(shop) == [kind]

    def as_the_journal_says(act: Act) -> None:
        for correction in wrong_worths(act.conn):
            correction.change(act)

    shop.act(as_the_journal_says)
    late(shop)
    assert sums(shop)["Income:Sales"] == before["Income:Sales"]
    after = shop.ask(lambda conn: conn.execute(select(sale_worth)).one())
    assert (after.qty, after.back, after.net, after.tax) == (sold.qty, sold.back, sold.net, sold.tax)


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    with open_workshop(tmp_path) as found:
        yield found


def test_what_work_cost_is_booked_late_and_so_is_its_being_taken_back(
    workshop: Workshop, broken: Broken
) -> None:
    """Work that used no parts moves no value across the boundary, and costs something all the same."""
    shop, code = workshop.shop, workshop.done(cost_minor=300)
    before = workshop.books()
    broken.on = True
    workshop.finish(code)
    broken.on = False
    assert kinds(shop) == [EventKind.UNIT_REFURBISHED]
    assert late(shop) == [EventKind.UNIT_REFURBISHED]
    assert workshop.books()["Liabilities:WorkDone"] < 0
    broken.on = True
    workshop.undo(code)
    broken.on = False
    assert late(shop) == [EventKind.RETURN_UNDONE]
    assert workshop.books() == before
    assert kinds(shop) == []


def test_work_that_was_taken_back_before_it_was_booked_costs_nothing(
    workshop: Workshop, broken: Broken
) -> None:
    shop, code = workshop.shop, workshop.done(cost_minor=300)
    before = workshop.books()
    broken.on = True
    workshop.finish(code)
    workshop.undo(code)
    broken.on = False
    with shop.database.write() as conn:
        keys = [row.key for row in conn.execute(select(exception.c.key))]
        close_cases(conn, keys, shop.clock.now(), "seen")
    assert (kinds(shop), workshop.books()) == ([], before)


def test_a_settlement_is_booked_late(tmp_path: Path, broken: Broken) -> None:
    with open_outward(tmp_path) as yard:
        yard.returned("A", "L-1")
        code = yard.leaves("liquidate", {"label": "L-1"})
        broken.on = True
        yard.settles(code, net_minor=70, fee_minor=20)
        broken.on = False
        assert late(yard.shop) == [EventKind.CONSIGNMENT_SETTLED]
        assert sums(yard.shop)["Assets:Receivable"] == 70


def test_an_entry_of_finance_s_word_on_a_replacement_that_was_lost_is_made_anew(tmp_path: Path) -> None:
    with open_exchanging(tmp_path) as shop:
        shop.sold()
        rma = shop.wants(ADVANCE)["rma"]
        shop.ends(rma)
        shop.decides(rma, "charge")
        before = shop.money()
        lose(shop, EventKind.REPLACEMENT_CHARGED)
        assert late(shop) == [EventKind.REPLACEMENT_CHARGED]
        assert shop.money() == before


def test_a_loss_that_nobody_approved_stays_one_when_it_is_booked_late(tmp_path: Path, broken: Broken) -> None:
    with desk_in(tmp_path) as desk:
        event_ = desk.written_off()
        broken.on = True
        desk.send(desk.record(event_, "forged"))
        broken.on = False
        with desk.store.database.write() as conn:
            (missing,) = unbooked(conn)
            book_late(conn, missing)
            close_cases(conn, [posting_cases.unbooked_key(event_.event_id)], desk.store.clock.now(), "booked")
        assert desk.books() == {"Expenses:UnapprovedLoss": PRICE}
