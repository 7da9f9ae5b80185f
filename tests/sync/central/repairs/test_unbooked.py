"""A repair books what is missing, on the record, but for what cannot be proven or fails again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sync.central.commands.books import BooksAsked, keep_books
from sync.central.repair import RepairReport, rehearse, repair
from sync.central.repairs import unbooked as repairs
from sync.central.store import posting
from sync.central.store.journal_listing import Period, entries
from sync.central.store.unbooked import book_late, unbooked
from tests.sync.central.checks.busy import busy_at
from tests.sync.central.shop import OWNER, Shop, open_shop


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_shop(tmp_path, url) as found:
        found.items("A", "B")
        yield found


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No event can be booked meanwhile."""

    def book(*_: Any) -> None:
        raise ArithmeticError("planted")

    with monkeypatch.context() as planted:
        planted.setattr(posting, "book", book)
        yield


def mend(shop: Shop) -> RepairReport:
    return repair(shop.database, shop.chain, shop.clock.now())


def test_a_repair_books_what_is_missing_in_its_order(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]
) -> None:
    """First in first out: what came for 10.00 each goes before what came for 40.00."""
    asked = BooksAsked.model_validate({"owner": OWNER, "costing": "fifo"})
    shop.act(lambda act: keep_books(act, asked))
    expect_log("are not in the books")
    with failing(monkeypatch):
        shop.receive({"A": 2}, cost_minor=2000)
        shop.receive({"B": 2})
        shop.receive({"A": 1}, cost_minor=4000)
    assert shop.cases() == ["books.failed"] * 3
    found = rehearse(shop.database, shop.clock.now())
    assert [one.cache for one in found.corrections] == ["books"] * 3
    assert found.left == ()
    done = mend(shop)
    assert [one.rows_say for one in done.corrections] == [
        "goods.received: one",
        "goods.received: one",
        "goods.received: one",
    ]
    assert shop.cases() == []
    shop.order({"A": 1}, ship="available")
    lines = [
        line for entry in shop.ask(lambda conn: list(entries(conn, Period(OWNER)))) for line in entry.lines
    ]
    assert [minor for account, minor, _, _ in lines if account == "Expenses:CostOfSales"] == [1000]
    assert mend(shop).corrections == ()


def test_what_happened_in_a_closed_period_counts_for_the_next_open_day(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]
) -> None:
    expect_log("are not in the books")
    with failing(monkeypatch):
        shop.receive({"A": 1}, cost_minor=700)
    shop.clock.pass_by(days=9)
    asked = BooksAsked.model_validate({"owner": OWNER, "locked_until": "2026-11-30"})
    shop.act(lambda act: keep_books(act, asked))
    mend(shop)
    (entry,) = shop.ask(lambda conn: list(entries(conn, Period(OWNER))))
    assert (entry.occurred_on, entry.posted_on) == ("2026-11-22", "2026-12-01")


def test_what_fails_again_stays_named_and_holds_up_nothing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]
) -> None:
    expect_log("are not in the books")
    with failing(monkeypatch):
        shop.receive({"A": 1})
        shop.receive({"B": 1})
    first, _ = shop.ask(unbooked)
    real = book_late

    def late(conn: Any, missing: Any) -> None:
        if missing.event_id == first.event_id:
            raise ArithmeticError("planted")
        real(conn, missing)

    monkeypatch.setattr(repairs, "book_late", late)
    expect_log("still not in the books")
    done = mend(shop)
    assert {found.violation.subject for found in done.left} == {f"event {first.event_id}", f"A of {OWNER}"}
    assert shop.cases() == ["books.failed"]
    monkeypatch.setattr(repairs, "book_late", real)
    mend(shop)
    assert shop.cases() == []


def test_what_cannot_be_proven_is_left(tmp_path: Path) -> None:
    """Of a busy day the entries of a bench's unit and of a receipt are lost; the unit's moves are changed."""
    with busy_at(f"sqlite:///{tmp_path / 'centre.db'}") as busy:
        unit = "SELECT id FROM event WHERE event_id = '{e2}'".format_map(busy.names)
        with busy.shop.database.write() as conn:
            for table in ("journal_line", "journal_entry"):
                conn.exec_driver_sql(f"DELETE FROM {table} WHERE event = ({unit})")  # noqa: S608 - our words
        mended = mend(busy.shop)
        assert {one.cache for one in mended.corrections} == {"worth", "books"}
        assert busy.shop.audit().holds
        with busy.shop.database.write() as conn:
            for table in ("journal_line", "journal_entry"):
                conn.exec_driver_sql(f"DELETE FROM {table} WHERE event = ({unit})")  # noqa: S608 - our words
            conn.exec_driver_sql(f"UPDATE move SET qty = 2 WHERE event = ({unit})")  # noqa: S608 - our words
        found = rehearse(busy.shop.database, busy.shop.clock.now())
        assert "books" not in {one.cache for one in found.corrections}
        assert any(one.violation.subject == "event {e2}".format_map(busy.names) for one in found.left)
