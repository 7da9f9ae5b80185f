"""Statements compiled once per database and then handed straight to the driver.

Preparing a statement anew, and its parameters one by one, costs several times what the database itself needs.
Texts, whole numbers, flags and bytes need no preparing: only for statements whose columns are such.
"""

from __future__ import annotations

import json
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import Any, NoReturn

import psycopg
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    String,
    Table,
    any_,
    bindparam,
    cast,
    func,
    select,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase

# From the table's row and the row that could not be inserted, the new column values.
Change = Callable[[Table, Any], dict[str, ColumnElement[Any]]]
# From a column and the name of a list that is given later: the column holds one of its values.
Among = Callable[[ColumnElement[Any], str], ColumnElement[bool]]
OneOf = Callable[[ColumnElement[Any]], ColumnElement[bool]]
Question = Select[Any] | CompoundSelect[Any]
Statement = Question | UpdateBase
_PART = 1000


class _Text:
    """What the driver gets: the text, its parameters as it wants them, and those with a value.

    `row` makes a row of what it gives back, once its columns are known.
    """

    __slots__ = ("_in_order", "_lists_as_json", "fixed", "row", "sql")

    def __init__(
        self,
        statement: Statement,
        names: Sequence[str] | None,
        conn: Connection,
        *,
        lists_as_json: bool = False,
    ) -> None:
        compiled = statement.compile(dialect=conn.dialect, column_keys=list(names) if names else None)
        if not isinstance(compiled, SQLCompiler):
            raise TypeError(f"{statement} is not SQL")
        self.sql = compiled.string
        self._in_order = _picking(compiled.positiontup)
        # What a row has to bring is never made up: a row without it fails.
        asked = frozenset(names or ())
        self.fixed = {
            name: value for name, value in compiled.params.items() if value is not None and name not in asked
        }
        self.row: Callable[[Iterable[Any]], Any] | None = None
        self._lists_as_json = lists_as_json

    def parameters(self, row: Mapping[str, Any]) -> Any:
        """One row's values as the driver wants them."""
        given = {**self.fixed, **row} if self.fixed else row
        if self._lists_as_json:
            given = {key: json.dumps(v) if isinstance(v, list) else v for key, v in given.items()}
        return self._in_order(given)


def _picking(order: Sequence[str] | None) -> Callable[[Mapping[str, Any]], Any]:
    """Puts a row's values in this order, or leaves them by name; named at once, they are found quickest."""
    if order is None:
        return dict
    if len(order) > 1:
        return itemgetter(*order)
    return lambda given: tuple([given[name] for name in order])


