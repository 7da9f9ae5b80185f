"""Numbers are counted on from another record, and never back."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from app.ledger.also import TakeNumber
from app.ledger.numbers import count_on, counted
from app.ledger.writer import Ledger


def test_a_record_goes_on_where_another_stopped_and_never_goes_back(ledger: Ledger) -> None:
    ledger.save([TakeNumber("label", 1)])
    with ledger.transaction() as tx:
        count_on(tx, {"label": 7, "holding": 3, "none": 1, "mad": 10**12})
    assert counted(sqlite3, ledger.path) == {"label": 7, "holding": 3}
    with ledger.transaction() as tx:
        count_on(tx, {"label": 5})
        count_on(tx, {})
    assert ledger.peek_number("label") == 7
    ledger.save([TakeNumber("label", 7), TakeNumber("holding", 3)])
    assert counted(sqlite3, ledger.path) == {"label": 8, "holding": 4}


def test_a_damaged_record_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "record.db").write_bytes(b"no database, but as long as one" * 100)
    assert counted(sqlite3, tmp_path / "record.db") == {}
    assert counted(sqlite3, tmp_path / "none.db") == {}
