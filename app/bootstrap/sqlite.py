"""Which SQLite library to take.

Libraries before 3.51.3 (and before the back-ported fixes) can corrupt a write-ahead log when two connections
work on one database. The standard module is taken when its library is sound, else the bundled one; where
neither is, the standard one, which is safe here because one connection does all writing and checkpointing.
"""

from __future__ import annotations

import importlib
import sqlite3
from dataclasses import dataclass
from typing import Any

from app.domain.sqlite_library import wal_reset_safe


@dataclass(frozen=True, slots=True)
class SqliteChoice:
    """The DB-API module taken, its library's version, and whether two connections would be safe."""

    module: Any
    version: str
    sound: bool


def choose() -> SqliteChoice:
    """The module that all databases of this process are opened with."""
    standard = SqliteChoice(sqlite3, sqlite3.sqlite_version, wal_reset_safe(sqlite3.sqlite_version_info))
    if standard.sound:
        return standard
    try:
        bundled = importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return standard
    if wal_reset_safe(bundled.sqlite_version_info):
        return SqliteChoice(bundled, bundled.sqlite_version, sound=True)
    return standard