class Many:
    """One insert, update or upsert, run for many rows that all have these names."""

    def __init__(self, statements: Mapping[str, Statement], names: Sequence[str]) -> None:
        self._statements = statements
        self._names = names
        self._texts: dict[str, _Text] = {}

    def run(self, conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Runs once for each row, in their order; nothing happens for none."""
        if rows:
            text = self._text(conn)
            given = [text.parameters(row) for row in rows]
            cursor = conn.connection.cursor()
            try:
                cursor.executemany(text.sql, given)
            except conn.dialect.loaded_dbapi.Error as why:
                _tell(conn, text.sql, why)
            finally:
                cursor.close()

    def one(self, conn: Connection, **row: Any) -> Any | None:
        """Runs once; the row it returns, when it returns one."""
        found = _all(conn, self._text(conn), row)
        return found[0] if found else None

    def _text(self, conn: Connection) -> _Text:
        name = conn.dialect.name
        if name not in self._texts:
            self._texts[name] = _Text(self._statements[name], self._names, conn)
        return self._texts[name]


class Ask:
    """One select; a value that is a list stands for any of its values.

    It is read by the driver's own cursor: a result of SQLAlchemy's would find out anew each time what columns
    it has, which costs more than most of these reads.
    """

    def __init__(
        self, statements: Mapping[str, Question], *, lists_as_json: frozenset[str] = frozenset({"sqlite"})
    ) -> None:
        self._statements = statements
        self._lists_as_json = lists_as_json
        self._texts: dict[str, _Text] = {}

    def rows(self, conn: Connection, **given: Any) -> Sequence[Any]:
        """All rows, columns by name or in their order, as the driver gives them."""
        return _all(conn, self.text(conn), given)

    def each(self, conn: Connection, **given: Any) -> Iterator[tuple[Any, ...]]:
        """Row after row, columns in their order; never all in memory unless the driver keeps them."""
        with _cursor(conn, self.text(conn), given) as cursor:
            while part := cursor.fetchmany(_PART):
                yield from part

    def first(self, conn: Connection, **given: Any) -> Any | None:
        """The first row, None when there is none."""
        rows = self.rows(conn, **given)
        return rows[0] if rows else None

    def value(self, conn: Connection, **given: Any) -> Any | None:
        """The first column of the first row, None when there is none."""
        row = self.first(conn, **given)
        return None if row is None else row[0]

    def text(self, conn: Connection) -> _Text:
        """What the driver gets."""
        name = conn.dialect.name
        if name not in self._texts:
            as_json = name in self._lists_as_json
            self._texts[name] = _Text(self._statements[name], None, conn, lists_as_json=as_json)
        return self._texts[name]


Asked = tuple[Ask, Mapping[str, Any]]


def at_once(conn: Connection, *asked: Asked) -> list[Iterable[tuple[Any, ...]]]:
    """The rows of several selects, columns in their order, to be gone through in the order they were asked.

    They go to PostgreSQL together: one journey there and back, which costs more than such a read, not one
    each. From SQLite, which is no journey away, the rows of each come as they are gone through.
    """
    if conn.dialect.name != "postgresql":
        return [ask.each(conn, **given) for ask, given in asked]
    texts = [(ask.text(conn), given) for ask, given in asked]
    with told(conn, texts[0][0].sql):
        return _in_one_journey(conn.connection, [(text.sql, text.parameters(given)) for text, given in texts])


def _in_one_journey(connection: Any, asked: Sequence[tuple[str, Any]]) -> list[Iterable[tuple[Any, ...]]]:
    """The rows of several statements by psycopg's pipeline."""
    refused, found = None, list[Iterable[tuple[Any, ...]]]()
    try:
        with connection.driver_connection.pipeline():
            try:
                cursors = [connection.cursor().execute(sql, given) for sql, given in asked]
                found = [cursor.fetchall() for cursor in cursors]
            except psycopg.Error as why:
                # Which statement finds out is a matter of time; the pipeline's end tells nothing but its end.
                refused = why
    except psycopg.Error as why:
        raise refused or why from None
    if refused is not None:
        raise refused
    return found


def _all(conn: Connection, text: _Text, given: Mapping[str, Any]) -> list[Any]:
    """What a statement gives back, read to its end: only then has all of it happened."""
    parameters = text.parameters(given)
    cursor: Any = conn.connection.cursor()
    try:
        cursor.execute(text.sql, parameters)
        if cursor.description is None:
            return []
        found = cursor.fetchall()
        if text.row is None:
            text.row = _row_of(column[0] for column in cursor.description)
    except conn.dialect.loaded_dbapi.Error as why:
        _tell(conn, text.sql, why)
    finally:
        cursor.close()
    return [*map(text.row, found)]


@contextmanager
def _cursor(conn: Connection, text: _Text, given: Mapping[str, Any]) -> Iterator[Any]:
    """The driver's cursor after a select."""
    with told(conn, text.sql):
        cursor = conn.connection.cursor()
        try:
            cursor.execute(text.sql, text.parameters(given))
            yield cursor
        finally:
            cursor.close()


@contextmanager
def told(conn: Connection, sql: str) -> Iterator[None]:
    """What the driver raises is told as SQLAlchemy tells it."""
    try:
        yield
    except conn.dialect.loaded_dbapi.Error as why:
        _tell(conn, sql, why)


def _tell(conn: Connection, sql: str, why: BaseException) -> NoReturn:
    # It lets the connection go when it was lost, and calls those who listen for failures.
    conn._handle_dbapi_exception(why, sql, None, None, None)  # noqa: SLF001 - nothing else does


def _row_of(columns: Iterable[str]) -> Callable[[Iterable[Any]], Any]:
    """Rows whose columns are found by name, many times as fast as those of SQLAlchemy's results."""
    make: Any = namedtuple  # noqa: PYI024 - which columns there are is known only now
    found: Callable[[Iterable[Any]], Any] = make("Row", columns, rename=True)._make
    return found


def asking(build: Callable[[Among], Question]) -> Ask:
    """A select; `build` gets the way to say that a column is one of a list."""
    return Ask({"sqlite": build(_in_json), "postgresql": build(_in_array)})


def asking_each(name: str, build: Callable[[OneOf], Question]) -> Ask:
    """A select of the rows of each value of a list, `name`, in which none stands twice.

    `build` gets the way to say that a column is such a value. PostgreSQL looks each up by the index whatever
    it believes of the tables: asked for any of them at once it reads all rows of an owner until it has been
    told how many there are, which is a minute after they came. It makes its plan once: every list counts as
    a hundred values to it, while of an array it would look at the length, and plan anew, each time.
    """
    values = func.jsonb_array_elements_text(cast(bindparam(name, type_=String()), postgresql.JSONB()))
    asked = values.table_valued("value", name="asked").render_derived()
    # The offset keeps it from being made one with the rest, and so from being asked for at once.
    one = build(lambda column: column == asked.c.value).offset(0).lateral("found")
    large = select(one).select_from(asked.join(one, true()))
    lite = build(lambda column: _in_json(column, name))
    return Ask({"sqlite": lite, "postgresql": large}, lists_as_json=frozenset({"sqlite", "postgresql"}))


def _in_json(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    return column.in_(select(func.json_each(bindparam(name)).table_valued("value").c.value))


def _in_array(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    return column == any_(bindparam(name, type_=ARRAY(column.type)))


def inserting(table: Table, *names: str) -> Many:
    """Inserts rows; all columns that have no default of their own when no names are given."""
    columns = names or [column.name for column in table.columns if column.server_default is None]
    return _both(table.insert().inline(), columns)


def updating(statement: UpdateBase, *names: str) -> Many:
    """Runs an update or delete with these bound names."""
    return _both(statement, names)


def _both(statement: Statement, names: Sequence[str]) -> Many:
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
