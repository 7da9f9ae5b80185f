from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from app.domain.refusal import Unavailable
from app.ledger import database as database_module
from app.ledger.database import Database
from tests.app.ledger.faults import FULL, IO_ERROR, FaultyDbapi


@pytest.fixture
def faulty() -> FaultyDbapi:
    return FaultyDbapi()


@pytest.fixture
def database(tmp_path: Path, faulty: FaultyDbapi) -> Iterator[Database]:
    found = Database(tmp_path / "d.db", faulty)
    found.connection.exec_driver_sql("CREATE TABLE t (a INTEGER PRIMARY KEY)")
    yield found
    faulty.disarm()
    found.close()


def _rows(database: Database) -> list[int]:
    return list(database.connection.exec_driver_sql("SELECT a FROM t ORDER BY a").scalars())


def _insert(database: Database, value: int) -> None:
    with database.transaction() as tx:
        tx.run("INSERT INTO t VALUES (?)", (value,))


def test_a_block_is_one_commit(database: Database) -> None:
    with database.transaction() as tx:
        tx.run_many("INSERT INTO t VALUES (?)", [(1,), (2,)])
        tx.connection.exec_driver_sql("INSERT INTO t VALUES (3)")
        assert tx.run("SELECT count(*) FROM t", ()).fetchone() == (3,)
    database.close()
    assert _rows(database) == [1, 2, 3]


def test_a_block_that_raises_leaves_nothing_and_keeps_the_connection(database: Database) -> None:
    connection = database.connection

    def wrong() -> None:
        with database.transaction() as tx:
            tx.run("INSERT INTO t VALUES (1)", ())
            raise KeyError("ours")

    with pytest.raises(KeyError):
        wrong()
    assert _rows(database) == []
    assert database.connection is connection


def test_a_mistake_in_a_statement_is_no_fault_of_the_disk(database: Database) -> None:
    with pytest.raises(OperationalError):
        database.connection.exec_driver_sql("SELECT nothing FROM nowhere")
    with pytest.raises(sqlite3.IntegrityError), database.transaction() as tx:
        tx.run_many("INSERT INTO t VALUES (?)", [(1,), (1,)])
    assert _rows(database) == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (5, "another program holds"),
        (7, "out of memory"),
        (8, "may only be read"),
        (IO_ERROR | 3 << 8, "input/output error"),
        (11, "is damaged"),
        (FULL, "the disk is full"),
        (14, "cannot be opened"),
    ],
)
def test_each_failure_of_the_world_is_said_in_its_own_words(
    database: Database, faulty: FaultyDbapi, code: int, words: str
) -> None:
    faulty.arm(1, code)
    with pytest.raises(Unavailable) as world:
        _insert(database, 1)
    assert str(world.value).startswith("Not recorded: ")
    assert words in str(world.value)
    faulty.arm(1, code)
    with pytest.raises(Unavailable, match=r"^Not read: "):
        _rows(database)
    faulty.disarm()
    _insert(database, 1)
    assert _rows(database) == [1]


def test_after_a_failure_the_file_is_opened_anew_with_the_same_care(
    database: Database, faulty: FaultyDbapi
) -> None:
    before = database.connection
    faulty.arm(3)
    with pytest.raises(Unavailable):
        _insert(database, 1)
    assert database.connection is not before
    assert before.closed
    for pragma, value in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
        assert database.connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_a_row_half_read_does_not_hold_the_lock_of_a_failed_transaction(
    database: Database, faulty: FaultyDbapi
) -> None:
    _insert(database, 1)
    _insert(database, 2)

    def failing() -> None:
        with database.transaction() as tx:
            kept.append(tx.run("SELECT a FROM t", ()))
            # The statement fails, and so does taking it back.
            faulty.arm(1, lasting=1)
            tx.run("INSERT INTO t VALUES (3)", ())

    kept: list[object] = []
    with pytest.raises(Unavailable):
        failing()
    faulty.disarm()
    _insert(database, 4)
    assert _rows(database) == [1, 2, 4]


def test_a_rollback_that_fails_throws_the_connection_away(database: Database, faulty: FaultyDbapi) -> None:
    def wrong() -> None:
        with database.transaction() as tx:
            tx.run("INSERT INTO t VALUES (1)", ())
            faulty.arm(1)
            raise KeyError("ours")

    before = database.connection
    with pytest.raises(KeyError):
        wrong()
    assert faulty.fired
    assert database.connection is not before
    assert _rows(database) == []


def test_another_program_that_writes_is_waited_for_and_then_named(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.close()
    monkeypatch.setattr(database_module, "_LOCK_WAIT_S", 0.05)
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="another program holds"):
            _insert(database, 1)
        other.execute("ROLLBACK")
    _insert(database, 1)


def test_a_folder_that_is_not_there_is_the_world(tmp_path: Path) -> None:
    database = Database(tmp_path / "none" / "d.db", sqlite3)
    with pytest.raises(Unavailable, match="cannot be opened"):
        _ = database.connection
    with pytest.raises(Unavailable, match=r"^Not recorded: "):
        _insert(database, 1)
    (tmp_path / "none").mkdir()
    assert database.connection.exec_driver_sql("SELECT 1").scalar() == 1
    database.close()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may write anything")
def test_a_file_that_may_only_be_read_is_the_world(database: Database) -> None:
    database.close()
    database.path.chmod(0o400)
    with pytest.raises(Unavailable):
        _insert(database, 1)


def test_a_path_is_a_path_and_never_an_address(tmp_path: Path) -> None:
    for name in ("a?mode=memory", "b%20c", "file:d"):
        database = Database(tmp_path / name, sqlite3)
        database.connection.exec_driver_sql("CREATE TABLE t (a)")
        database.close()
        assert (tmp_path / name).stat().st_size > 0


def test_another_thread_may_not_touch_the_connection(database: Database) -> None:
    wrong: list[BaseException] = []

    def strange() -> None:
        try:
            _rows(database)
        except Exception as seen:  # noqa: BLE001 - whatever it is, it is looked at below
            wrong.append(seen)

    _rows(database)
    thread = threading.Thread(target=strange)
    thread.start()
    thread.join()
    assert "thread" in str(wrong[0])


def test_a_disk_without_a_write_ahead_log_is_said_before_anything_is_recorded() -> None:
    with pytest.raises(Unavailable, match="write-ahead log"):
        _ = Database(Path(":memory:"), sqlite3).connection
