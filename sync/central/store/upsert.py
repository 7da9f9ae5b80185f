"""Insert-or-update in the words of the database at hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

# From the existing row's table and the row that could not be inserted, the new column values.
Change = Callable[[Table, Any], dict[str, ColumnElement[Any]]]


class Upsert:
    """One prepared statement per database; built once, so that its compiled form is kept."""

    def __init__(self, table: Table, keys: Sequence[str], change: Change) -> None:
        lite, large = sqlite.insert(table), postgresql.insert(table)
        self._statements: dict[str, Insert] = {
            "sqlite": lite.on_conflict_do_update(index_elements=keys, set_=change(table, lite.excluded)),
            "postgresql": large.on_conflict_do_update(
                index_elements=keys, set_=change(table, large.excluded)
            ),
        }

    def run(self, conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
        """Writes all rows in one statement; nothing happens for none."""
        if rows:
            conn.execute(self._statements[conn.dialect.name], rows)


def replace(table: Table, keys: Sequence[str]) -> Upsert:
    """An upsert in which the newer row wins in every column that is no key."""
    names = [column.name for column in table.columns if column.name not in keys]
    return Upsert(table, keys, lambda _, newer: {name: newer[name] for name in names})
