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
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-65536")
_PRIMARY = 0xFF
# By SQLite's primary result code. Codes that are not here are our own mistakes, such as a wrong statement.
_SENTENCES = {
    5: "another program holds the station's database; close it.",
    6: "another program holds the station's database; close it.",
    8: "the station's database may only be read; give this person the right to write it.",
    10: "the disk did not take it (input/output error); check the disk and the space left on it.",
    11: "the station's database is damaged; stop, and restore a backup.",
    13: "the disk is full; free some space, nothing recorded so far is lost.",
    7: "this computer is out of memory; close other programs.",
    14: "the station's database cannot be opened; check that its folder is there.",
    26: "the station's database is damaged; stop, and restore a backup.",
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
        self._engine: Engine | None = None
        self._connection: Connection | None = None
        self._writing = False

    @property
    def connection(self) -> Connection:
        """The open connection, without a transaction unless inside `transaction`.

        Raises:
            Unavailable: the file cannot be opened.
        """
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
                    str(self.path), timeout=_LOCK_WAIT_S, isolation_level=None
                ),
                poolclass=NullPool,
            )
            event.listen(self._engine, "handle_error", self._unavailable)
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            for pragma in _PRAGMAS:
                connection.exec_driver_sql(f"PRAGMA {pragma}").close()
        except BaseException:
            connection.close()
            raise
        return connection

    def _unavailable(self, context: ExceptionContext) -> BaseException | None:
        return self._said(context.original_exception)

    def _said(self, wrong: BaseException) -> Unavailable | None:
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
            connection = self.connection
            cursor = connection.connection.cursor()
            cursor.execute("BEGIN IMMEDIATE")
            yield Transaction(connection, cursor.execute, cursor.executemany)
            cursor.execute("COMMIT")
        except Unavailable:
            self.close()
            raise
        except BaseException as wrong:
            said = self._said(wrong)
            self._roll_back(keep=said is None)
            if said is not None:
                raise said from wrong
            raise
        finally:
            self._writing = False

    def _roll_back(self, *, keep: bool) -> None:
        if keep and self._connection is not None:
            try:
                self._connection.exec_driver_sql("ROLLBACK")
            except (Unavailable, DBAPIError):
                keep = False
        if not keep:
            self.close()

    def close(self) -> None:
        """Lets the file go; a later use opens it again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
