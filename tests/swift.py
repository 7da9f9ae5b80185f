"""What a program works out once after it was started, worked out once for all programs of a process of tests.

A test, or a seed of the simulator, starts stations and centres where a real one runs for days: compiling the
same statements, reading the same policies and making the same empty record anew for each would be most of
what the tests do. What is executed stays the same, word for word; each is a pure function of a text, or of
the code of a route.

Every test runs so (`tests.conftest`), and every seed of `python -m tests.simulator`. Those that are about the
making itself take theirs back: `tests.powercut` makes each record from nothing.
"""

from __future__ import annotations

import inspect
import os
import sqlite3
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import fastapi._compat.v2
import fastapi.routing
import httpx
import httpx._transports.default
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_dependant, get_typed_return_annotation
from pydantic import TypeAdapter
from sqlalchemy import create_engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

import app.domain.policy.reader
import app.ledger.database
import app.ledger.records
import app.ledger.statements
import app.ledger.writer
import sync.central.checks.copies
import sync.central.commands.catalogue
import sync.central.store.database
import sync.central.store.evidence
import sync.central.store.refund_rules
import sync.central.store.returns_policy
from app.domain.clock import Clock
from app.ledger.database import Database
from app.ledger.upgrade import make_current

_SHARED: LRUCache[Any, Any] = LRUCache(20_000)


class _SameSqlite(SQLiteDialect_pysqlite):
    """The dialect of every SQLite database here: they are set alike, so that one's texts are another's."""

    supports_statement_cache = True

    def __hash__(self) -> int:
        return hash(_SameSqlite)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _SameSqlite)


class _SamePostgresql(PGDialect_psycopg):
    """The dialect of every PostgreSQL database here: they are of one server program."""

    supports_statement_cache = True

    def __hash__(self) -> int:
        return hash(_SamePostgresql)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _SamePostgresql)


_SAME = {SQLiteDialect_pysqlite: _SameSqlite, PGDialect_psycopg: _SamePostgresql}


def _created(*args: Any, **given: Any) -> Any:
    engine = create_engine(*args, **given)
    engine.dialect.__class__ = _SAME[type(engine.dialect)]
    engine._compiled_cache = _SHARED
    return engine


_ADAPTERS: dict[str, TypeAdapter[Any]] = {}


def _adapted(kind: Any, *, config: Any = None) -> TypeAdapter[Any]:
    """What reads one parameter of a route: each centre has the same routes, with the same words for them."""
    told = f"{kind!r} {config!r}"
    if told not in _ADAPTERS:
        _ADAPTERS[told] = TypeAdapter(kind, config=config)
    return _ADAPTERS[told]


_ASKED: dict[object, Dependant] = {}
_LISTS = ("path_params", "query_params", "header_params", "cookie_params", "body_params", "dependencies")


def _asked_for(*, path: str, call: Callable[..., Any], **told: Any) -> Dependant:
    """What a route takes from a request: each centre defines the same routes anew, from the same code."""
    if (route := _written(call)) is None:
        return get_dependant(path=path, call=call, **told)
    key = (path, route, repr(told))
    if key not in _ASKED:
        asked = get_dependant(path=path, call=call, **told)
        if asked.dependencies:
            # Another function of this very centre: not one's to share.
            return asked
        _ASKED[key] = asked
    asked = copy(_ASKED[key])
    asked.call = call
    for name in _LISTS:
        setattr(asked, name, list(getattr(asked, name)))
    return asked


_RETURNED: dict[object, Any] = {}


def _returned(call: Callable[..., Any]) -> Any:
    """What a route says that it answers."""
    if (route := _written(call)) is None:
        return get_typed_return_annotation(call)
    if route not in _RETURNED:
        _RETURNED[route] = get_typed_return_annotation(call)
    return _RETURNED[route]


def _written(call: Callable[..., Any]) -> object | None:
    """What a function is but for what it encloses; None for one that speaks for another."""
    code = getattr(call, "__code__", None)
    if code is None or hasattr(call, "__wrapped__") or inspect.ismethod(call):
        return None
    return code, repr(call.__defaults__), repr(call.__kwdefaults__)


_authorities = cache(httpx.create_ssl_context)


def _trusting(
    verify: ssl.SSLContext | str | bool = True, cert: Any = None, trust_env: bool = True
) -> ssl.SSLContext:
    """Whom a client trusts that names nobody: all the world's authorities take long to read."""
    named = os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR")
    if verify is not True or cert is not None or named:
        return httpx.create_ssl_context(verify, cert, trust_env)
    return _authorities()


@cache
def _empty_record() -> bytes:
    """A station's file that has its tables and nothing else."""
    with TemporaryDirectory(prefix="record") as folder:
        database = Database(Path(folder) / "station.db", sqlite3)
        make_current(database, _NoClock(), "")
        database.close()
        return database.path.read_bytes()


class _NoClock:
    """Nobody asks when: there is nothing to copy."""

    def now(self) -> datetime:
        raise AssertionError("a new record is no older one")

    def monotonic_ms(self) -> float:
        raise AssertionError("a new record is no older one")


def _made_current(database: Database, clock: Clock, app_ver: str) -> None:
    """As the real one, which finds a new file at this schema already."""
    if database.dbapi is sqlite3 and database.path.parent.is_dir() and not database.path.exists():
        database.path.write_bytes(_empty_record())
    make_current(database, clock, app_ver)


_prepared_once = cache(app.ledger.statements.prepare)
_read_once = cache(app.domain.policy.reader.read_policy)


@contextmanager
def swift() -> Iterator[None]:
    """All programs that are started in this block share what was worked out."""
    with (
        patch.object(httpx._transports.default, "create_ssl_context", _trusting),
        patch.object(fastapi._compat.v2, "TypeAdapter", _adapted),
        patch.object(fastapi.routing, "get_dependant", _asked_for),
        patch.object(fastapi.routing, "get_typed_return_annotation", _returned),
        patch.object(app.ledger.database, "create_engine", _created),
        patch.object(sync.central.store.database, "create_engine", _created),
        patch.object(app.ledger.writer, "make_current", _made_current),
        patch.object(app.ledger.writer, "prepare", _prepared_once),
        patch.object(app.ledger.records, "read_policy", _read_once),
        patch.object(sync.central.store.returns_policy, "read_policy", _read_once),
        patch.object(sync.central.store.evidence, "read_policy", _read_once),
        patch.object(sync.central.store.refund_rules, "read_policy", _read_once),
        patch.object(sync.central.checks.copies, "read_policy", _read_once),
        patch.object(sync.central.commands.catalogue, "read_policy", _read_once),
    ):
        yield
