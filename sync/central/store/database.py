"""The database behind the centre: one writer at a time, readers beside it, SQLite or PostgreSQL.

SQLite: one connection does all writing and all checkpointing, the readers' connections can only read; this
is safe with every SQLite library, those with the WAL-reset fault included. PostgreSQL: a writer first locks
the row of the counter `feed`, so that several processes also write one after the other and feed positions
are in commit order.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from app.domain.refusal import Refused, Unavailable
from sync.central.store.feed import end_commit
from sync.central.store.migration import upgrade
from sync.central.store.tables import counter

_CACHE_KIB = 65_536
_CHECKPOINT_PAGES = 8_000
_READERS = 8
_MORE_READERS = 64
_BUSY_S = 30.0
# Connection lost, transaction rolled back by the server, no room, lock not to be had, server told to stop.
_AWAY = ("08", "40", "53", "55P03", "57")


class Database:
    """Two engines over one database; made by `create_database`."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader
        self._lock = threading.Lock()
        self._held = writer.connect() if writer.dialect.name == "sqlite" else None

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._writer.dialect.name

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction of the one writer: committed on leaving, rolled back when anything is raised.

        Not to be entered again by the thread that is in it.

        Raises:
            Unavailable: the database does not answer or has no room.
        """
        with self._lock, _plain(), self._writing() as conn, conn.begin():
            if self.dialect == "postgresql":
                conn.execute(select(counter.c.value).where(counter.c.name == "feed").with_for_update())
            yield conn
            end_commit(conn)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        if self._held is not None:
            yield self._held
        else:
            with self._writer.connect() as conn:
                yield conn

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent look at what is committed; nothing can be written through it."""
        with _plain(), self._reader.connect() as conn, conn.begin():
            yield conn

    def close(self) -> None:
        """Closes readers before the writer, which then checkpoints alone."""
        self._reader.dispose()
        if self._held is not None:
            self._held.close()
        self._writer.dispose()


@contextmanager
def _plain() -> Iterator[None]:
    try:
        yield
    except OperationalError as away:
        raise Unavailable(f"The centre's database did not answer: {away.orig}") from away
    except DatabaseError as odd:
        if "not a database" in str(odd.orig):
            raise _no_database() from odd
        raise


def create_database(url: str, dbapi: ModuleType | None = None) -> Database:
    """Opens a database, bringing its tables to this version.

    Args:
        url: SQLAlchemy URL: `sqlite:////path/centre.db` or `postgresql+psycopg://...`.
        dbapi: the DB-API module for SQLite; the standard one when left out.

    Raises:
        Refused: not such a URL, no database, or one that was written by a newer program.
        Unavailable: the database does not answer.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise _bad_url(url) from None
    backend = parsed.get_backend_name()
    if backend == "sqlite" and parsed.database not in {None, "", ":memory:"}:
        writer, reader = _sqlite(parsed, dbapi)
    elif backend == "postgresql":
        writer, reader = _postgresql(parsed)
    else:
        raise _bad_url(url)
    with _plain():
        upgrade(writer)
        return Database(writer, reader)


def _sqlite(url: URL, dbapi: ModuleType | None) -> tuple[Engine, Engine]:
    given: dict[str, Any] = {
        "connect_args": {"isolation_level": None, "check_same_thread": False, "timeout": _BUSY_S}
    }
    if dbapi is not None:
        given["module"] = dbapi
    writer = create_engine(url, pool_size=1, max_overflow=0, **given)
    reader = create_engine(url, pool_size=_READERS, max_overflow=_MORE_READERS, **given)

    # The driver would begin a deferred transaction of its own and would not roll back DDL.
    @event.listens_for(writer, "connect")
    def _for_writing(raw: Any, _record: object) -> None:
        _pragmas(
            raw,
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            f"cache_size = -{_CACHE_KIB}",
            f"wal_autocheckpoint = {_CHECKPOINT_PAGES}",
        )

    @event.listens_for(writer, "begin")
    def _begin_writing(conn: Connection) -> None:
        conn.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(reader, "connect")
    def _for_reading(raw: Any, _record: object) -> None:
        _pragmas(raw, "query_only = ON", "wal_autocheckpoint = 0")

    @event.listens_for(reader, "begin")
    def _begin_reading(conn: Connection) -> None:
        conn.exec_driver_sql("BEGIN")

    return writer, reader


def _pragmas(raw: Any, *settings: str) -> None:
    cursor = raw.cursor()
    for setting in settings:
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _postgresql(url: URL) -> tuple[Engine, Engine]:
    writer = create_engine(url, pool_pre_ping=True)
    reader = create_engine(
        url,
        pool_pre_ping=True,
        pool_size=_READERS,
        isolation_level="REPEATABLE READ",
        execution_options={"postgresql_readonly": True},
    )
    for engine in (writer, reader):
        event.listen(engine, "handle_error", _not_away)
    return writer, reader


def _not_away(context: ExceptionContext) -> None:
    """What the server refuses for its content (a text beyond what an index takes) is no lost database."""
    failed = context.sqlalchemy_exception
    state = getattr(context.original_exception, "sqlstate", None)
    if isinstance(failed, OperationalError) and state is not None and not state.startswith(_AWAY):
        raise DatabaseError(
            failed.statement, failed.params, context.original_exception
        ) from context.original_exception


def _no_database() -> Refused:
    return Refused(
        "database.file",
        "Read a file that is no database.",
        "Expected the file of a centre, or one that is not there yet.",
        "Name another file, or put back the last back-up if this one was the centre's.",
    )


def _bad_url(url: str) -> Refused:
    # A URL may hold a password: only the part before :// is quoted.
    return Refused(
        "database.url",
        f"Read a database address that begins with {url.partition('://')[0][:30]!r}.",
        "Expected sqlite:////path/to/centre.db or postgresql+psycopg://host/name.",
        "Correct --db.",
    )
