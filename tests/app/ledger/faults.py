"""A DB-API module whose statements fail on demand, as a disk makes them fail."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

FULL, IO_ERROR = 13, 10


@dataclass
class FaultyDbapi:
    """`sqlite3`, but once armed the statement number `left` fails, and `lasting` more after it.

    `after` lets SQLite carry the statement out first: the error then hides that it happened, as an fsync does
    whose data reached the disk all the same.
    """

    left: int = 0
    code: int = IO_ERROR
    after: bool = False
    fired: bool = False
    lasting: int = 0
    # Called with each COMMIT that is about to be carried out.
    before_commit: Callable[[], None] = lambda: None

    def arm(self, at: int, code: int = IO_ERROR, *, after: bool = False, lasting: int = 0) -> None:
        self.left, self.code, self.after, self.fired, self.lasting = at, code, after, False, lasting

    def disarm(self) -> None:
        self.left = self.lasting = 0

    def carry_out(self, statement: Callable[[], Any]) -> Any:
        self.left -= 1
        if not -self.lasting <= self.left <= 0 or (self.left < 0 and not self.fired):
            return statement()
        if self.after and not self.fired:
            statement()
        self.fired = True
        wrong = sqlite3.OperationalError("planted")
        wrong.sqlite_errorcode = self.code
        raise wrong

    def connect(self, path: str, **more: Any) -> sqlite3.Connection:
        faults = self

        class Cursor(sqlite3.Cursor):
            def execute(self, *given: Any) -> Any:
                if given[0] == "COMMIT":
                    faults.before_commit()
                return faults.carry_out(lambda: super(Cursor, self).execute(*given))

            def executemany(self, *given: Any) -> Any:
                return faults.carry_out(lambda: super(Cursor, self).executemany(*given))

        class Connection(sqlite3.Connection):
            def cursor(self, factory: Any = Cursor) -> Any:
                return super().cursor(factory)

        return cast("sqlite3.Connection", sqlite3.connect(path, factory=Connection, **more))

    def __getattr__(self, name: str) -> Any:
        return getattr(sqlite3, name)
