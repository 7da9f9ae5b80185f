"""The same writes without Backhaul: statements heard at the driver, played back by the driver alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


@dataclass(frozen=True, slots=True)
class Write:
    """One execute or executemany as the driver got it."""

    sql: str
    values: Any
    many: bool


Transaction = tuple[Write, ...]


class Recorder:
    """A DB-API module that listens; in all else it is the module it was made from.

    `transactions` are the writes of each commit since the last `begin`, reads left out.
    """

    def __init__(self, dbapi: Any) -> None:
        self._dbapi = dbapi
        self._open: list[Write] = []
        self.transactions: list[Transaction] = []
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


def rows_of(transaction: Transaction) -> int:
    """How many rows a transaction writes at most."""
    return sum(len(write.values) if write.many else 1 for write in transaction)
