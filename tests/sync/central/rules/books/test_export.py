"""The journal as other programs read it."""

from __future__ import annotations

import csv
from datetime import date

from sync.central.rules.books.chart import Book
from sync.central.rules.books.export import COLUMNS, Posted, as_beancount, as_csv

ENTRY = Posted(
    "7-1",
    "0192e4c5",
    'ACME "x"',
    "GBP",
    "2026-07-03",
    "2026-08-01",
    "order.shipped",
    "=o\\1",
    None,
    [
        (Book.INVENTORY, -250, "A", -1),
        (Book.INVENTORY, -5, "B", -2),
        (Book.COST_OF_SALES, 255, None, 0),
        (Book.RECEIVABLE, 0, None, 0),
    ],
)


def test_csv_has_a_row_a_line_with_debit_and_credit_apart() -> None:
    rows = list(csv.DictReader("".join(as_csv([ENTRY])).splitlines()))
    assert list(rows[0]) == list(COLUMNS)
    assert [(row["account"], row["debit"], row["credit"], row["sku"], row["qty"]) for row in rows[:3]] == [
        ("Assets:Inventory", "", "2.50", "A", "-1"),
        ("Assets:Inventory", "", "0.05", "B", "-2"),
        ("Expenses:CostOfSales", "2.55", "", "", ""),
    ]


def test_no_text_becomes_a_formula() -> None:
    (row, *_) = csv.DictReader("".join(as_csv([ENTRY])).splitlines())
    assert row["document"] == "'=o\\1"


def test_a_transaction_has_one_posting_an_account_and_says_when_it_is_late() -> None:
    text = "".join(as_beancount([ENTRY], date(2026, 8, 1)))
    assert "2026-08-01 open Assets:Inventory\n" in text
    assert text.count(" open ") == len(Book)
    assert text.endswith(
        '\n2026-08-01 * "ACME \\"x\\"" "order.shipped =o\\\\1, happened 2026-07-03" ^0192e4c5\n'
        "  Assets:Inventory  -2.55 GBP\n"
        "  Expenses:CostOfSales  2.55 GBP\n"
    )
