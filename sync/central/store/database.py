"""The database behind the centre: one writer at a time, readers beside it, SQLite or PostgreSQL.

SQLite: one connection does all writing and all checkpointing, the readers' connections can only read; this
is safe with every SQLite library, those with the WAL-reset fault included. PostgreSQL: a writer first locks
the row of the counter `feed`, so that several processes also write one after the other and feed positions
are in commit order.

A database that went away is looked for again by the next transaction: a connection is tried before it is
used, unless it was used just now, and an address may name several hosts
(`?host=a,b&target_session_attrs=read-write`), of which the one that takes writes is found. What was under way
is `Unavailable`; whether its commit arrived, its key tells.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from time import monotonic, perf_counter
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from app.domain.refusal import Refused, Unavailable
from sync.central.store.failures import not_away, opened, plain
from sync.central.store.feed import end_commit
from sync.central.store.migration import Upgraded, upgrade
from sync.central.store.prepared import told
from sync.central.store.rights import missing_rights
from sync.central.store.tables import counter

_CACHE_KIB = 65_536
# The driver keeps 128 prepared texts by itself; posting alone has more, and each would be prepared again.
_STATEMENTS_KEPT = 1024
_CHECKPOINT_PAGES = 8_000
_READERS = 8
_MORE_READERS = 64
_MORE_READERS_SERVED = 12
_BUSY_S = 30.0
_RECENT_S = 1.0
_SINCE = "used"
_WRITING = "BEGIN IMMEDIATE"
# A host that is gone must not hold up a worker for minutes; what the address itself says is kept.
_PATIENCE: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}

ERASED = "erased"
"""Under this name a connection notes that its transaction erased something, for good."""

Watch = Callable[[float, float], None]
"""Told of each write: seconds until the writer's turn came, and seconds from then to the end."""


class Database:
    """Two engines over one database; made by `create_database`.

    `upgraded` is what opening it changed; `watch` is told how long each write took.
    """

    def __init__(self, writer: Engine, reader: Engine, upgraded: Upgraded) -> None:
        self._writer = writer
        self._reader = reader
        self._lock = threading.Lock()
        self.upgraded = upgraded
        self.watch: Watch | None = None
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
            Unavailable: the database does not answer, has no room or does not let this role do it.
            Defective: it refused what the program asked of it.
        """
        asked, begun = perf_counter(), None
        try:
            with self._lock, plain(), self._writing() as conn, conn.begin():
                if self.dialect == "postgresql":
                    conn.execute(select(counter.c.value).where(counter.c.name == "feed").with_for_update())
                begun = perf_counter()
                yield conn
                end_commit(conn)
            self._empty_log()
        finally:
            if self.watch is not None and begun is not None:
                self.watch(begun - asked, perf_counter() - begun)

    def _empty_log(self) -> None:
        """After a commit that erased: what was there is not left in the log beside the file either.

        A reader that is at it holds the log; then the next write tries again. Nobody waits for that.
        """
        if self._held is None or ERASED not in self._held.info:
            return
        # It is committed: whatever the disk says now is no word about that.
        failed = self._writer.dialect.loaded_dbapi.Error
        with self._lock, suppress(failed), closing(self._held.connection.cursor()) as cursor:
            cursor.execute("PRAGMA busy_timeout = 0")
            try:
                busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            finally:
                cursor.execute(f"PRAGMA busy_timeout = {int(_BUSY_S * 1000)}")
            if not busy:
                self._held.info.pop(ERASED, None)

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
        with plain(), self._reader.connect() as conn, conn.begin():
            yield conn

    def require_writable(self) -> None:
        """Looks whether the database takes this role's writes, without waiting for the writer's turn.

        Raises:
            Unavailable: it does not answer, it is a standby or was made read-only, or the role lacks rights.
        """
        if self.dialect != "postgresql":
            with self.read() as conn:
                conn.execute(select(counter.c.value).limit(1))
            return
        with plain(), self._writer.connect() as conn:
            standby, read_only = conn.execute(_STATE).one()
            lacking = missing_rights(conn)
        if standby or read_only == "on":
            raise Unavailable("The centre's database only answers questions now: it is a standby.")
        if lacking:
            raise Unavailable(
                f"The centre's role may not do what it has to: {lacking[0]}. "
                "Run backhaul central migrate --service-role NAME as the owner of the tables."
            )

    def close(self) -> None:
        """Closes readers before the writer, which then checkpoints alone."""
        self._reader.dispose()
        if self._held is not None:
            self._held.close()
        self._writer.dispose()


def create_database(url: str, dbapi: ModuleType | None = None) -> Database:
    """Opens a database, bringing its tables to this version; a file that needs it is copied first.

    Args:
        url: SQLAlchemy URL: `sqlite:////path/centre.db` or `postgresql+psycopg://...`.
        dbapi: the DB-API module for SQLite; the standard one when left out.

    Raises:
        Refused: not such a URL, no database, one that was written by a newer program, or an older one that
            this role may not change.
        Unavailable: the database does not answer.
    """
    parsed = readable_url(url)
    if parsed.get_backend_name() == "sqlite":
        writer, reader = _sqlite(parsed, dbapi)
        file = Path(parsed.database or "")
    else:
        writer, reader = _postgresql(parsed)
        file = None
    try:
        with opened():
            return Database(writer, reader, upgrade(writer, file))
    except BaseException:
        reader.dispose()
        writer.dispose()
        raise


def readable_url(url: str) -> URL:
    """The address of a SQLite file or of a PostgreSQL database.

    Raises:
        Refused: it is neither.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise _bad_url(url) from None
    backend = parsed.get_backend_name()
    if backend == "postgresql" or (backend == "sqlite" and parsed.database not in {None, "", ":memory:"}):
        return parsed
    raise _bad_url(url)


