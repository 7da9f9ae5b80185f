"""Every virtual end has an account, and every account a name that a ledger program takes."""

from __future__ import annotations

import re

from app.domain.place import Virtual
from sync.central.rules.books.chart import AGAINST, Book


def test_every_end_has_its_account() -> None:
    assert set(AGAINST) == set(Virtual)
    assert AGAINST[Virtual.CUSTOMER] is Book.COST_OF_SALES


def test_names_are_those_of_a_ledger_program() -> None:
    name = re.compile(r"(Assets|Liabilities|Equity|Income|Expenses)(:[A-Z][A-Za-z0-9-]*)+")
    assert all(name.fullmatch(book) for book in Book)
    assert len(set(Book)) == len(list(Book))
