"""One writer, readers that cannot write, and plain words when the database is away."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pysqlite3
import pytest
from sqlalchemy import Connection, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from app.domain.refusal import Refused, Unavailable
from sync.central.store.database import Database, create_database
from sync.central.store.tables import counter
from tests.postgres import Cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    lite = request.param == "sqlite"
    found = create_database(
        f"sqlite:///{tmp_path / 'c.db'}" if lite else request.getfixturevalue("empty_postgres_url")
    )
    assert found.dialect == request.param
    yield found
    found.close()


def value(conn: Connection) -> int:
    return int(conn.scalar(select(counter.c.value).where(counter.c.name == "rma")) or 0)


def raise_it(conn: Connection) -> None:
    conn.execute(update(counter).where(counter.c.name == "rma").values(value=counter.c.value + 1))


def test_what_is_written_is_read_after_the_commit(database: Database) -> None:
    with database.write() as writer:
        raise_it(writer)
        with database.read() as reader:
            assert value(reader) == 0
    with database.read() as reader:
        assert value(reader) == 1


def test_whatever_is_raised_leaves_nothing_behind(database: Database) -> None:
    def spoil(conn: Connection) -> None:
        raise_it(conn)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), database.write() as conn:
        spoil(conn)
    with database.read() as conn:
        assert value(conn) == 0


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises((DBAPIError, Unavailable)), database.read() as conn:
        raise_it(conn)


def test_a_look_stays_as_it_was_when_it_began(database: Database) -> None:
    with database.read() as reader:
        assert value(reader) == 0
        with database.write() as writer:
            raise_it(writer)
        assert value(reader) == 0


def test_writers_come_one_after_the_other(database: Database) -> None:
    def work() -> None:
        for _ in range(10):
            with database.write() as conn:
                before = value(conn)
                conn.execute(update(counter).where(counter.c.name == "rma").values(value=before + 1))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as conn:
        assert value(conn) == 40


def test_two_processes_on_postgresql_write_one_after_the_other(empty_postgres_url: str) -> None:
    one, two = create_database(empty_postgres_url), create_database(empty_postgres_url)
    entered = threading.Event()

    def second() -> None:
        entered.set()
        with two.write() as conn:
            assert value(conn) == 1
            raise_it(conn)

    thread = threading.Thread(target=second)
    with one.write() as conn:
        thread.start()
        entered.wait()
        raise_it(conn)
    thread.join()
    with one.read() as conn:
        assert value(conn) == 2
    one.close()
    two.close()


def test_sqlite_is_as_durable_as_it_can_be(tmp_path: Path) -> None:
    database = create_database(f"sqlite:///{tmp_path / 'c.db'}", pysqlite3)
    with database.write() as conn:
        assert conn.scalar(text("PRAGMA journal_mode")) == "wal"
        assert conn.scalar(text("PRAGMA synchronous")) == 2
        assert conn.scalar(text("PRAGMA foreign_keys")) == 1
        assert conn.scalar(text("SELECT sqlite_version()")) == pysqlite3.sqlite_version
    database.close()


def test_closing_leaves_one_file(tmp_path: Path) -> None:
    database = create_database(f"sqlite:///{tmp_path / 'c.db'}")
    with database.write() as conn:
        raise_it(conn)
    with database.read() as conn:
        value(conn)
    database.close()
    assert [path.name for path in tmp_path.iterdir()] == ["c.db"]


@pytest.mark.parametrize("url", ["nonsense", "sqlite://", "sqlite:///:memory:", "mysql://u:secret@h/d"])
def test_another_kind_of_address_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(Refused) as no:
        create_database(url)
    assert no.value.code == "database.url"
    assert "secret" not in str(no.value)


def test_a_database_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        create_database(f"sqlite:///{tmp_path / 'no such folder' / 'c.db'}")
    with pytest.raises(Unavailable):
        create_database(f"postgresql+psycopg://backhaul@/none?host={tmp_path}")


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("not a database " * 400)
    with pytest.raises(Refused, match="no database"):
        create_database(f"sqlite:///{other}")
    assert other.read_text() == "not a database " * 400
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_each_write_is_measured(database: Database) -> None:
    seen: list[tuple[float, float]] = []
    database.watch = lambda wait, lasted: seen.append((wait, lasted))
    with database.write() as conn:
        raise_it(conn)
    with pytest.raises(ZeroDivisionError), database.write():
        raise ZeroDivisionError
    assert len(seen) == 2
    assert all(wait >= 0 and lasted >= 0 for wait, lasted in seen)


def test_a_database_that_takes_no_writes_is_unavailable_and_comes_back(cluster: Cluster) -> None:
    url = cluster.database()
    name = str(make_url(url).database)
    with closing(create_database(url)) as database:
        database.require_writable()
        cluster.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        closed(cluster, name)
        with pytest.raises(Unavailable, match="standby"):
            database.require_writable()
        with pytest.raises(Unavailable), database.write() as conn:
            raise_it(conn)
        cluster.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
        closed(cluster, name)
        database.require_writable()
        with database.write() as conn:
            raise_it(conn)


def test_a_connection_that_was_cut_is_made_anew(cluster: Cluster) -> None:
    url = cluster.database()
    name = str(make_url(url).database)
    with closing(create_database(url)) as database:
        with pytest.raises(Unavailable), database.write() as conn:  # noqa: PT012 - cut in the middle of it
            raise_it(conn)
            closed(cluster, name)
            raise_it(conn)
        with database.write() as conn:
            raise_it(conn)
        with database.read() as conn:
            assert value(conn) == 1


def test_a_connection_that_was_used_just_now_and_cut_is_not_used_again(cluster: Cluster) -> None:
    url = cluster.database()
    with closing(create_database(url)) as database:
        for _ in range(3):
            with database.write() as conn:
                raise_it(conn)
            with database.read() as conn:
                before = value(conn)
            closed(cluster, str(make_url(url).database))
            with database.read() as conn:
                assert value(conn) == before


def closed(cluster: Cluster, name: str) -> None:
    """Cuts every connection to a database, as a server that goes away does."""
    cluster.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"  # noqa: S608 - a name of this test's own
        f" WHERE datname = '{name}' AND pid <> pg_backend_pid()"
    )
