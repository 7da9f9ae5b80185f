from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.refusal import Unavailable
from app.ledger.copying import copy_database


@pytest.fixture
def source(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(tmp_path / "source.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE t (a TEXT)")
        connection.executemany("INSERT INTO t VALUES (?)", [("x" * 500,) for _ in range(400)])
        connection.execute("CREATE INDEX i ON t (a)")
        yield connection


def _count(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM t").fetchone()[0])


def _files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"source.db", "source.db-wal", "source.db-shm"}


def test_a_copy_is_one_whole_file(source: sqlite3.Connection, tmp_path: Path) -> None:
    copy_database(sqlite3, source, tmp_path / "copy.db")
    assert _files(tmp_path) == {"copy.db"}
    assert _count(tmp_path / "copy.db") == 400


def test_a_copy_replaces_an_older_one(source: sqlite3.Connection, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("old")
    (tmp_path / "copy.db.part").write_text("left by a power cut")
    copy_database(sqlite3, source, tmp_path / "copy.db")
    assert _count(tmp_path / "copy.db") == 400
    assert _files(tmp_path) == {"copy.db"}


def test_a_copy_that_cannot_be_written_leaves_the_older_one(
    source: sqlite3.Connection, tmp_path: Path
) -> None:
    with pytest.raises(Unavailable, match="Not copied to"):
        copy_database(sqlite3, source, tmp_path / "none" / "copy.db")
    (tmp_path / "copy.db.part").mkdir()
    (tmp_path / "copy.db").write_text("old")
    with pytest.raises(Unavailable):
        copy_database(sqlite3, source, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "old"


def test_a_damaged_source_is_not_passed_on_as_a_copy(source: sqlite3.Connection, tmp_path: Path) -> None:
    source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path = tmp_path / "source.db"
    data = bytearray(path.read_bytes())
    # The whole second page: a table's root or an index, whichever the library put there.
    data[4096:8192] = bytes(4096)
    path.write_bytes(data)
    with closing(sqlite3.connect(path)) as damaged, pytest.raises(Unavailable, match="Not copied"):
        copy_database(sqlite3, damaged, tmp_path / "copy.db")
    assert _files(tmp_path) == set()
