"""Reads by the driver's own cursor say the same as all others when the file fails."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from app.domain.refusal import Unavailable
from app.ledger.database import Database
from app.ledger.reading import fetched


def test_rows_are_the_drivers(tmp_path: Path) -> None:
    database = Database(tmp_path / "s.db", sqlite3)
    assert fetched(database.connection, "SELECT ?, 'b' UNION ALL SELECT 3, NULL", (1,)) == [
        (1, "b"),
        (3, None),
    ]
    database.close()


def test_a_damaged_file_is_unavailable_and_let_go(tmp_path: Path) -> None:
    file = tmp_path / "s.db"
    database = Database(file, sqlite3)
    with database.transaction() as tx:
        tx.run("CREATE TABLE box (code TEXT)", ())
        tx.run_many("INSERT INTO box VALUES (?)", [("x" * 500,)] * 200)
    database.close()
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(Unavailable, match="damaged"):
        fetched(database.connection, "SELECT * FROM box")
    file.write_bytes(whole)
    assert len(fetched(database.connection, "SELECT * FROM box")) == 200
    database.close()


def test_a_wrong_statement_is_our_own_mistake(tmp_path: Path) -> None:
    database = Database(tmp_path / "s.db", sqlite3)
    with pytest.raises(OperationalError, match="no such table"):
        fetched(database.connection, "SELECT * FROM nowhere")
    database.close()
