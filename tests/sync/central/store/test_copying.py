"""A copy is whole or not there, and a file is given up only when nobody else has it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from app.domain.refusal import Refused, Unavailable
from sync.central.store.copying import alone_with, copy_file, copy_of


def made(file: Path) -> None:
    with closing(sqlite3.connect(file)) as conn, conn:
        conn.execute("PRAGMA journal_mode=WAL")
        conn.execute("CREATE TABLE t (x)")
        conn.execute("INSERT INTO t VALUES (1)")


def count(file: Path) -> int:
    with closing(sqlite3.connect(file)) as conn:
        return int(conn.execute("SELECT count(*) FROM t").fetchone()[0])


def test_copies_beside_a_file_never_replace_one_another(tmp_path: Path) -> None:
    file = tmp_path / "c.db"
    made(file)
    engine = create_engine(f"sqlite:///{file}")
    names = [copy_of(engine, file, "schema0001").name for _ in range(2)]
    engine.dispose()
    assert names == ["c-schema0001.db", "c-schema0001-2.db"]
    assert count(tmp_path / names[0]) == 1


def test_what_cannot_be_copied_leaves_the_target_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    made(target)
    (tmp_path / "notes").write_text("no database " * 99)
    for wrong in ("none", "notes"):
        with pytest.raises(Unavailable, match="was not copied"):
            copy_file(sqlite3, tmp_path / wrong, target)
    assert count(target) == 1
    assert not list(tmp_path.glob("*.part"))


def test_a_file_that_another_has_open_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "c.db"
    made(file)
    with closing(sqlite3.connect(file)) as other:
        other.execute("SELECT * FROM t").fetchall()
        with pytest.raises(Refused, match="Another process works on"):
            alone_with(sqlite3, file)
    assert alone_with(sqlite3, file)
    assert count(file) == 1
    (tmp_path / "notes").write_text("no database " * 99)
    with pytest.raises(Unavailable, match="cannot be read"):
        alone_with(sqlite3, tmp_path / "notes")
