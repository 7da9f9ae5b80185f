"""The one connection to the station's file: opened, lost and opened again, with failures said plainly.

A statement that fails because of the disk, the file or another program ends as `Unavailable`; the connection
is thrown away and the next use opens a new one, because after a failed write or fsync nothing that the old
one holds in memory can be trusted. Every other failure leaves it open, rolled back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from app.domain.refusal import Unavailable

# Short: one connection owns the file, so that a lock is a stranger's (a copy tool, a virus scanner).
_LOCK_WAIT_S = 2.0
# More than the driver keeps by itself: a station has some two hundred texts, and preparing one again costs
# more than most of them take to run.
_STATEMENTS_KEPT = 512
_PRAGMAS = ("synchronous=FULL", "foreign_keys=ON", "cache_size=-65536", "secure_delete=FAST")
_PRIMARY = 0xFF
DAMAGED = "the station's database is damaged; stop, and restore a backup."
"""What a person does about a record that cannot be read."""

# By SQLite's primary result code. Codes that are not here are our own mistakes, such as a wrong statement.
_SENTENCES = {
    5: "another program holds the station's database; close it.",
    6: "another program holds the station's database; close it.",
    8: "the station's database may only be read; give this person the right to write it.",
    10: "the disk did not take it (input/output error); check the disk and the space left on it.",
    11: DAMAGED,
    13: "the disk is full; free some space, nothing recorded so far is lost.",
    7: "this computer is out of memory; close other programs.",
    14: "the station's database cannot be opened; check that its folder is there.",
    26: DAMAGED,
}


@dataclass(frozen=True, slots=True)
class Transaction:
    """An open transaction: Core statements through `connection`, compiled ones through `run`.

    `run(sql, values)` and `run_many(sql, rows)` are the DB-API's own execute and executemany, a fifth of the
    price of a Core execute; `run` answers with a cursor (`rowcount`, `lastrowid`, `fetchone`).
    """

    connection: Connection
    run: Callable[[str, tuple[object, ...]], Any]
    run_many: Callable[[str, Sequence[tuple[object, ...]]], Any]


class Database:
    """Opens the file when first asked, in the thread that asks.

    Args:
        path: the file; its folder exists.
        dbapi: the DB-API module to take, `sqlite3` or one with its interface.
    """

    def __init__(self, path: Path, dbapi: Any) -> None:
        self.path = path
        self.dbapi = dbapi
        # Which file is open, by device and number; None before the first opening.
        self._file: tuple[int, int] | None = None
        self._engine: Engine | None = None
        self._connection: Connection | None = None
        # True while a failure means "not recorded", from the opening on.
        self._writing = False
        self._cursor: Any = None
        self._lost = False
        self._doubted = False

    @property
    def connection(self) -> Connection:
        """The open connection, without a transaction unless inside `transaction`.

        Raises:
            Unavailable: the file cannot be opened.
        """
        if self._lost and self._cursor is None:
            self._release()
        if self._connection is None:
            self._connection = self._open()
        return self._connection

    def _open(self) -> Connection:
        if self._engine is None:
            # The creator hands over what the module made, so that nothing of the path is parsed as a URL.
            self._engine = create_engine(
                "sqlite+pysqlite://",
                module=self.dbapi,
                creator=lambda: self.dbapi.connect(
                    str(self.path),
                    timeout=_LOCK_WAIT_S,
                    isolation_level=None,
                    cached_statements=_STATEMENTS_KEPT,
                ),
                poolclass=NullPool,
                isolation_level="AUTOCOMMIT",
                hide_parameters=True,
            )
            event.listen(self._engine, "handle_error", self._unavailable)
        self._expect_file()
        connection = None
        try:
            connection = self._engine.connect()
            _prepare(connection, doubted=self._doubted)
        except BaseException as wrong:
            if connection is not None:
                _let_go(connection)
            said = self._said(wrong.orig) if isinstance(wrong, DBAPIError) else None
            if said is not None:
                raise said from wrong
            raise
        self._lost = self._doubted = False
        self._file = _file_at(self.path)
        return connection

    def _expect_file(self) -> None:
        """Nothing, while the file is the one that was opened.

        The system lets a program go on with a file that has no name any more, and takes it away when the
        program ends: what would be recorded from here on is not on any disk that anybody can open.

        Raises:
            Unavailable: it is gone, or another one has its name.
        """
        if self._file is not None and _file_at(self.path) != self._file:
            raise Unavailable(
                f"{'Not recorded' if self._writing else 'Not read'}: the station's database {self.path.name} "
                "was moved or deleted; leave this program open and put the file back."
            )

    def _unavailable(self, context: ExceptionContext) -> BaseException | None:
        said = self._said(context.original_exception)
        self._lost = self._lost or said is not None
        return said

    def _said(self, wrong: BaseException | None) -> Unavailable | None:
        code = getattr(wrong, "sqlite_errorcode", 0) & _PRIMARY
        if code not in _SENTENCES:
            return None
        start = "Not recorded" if self._writing else "Not read"
        return Unavailable(f"{start}: {_SENTENCES[code]}")

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One durable commit, or nothing: the block's writes are on disk when it ends without an exception.

        Raises:
            Unavailable: the disk, the file or its lock; nothing of the block is kept.
        """
        self._writing = True
        try:
            # Before anything else, and with the connection kept: it alone still has what was recorded.
            self._expect_file()
        except Unavailable:
            self._writing = False
            raise
        try:
            connection = self.connection
            self._cursor = cursor = connection.connection.cursor()
            cursor.execute("BEGIN IMMEDIATE")
            yield Transaction(connection, cursor.execute, cursor.executemany)
            cursor.execute("COMMIT")
        except BaseException as wrong:
            said = self._said(wrong)
            self._roll_back(keep=said is None and not isinstance(wrong, Unavailable))
            if said is not None:
                raise said from wrong
            raise
        finally:
            self._writing, self._cursor = False, None

    def _roll_back(self, *, keep: bool) -> None:
        if self._connection is None or self._cursor is None:
            return
        # A cursor in the middle of its rows would keep even a closed connection's locks.
        self._cursor.close()
        try:
            self._connection.connection.cursor().execute("ROLLBACK")
        except self.dbapi.Error:
            keep = False
        if not keep:
            self._doubted = True
            self._release()

    def close(self) -> None:
        """Lets the file go; a later use opens what has its name then."""
        self._file = None
        self._release()

    def _release(self) -> None:
        connection, self._connection = self._connection, None
        self._lost = False
        if connection is not None:
            _let_go(connection)


def _file_at(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _prepare(connection: Connection, *, doubted: bool) -> None:
    if connection.exec_driver_sql("PRAGMA journal_mode=WAL").scalar() != "wal":
        # Some network disks cannot; synchronous=FULL is enough for the log only.
        raise Unavailable("The station's disk cannot keep a write-ahead log; use a local disk.")
    for pragma in _PRAGMAS:
        connection.exec_driver_sql(f"PRAGMA {pragma}").close()
    if doubted:
        # What the log holds may not have reached the disk: write it again, into the database.
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").close()


def _let_go(connection: Connection) -> None:
    # Invalidating closes the file without a last statement, which could fail where others did.
    connection.invalidate()
    connection.close()
