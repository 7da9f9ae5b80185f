"""A database that a dying program and a failing disk left: its first page is nonsense, its log is whole."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

_PAGE = 4096
NONSENSE = bytes(range(256)) * (_PAGE // 256)


def damaged_with_log(file: Path, change: str) -> bytes:
    """Leaves a database so, with a change that is in the log alone; answers the log."""
    log = file.with_name(f"{file.name}-wal")
    with closing(sqlite3.connect(file, isolation_level=None)) as working:
        working.execute("PRAGMA journal_mode=WAL")
        working.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        working.execute(change)
        left, main = log.read_bytes(), file.read_bytes()
    # Closing brought the log into the file: both are as they were before.
    file.write_bytes(NONSENSE + main[_PAGE:])
    log.write_bytes(left)
    return left
