"""The same writes without Backhaul: statements heard at the driver, played back by the driver alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from unittest.mock import patch

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.pool.base import _ConnectionFairy

_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


@dataclass(frozen=True, slots=True)
class Write:
    """One execute or executemany as the driver got it."""

    sql: str
    values: Any
    many: bool


Transaction = tuple[Write, ...]


class Player(Protocol):
    """Whoever plays transactions back by a bare driver."""

    def play(self, transaction: Transaction) -> None:
        """One transaction, in one durable commit."""

    def close(self) -> None:
        """Lets the database go."""


class Ear:
    """The writes of each commit that a program makes, reads left out."""

    def __init__(self) -> None:
        self._open: list[Write] = []
        self.transactions: list[Transaction] = []

    def begin(self) -> None:
        """Forgets what was heard so far."""
        self._open, self.transactions = [], []

    def heard(self, write: Write) -> None:
        """Keeps a write; a commit closes its transaction."""
        first = write.sql.lstrip().split(None, 1)[0].upper() if write.sql.strip() else ""
        if first in _WRITES:
            self._open.append(write)
        elif first == "COMMIT" and self._open:
            self.transactions.append(tuple(self._open))
            self._open = []
        elif first == "ROLLBACK":
            self._open = []


class _Heard:
    """A driver's cursor that is listened to."""

    def __init__(self, cursor: Any, ear: Ear) -> None:
        self._cursor, self._ear = cursor, ear

    def execute(self, sql: str, *values: Any) -> Any:
        self._ear.heard(Write(sql, values[0] if values else (), many=False))
        return self._cursor.execute(sql, *values)

    def executemany(self, sql: str, rows: Any) -> Any:
        kept = list(rows)
        self._ear.heard(Write(sql, kept, many=True))
        return self._cursor.executemany(sql, kept)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


@contextmanager
def listening() -> Iterator[Ear]:
    """Hears what every engine of this process tells its driver, either way; for one thread at a time."""
    ear, cursor_of = Ear(), _ConnectionFairy.cursor

    def cursor(self: Any, *how: Any, **more: Any) -> Any:
        return _Heard(cursor_of(self, *how, **more), ear)

    def committed(_conn: Any) -> None:
        ear.heard(Write("COMMIT", (), many=False))

    event.listen(Engine, "commit", committed)
    try:
        with patch.object(_ConnectionFairy, "cursor", cursor):
            yield ear
    finally:
        event.remove(Engine, "commit", committed)


class Recorder(Ear):
    """A DB-API module that listens; in all else it is the module it was made from.

    `transactions` are the writes of each commit since the last `begin`, reads left out.
    """

    def __init__(self, dbapi: Any) -> None:
        super().__init__()
        self._dbapi = dbapi
        recorder = self

        class ListeningCursor(dbapi.Cursor):  # type: ignore[misc]  # the module is handed in
            def execute(self, sql: str, values: Any = ()) -> Any:
                recorder.heard(Write(sql, values, many=False))
                return super().execute(sql, values)

            def executemany(self, sql: str, values: Any) -> Any:
                kept = list(values)
                recorder.heard(Write(sql, kept, many=True))
                return super().executemany(sql, kept)

        class ListeningConnection(dbapi.Connection):  # type: ignore[misc]  # as above
            def cursor(self, factory: Any = ListeningCursor) -> Any:
                return super().cursor(factory)

            def commit(self) -> None:
                super().commit()
                recorder.heard(Write("COMMIT", (), many=False))

        self._connection = ListeningConnection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._dbapi, name)

    def connect(self, *where: Any, **how: Any) -> Any:
        """A connection that is listened to."""
        return self._dbapi.connect(*where, factory=self._connection, **how)


class RawWriter:
    """Plays transactions back over one connection of the bare driver, each in one durable commit."""

    def __init__(self, path: Path, dbapi: Any, pragmas: Sequence[str]) -> None:
        self._connection = dbapi.connect(str(path), isolation_level=None)
        self._cursor = self._connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", *pragmas):
            self._cursor.execute(f"PRAGMA {pragma}").fetchall()

    def play(self, transaction: Transaction) -> None:
        """One transaction."""
        cursor = self._cursor
        cursor.execute("BEGIN IMMEDIATE")
        for write in transaction:
            if write.many:
                cursor.executemany(write.sql, write.values)
            else:
                cursor.execute(write.sql, write.values)
        cursor.execute("COMMIT")

    def close(self) -> None:
        """Lets the file go."""
        self._cursor.close()
        self._connection.close()


class RawPostgres:
    """The same over one connection of the bare driver to PostgreSQL."""

    def __init__(self, where: str) -> None:
        self._connection: psycopg.Connection[Any] = psycopg.connect(where)
        self._cursor = self._connection.cursor()

    def play(self, transaction: Transaction) -> None:
        """One transaction."""
        for write in transaction:
            if write.many:
                self._cursor.executemany(write.sql.encode(), write.values)
            else:
                self._cursor.execute(write.sql.encode(), write.values)
        self._connection.commit()

    def close(self) -> None:
        """Lets the database go."""
        self._connection.close()


def rows_of(transaction: Transaction) -> int:
    """How many rows a transaction writes at most."""
    return sum(len(write.values) if write.many else 1 for write in transaction)
