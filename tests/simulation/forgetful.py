"""A station with a fault, for proving that the soak sees it: it says "saved" and commits only when it ends.

Everything it reads comes over the connection that holds the open transaction, so that nothing about it looks
wrong until it is killed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from app.command.root import run
from app.ledger.database import Database, Transaction


@contextmanager
def _never_quite(self: Database) -> Iterator[Transaction]:
    cursor = self.connection.connection.cursor()
    if not self.connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
        cursor.execute("BEGIN IMMEDIATE")
    yield Transaction(self.connection, cursor.execute, cursor.executemany)


if __name__ == "__main__":
    Database.transaction = _never_quite  # type: ignore[method-assign]
    sys.exit(run(sys.argv[1:]))
