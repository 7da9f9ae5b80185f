"""Entries balance, and count for a day that is open."""

from __future__ import annotations

from datetime import date

import pytest

from sync.central.rules.books.chart import Book
from sync.central.rules.books.entry import Entry, Line, posting_day, together

JULY, LOCK = date(2026, 7, 3), date(2026, 7, 31)


def entry(*lines: Line, posted_on: date = JULY) -> Entry:
    return Entry("e-1", "ACME", "GBP", "goods.received", JULY, posted_on, lines)


def test_what_does_not_balance_is_no_entry() -> None:
    assert not entry(Line(Book.INVENTORY, 5, "A", 1), Line(Book.GOODS_RECEIVED, -5)).late
    with pytest.raises(ValueError, match="out of balance by 1 GBP"):
        entry(Line(Book.INVENTORY, 5), Line(Book.GOODS_RECEIVED, -4))


def test_what_happened_in_a_closed_period_counts_for_the_first_open_day() -> None:
    assert posting_day(JULY, None) == JULY
    assert posting_day(date(2026, 8, 1), LOCK) == date(2026, 8, 1)
    assert posting_day(JULY, LOCK) == date(2026, 8, 1)
    assert entry(posted_on=date(2026, 8, 1)).late


def test_lines_of_one_account_item_and_sale_are_one_and_nothing_is_left_out() -> None:
    found = together(
        [
            Line(Book.INVENTORY, -3, "A", -1, (1, 1)),
            Line(Book.INVENTORY, -4, "A", -2, (1, 1)),
            Line(Book.INVENTORY, -5, "A", -1),
            Line(Book.COST_VARIANCE, 2),
            Line(Book.COST_VARIANCE, -2),
            Line(Book.INVENTORY, 0, "B", 3),
        ]
    )
    assert found == (
        Line(Book.INVENTORY, -7, "A", -3, (1, 1)),
        Line(Book.INVENTORY, -5, "A", -1),
        Line(Book.INVENTORY, 0, "B", 3),
    )
    assert found[0].reversed() == Line(Book.INVENTORY, 7, "A", 3, (1, 1))
