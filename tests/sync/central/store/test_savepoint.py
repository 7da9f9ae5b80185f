"""What fails in a savepoint leaves nothing, and what went before it stands; in both databases."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from app.domain.refusal import Unavailable
from sync.central.store.database import Database, create_database
from sync.central.store.savepoint import savepoint, tried
from sync.central.store.tables import counter


class Broken(Exception):  # noqa: N818 - the test's own
    """Somebody's defect."""


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    lite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'c.db'}" if lite else request.getfixturevalue("postgres_url")
    found = create_database(url)
    yield found
    found.close()


def put(conn: Connection, name: str) -> None:
    conn.execute(counter.insert().values(name=name, value=1))


def names(database: Database) -> set[str]:
    with database.read() as conn:
        return {name for name in conn.scalars(select(counter.c.name)) if name.startswith("part ")}


def break_off(conn: Connection, *names: str, inner: str = "") -> None:
    """A part that fails after these were put, the inner one in a part of its own."""
    with savepoint(conn):
        for name in names:
            put(conn, name)
        if inner:
            with savepoint(conn):
                put(conn, inner)
        raise Broken


def test_inner_parts_go_back_alone(database: Database) -> None:
    with database.write() as conn:
        put(conn, "part 1")
        with savepoint(conn):
            put(conn, "part 2")
            with pytest.raises(Broken):
                break_off(conn, "part 3", inner="part 4")
            put(conn, "part 5")
    assert names(database) == {"part 1", "part 2", "part 5"}


def test_a_statement_that_is_refused_spoils_only_its_part(database: Database) -> None:
    with database.write() as conn:
        put(conn, "part 1")
        with pytest.raises(IntegrityError):
            break_off(conn, "part 2", "part 1")
        with savepoint(conn):
            put(conn, "part 3")
    assert names(database) == {"part 1", "part 3"}


def test_it_goes_together_with_those_of_sqlalchemy(database: Database) -> None:
    with database.write() as conn:
        with conn.begin_nested(), savepoint(conn):
            put(conn, "part 1")
        with conn.begin_nested() as attempt:
            with pytest.raises(Broken):
                break_off(conn, "part 2")
            put(conn, "part 3")
            attempt.rollback()
        conn.execute(text("SELECT 1"))
    assert names(database) == {"part 1"}


_log = logging.getLogger(__name__)


def test_what_fails_beside_a_fact_is_said_and_leaves_nothing(
    database: Database, expect_log: Callable[[str], None]
) -> None:
    expect_log("the part was not told")
    with database.write() as conn:
        put(conn, "part before")

        def fails() -> None:
            put(conn, "part inside")
            raise Broken

        assert not tried(conn, fails, _log, "the %s was not told", "part")
        assert tried(conn, lambda: put(conn, "part after"), _log, "the %s was not told", "other")
    assert names(database) == {"part before", "part after"}


def test_a_database_that_is_away_says_nothing_about_the_fact(database: Database) -> None:
    def away() -> None:
        raise OperationalError("SELECT 1", None, OSError("gone"))

    with pytest.raises(Unavailable), database.read() as conn:
        tried(conn, away, _log, "%s", "")
