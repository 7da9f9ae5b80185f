"""One cache of compiled statements for all databases of a process, which otherwise each begin with an empty one.

A seed opens a dozen databases, and a program that runs for days opens one; compiling the same statements anew
for each would be most of what a simulation does. What is executed stays the same, word for word.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import create_engine
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

import app.ledger.database
import sync.central.store.database

_SHARED: LRUCache[Any, Any] = LRUCache(20_000)


class _Same(SQLiteDialect_pysqlite):
    """The dialect of every SQLite database here: they are set alike, so that one's texts are another's."""

    supports_statement_cache = True

    def __hash__(self) -> int:
        return hash(_Same)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same)


def _created(*args: Any, **given: Any) -> Any:
    engine = create_engine(*args, **given)
    engine.dialect.__class__ = _Same
    engine._compiled_cache = _SHARED  # noqa: SLF001 - the library has no public way for several engines
    return engine


@contextmanager
def swift() -> Iterator[None]:
    """All databases that are opened in this block share what was compiled."""
    with (
        patch.object(app.ledger.database, "create_engine", _created),
        patch.object(sync.central.store.database, "create_engine", _created),
    ):
        yield
