"""Questions that are asked with every scan, compiled once from the Core tables.

Building a Core statement costs more than SQLite needs to answer it; a prepared one is a text and the order of
its values, and goes to the driver as it is. Lists of values (`IN`) cannot be prepared.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Select
from sqlalchemy.dialects import sqlite

from app.ledger.reading import fetched

_Make = Callable[[Iterable[Any]], Any]


class Rows:
    """What a question was answered with; columns by name or in their order."""

    __slots__ = ("_found", "_make")

    def __init__(self, found: Sequence[tuple[Any, ...]], make: _Make) -> None:
        self._found, self._make = found, make

    def __iter__(self) -> Iterator[Any]:
        return map(self._make, self._found)

    def first(self) -> Any | None:
        """The first row, None when there is none."""
        return self._make(self._found[0]) if self._found else None

    def one_or_none(self) -> Any | None:
        """The only row, None when there is none; for what a key of the table finds."""
        return self.first()

    def scalars(self) -> list[Any]:
        """The first column of every row."""
        return [row[0] for row in self._found]

    def scalar(self) -> Any | None:
        """The first column of the first row, None when there is none."""
        return self._found[0][0] if self._found else None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question; `names` are its values in the order of the text's marks, `fixed` those it brings along."""

    text: str
    names: tuple[str, ...]
    fixed: dict[str, object]
    make: _Make = field(repr=False)

    def ask(self, connection: Connection, **values: object) -> Rows:
        """The rows for these values.

        Raises:
            KeyError: a value that the question needs is missing.
        """
        every = {**self.fixed, **values} if self.fixed else values
        return Rows(fetched(connection, self.text, tuple([every[name] for name in self.names])), self.make)


def prepare(question: Select[Any]) -> Prepared:
    """Compiles a question; what stands in it as `bindparam` is asked for with `ask`."""
    compiled = question.compile(dialect=sqlite.dialect(paramstyle="qmark"))
    names = tuple(compiled.positiontup or ())
    fixed = {name: value for name, value in compiled.params.items() if value is not None}
    row: Any = namedtuple  # noqa: PYI024 - which columns there are is known only now
    columns = [column.name for column in question.selected_columns]
    return Prepared(str(compiled), names, fixed, row("Row", columns, rename=True)._make)
