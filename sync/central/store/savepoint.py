"""A savepoint by the driver's own cursor.

Each event that is posted goes through a dozen of them, and one of SQLAlchemy's costs several times what the
database itself needs for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from sync.central.store.prepared import told

# One name for all: the newest of that name is meant, and they end in the order opposite to their beginnings.
_BEGIN, _KEEP, _BACK = "SAVEPOINT part", "RELEASE SAVEPOINT part", "ROLLBACK TO SAVEPOINT part"


@contextmanager
def savepoint(conn: Connection) -> Iterator[None]:
    """All of the block, or nothing of it when anything is raised in it; inside a transaction.

    Raises:
        StatementError: the database refused, as for any other statement.
    """
    _say(conn, _BEGIN)
    try:
        yield
    except BaseException:
        # A connection that was lost has nothing to go back to.
        if not conn.closed and not conn.invalidated:
            _say(conn, _BACK)
            _say(conn, _KEEP)
        raise
    _say(conn, _KEEP)


def _say(conn: Connection, words: str) -> None:
    with told(conn, words):
        conn.connection.cursor().execute(words).close()
