"""Statements for many rows, compiled once per database and then handed straight to the driver.

Preparing thousands of parameters one by one would cost more than the database's own work; texts, whole
numbers, flags and bytes need no preparing. Only for statements whose columns are such.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase

# From the table's row and the row that could not be inserted, the new column values.
Change = Callable[[Table, Any], dict[str, ColumnElement[Any]]]


class Many:
    """One insert, update or upsert, run for many rows that all have these names."""

    def __init__(self, statements: Mapping[str, UpdateBase], names: Sequence[str]) -> None:
        self._statements = statements
        self._names = names
        self._compiled: dict[str, tuple[str, Sequence[str] | None]] = {}

    def run(self, conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Runs once for each row, in their order; nothing happens for none."""
        if not rows:
            return
        sql, order = self._compiled.get(conn.dialect.name) or self._compile(conn)
        if order is None:
            conn.exec_driver_sql(sql, [{name: row[name] for name in self._names} for row in rows])
        else:
            conn.exec_driver_sql(sql, [tuple([row[name] for name in order]) for row in rows])

    def _compile(self, conn: Connection) -> tuple[str, Sequence[str] | None]:
        statement = self._statements[conn.dialect.name]
        compiled = statement.compile(dialect=conn.dialect, column_keys=list(self._names))
        if not isinstance(compiled, SQLCompiler):
            raise TypeError(f"{statement} is not SQL")
        self._compiled[conn.dialect.name] = (compiled.string, compiled.positiontup)
        return self._compiled[conn.dialect.name]


def inserting(table: Table, *names: str) -> Many:
    """Inserts rows; all columns that have no default of their own when no names are given."""
    columns = names or [column.name for column in table.columns if column.server_default is None]
    statement = table.insert().inline()
    return Many({"sqlite": statement, "postgresql": statement}, columns)


def updating(statement: UpdateBase, *names: str) -> Many:
    """Runs an update or delete with these bound names."""
    return Many({"sqlite": statement, "postgresql": statement}, names)


def upserting(table: Table, keys: Sequence[str], change: Change, *names: str) -> Many:
    """Inserts rows; where the keys are there already, changes the row that is."""
    lite, large = sqlite.insert(table).inline(), postgresql.insert(table).inline()
    statements = {
        "sqlite": lite.on_conflict_do_update(index_elements=keys, set_=change(table, lite.excluded)),
        "postgresql": large.on_conflict_do_update(index_elements=keys, set_=change(table, large.excluded)),
    }
    return Many(statements, names or [column.name for column in table.columns])


def replacing(table: Table, keys: Sequence[str]) -> Many:
    """Inserts rows; where the keys are there already, the newer row wins in every other column."""
    names = [column.name for column in table.columns]
    others = [name for name in names if name not in keys]
    return upserting(table, keys, lambda _, newer: {name: newer[name] for name in others}, *names)
