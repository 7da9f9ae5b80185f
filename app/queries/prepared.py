"""Questions that are asked with every scan, compiled once from the Core tables.

Building a Core statement costs more than SQLite needs to answer it; a prepared one is a text and the order of
its values, and goes to the driver as it is. Lists of values (`IN`) cannot be prepared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, CursorResult, Select
from sqlalchemy.dialects import sqlite


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question; `names` are its values in the order of the text's marks, `fixed` those it brings along."""

    text: str
    names: tuple[str, ...]
    fixed: dict[str, object]

    def ask(self, connection: Connection, **values: object) -> CursorResult[Any]:
        """The rows for these values.

        Raises:
            KeyError: a value that the question needs is missing.
        """
        every = {**self.fixed, **values}
        return connection.exec_driver_sql(self.text, tuple(every[name] for name in self.names))


def prepare(question: Select[Any]) -> Prepared:
    """Compiles a question; what stands in it as `bindparam` is asked for with `ask`."""
    compiled = question.compile(dialect=sqlite.dialect(paramstyle="qmark"))
    names = tuple(compiled.positiontup or ())
    fixed = {name: value for name, value in compiled.params.items() if value is not None}
    return Prepared(str(compiled), names, fixed)