def _sqlite(url: URL, dbapi: ModuleType | None) -> tuple[Engine, Engine]:
    given: dict[str, Any] = {
        "connect_args": {"isolation_level": None, "check_same_thread": False, "timeout": _BUSY_S}
        | {"cached_statements": _STATEMENTS_KEPT},
        "hide_parameters": True,
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
            # What was removed (keys of personal values above all) is not left in the pages it was in.
            "secure_delete = FAST",
            f"cache_size = -{_CACHE_KIB}",
            f"wal_autocheckpoint = {_CHECKPOINT_PAGES}",
        )

    @event.listens_for(writer, "begin")
    def _begin_writing(conn: Connection) -> None:
        with told(conn, _WRITING):
            conn.connection.cursor().execute(_WRITING).close()

    @event.listens_for(reader, "connect")
    def _for_reading(raw: Any, _record: object) -> None:
        _pragmas(raw, "query_only = ON", "wal_autocheckpoint = 0")

    @event.listens_for(reader, "begin")
    def _begin_reading(conn: Connection) -> None:
        # It takes no lock yet and cannot fail; by way of a result it would cost as much as a read.
        conn.connection.cursor().execute("BEGIN").close()

    return writer, reader


def _pragmas(raw: Any, *settings: str) -> None:
    cursor = raw.cursor()
    for setting in settings:
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _postgresql(url: URL) -> tuple[Engine, Engine]:
    given: dict[str, Any] = {
        "hide_parameters": True,
        "connect_args": {name: value for name, value in _PATIENCE.items() if name not in url.query},
    }
    # One write at a time in a process; the second connection is for looking whether writes are taken.
    writer = create_engine(url, pool_size=1, max_overflow=1, **given)
    reader = create_engine(
        url,
        pool_size=_READERS,
        max_overflow=_MORE_READERS_SERVED,
        isolation_level="REPEATABLE READ",
        execution_options={"postgresql_readonly": True},
        **given,
    )
    for engine in (writer, reader):
        event.listen(engine, "handle_error", not_away)
        event.listen(engine, "checkout", partial(_tried, engine))
        event.listen(engine, "checkin", _used)
    return writer, reader


def _used(_raw: object, record: ConnectionPoolEntry) -> None:
    record.info[_SINCE] = monotonic()


def _tried(engine: Engine, raw: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Tries a connection before it is used; one that was used just now and has no word of its end is well.

    A server that went away has closed it, which shows without asking; asking costs as much as a read.
    """
    since = record.info.get(_SINCE)
    if since is not None and monotonic() - since < _RECENT_S and not _spoken(raw.fileno()):
        return
    try:
        engine.dialect.do_ping(raw)
    except engine.dialect.loaded_dbapi.Error as why:
        raise InvalidatePoolError from why


def _spoken(socket: int) -> bool:
    """Whether the other end of an idle connection has said something, or closed it."""
    with DefaultSelector() as selector:
        selector.register(socket, EVENT_READ)
        return bool(selector.select(0))


_STATE = text("SELECT pg_is_in_recovery(), current_setting('default_transaction_read_only')")


def _bad_url(url: str) -> Refused:
    # A URL may hold a password: only the part before :// is quoted.
    return Refused(
        "database.url",
        f"Read a database address that begins with {url.partition('://')[0][:30]!r}.",
        "Expected sqlite:////path/to/centre.db or postgresql+psycopg://host/name.",
        "Correct --db.",
    )
