"""The journal is read in the order in which it was booked, and no text of a body hides its document."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.domain.refusal import Refused
from sync.central.store.journal_listing import Period, document_of, exported, first_day, journal_page
from tests.sync.central.shop import OWNER, Shop


def test_what_an_entry_is_about_is_the_first_name_its_event_has() -> None:
    assert document_of('{"order": "o1", "document": "d"}') == "o1"
    assert document_of('{"rma": null, "document": "d"}') == "d"
    assert document_of("{}") == ""


def test_an_empty_journal_is_a_file_too(shop: Shop) -> None:
    today = date(2026, 11, 22)
    assert shop.ask(lambda conn: first_day(conn, Period(OWNER))) is None
    text = "".join(shop.ask(lambda conn: list(exported(conn, Period(OWNER), "beancount", today))))
    assert "2026-11-22 open Assets:Inventory" in text
    assert len(shop.ask(lambda conn: list(exported(conn, Period(OWNER), "csv", today)))) == 1


def test_a_page_shows_lines_with_their_units(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 2})
    page: Any = shop.ask(lambda conn: journal_page(conn, Period(OWNER), None, 10))
    assert page["next"] is None
    (entry,) = page["entries"]
    assert (entry["document"], entry["late"], entry["reverses"]) == ("PO-1", False, None)
    assert entry["lines"] == [
        {"account": "Assets:Inventory", "minor": 500, "sku": "A", "qty": 2},
        {"account": "Liabilities:GoodsReceived", "minor": -500},
    ]
    assert shop.ask(lambda conn: first_day(conn, Period(OWNER))) == entry["posted_on"]


def test_a_cursor_that_no_page_gave_is_refused(shop: Shop) -> None:
    with pytest.raises(Refused, match="an earlier page gave"):
        shop.ask(lambda conn: journal_page(conn, Period(), "x", 1))
