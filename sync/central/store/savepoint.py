"""A savepoint by the driver's own cursor, and what is tried in one beside a fact that stands anyway.

Each event that is posted goes through a dozen of them, and one of SQLAlchemy's costs several times what the
database itself needs for it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from sync.central.store.failures import DATABASE_FAILED, quiet
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


def tried(conn: Connection, do: Callable[[], object], log: logging.Logger, what: str, *of: object) -> bool:
    """Does all of it, or none and logs `what` was not done, with `of` in its place; False then.

    For what follows from a fact: whatever fails in it, the fact is never refused for that.

    Raises:
        StatementError: the database is away, which says nothing about the fact.
    """
    try:
        with quiet(), savepoint(conn):
            do()
    except DATABASE_FAILED:
        raise
    except Exception:
        log.exception(what, *of)
        return False
    return True


def _say(conn: Connection, words: str) -> None:
    with told(conn, words):
        conn.connection.cursor().execute(words).close()
