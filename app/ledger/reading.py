"""Reads by the driver's own cursor.

A result of SQLAlchemy's finds out anew each time what columns it has, which costs more than SQLite needs for
most of what a station asks between two scans.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection


def fetched(connection: Connection, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """All rows, columns in their order, as the driver gives them.

    Raises:
        Unavailable: the disk or the file; as for every other statement of this connection.
    """
    cursor = connection.connection.cursor()
    try:
        cursor.execute(sql, values)
        found = [*cursor.fetchall()]
    except connection.dialect.loaded_dbapi.Error as why:
        # It tells those who listen for failures, who lets the connection go and says what it means.
        connection._handle_dbapi_exception(why, sql, None, None, None)  # noqa: SLF001 - nothing else does
    else:
        return found
    finally:
        cursor.close()
