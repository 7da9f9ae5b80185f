"""Copies of a database by SQLite's online backup: whole, checked, and in place only when complete."""

from __future__ import annotations

import os
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from app.domain.refusal import Unavailable
from app.ledger.lasting import put_in_place


def copy_database(dbapi: Any, source: Any, target: Path) -> None:
    """Copies what an open DB-API connection sees to `target`, which is replaced only by a complete copy.

    Raises:
        Unavailable: the copy could not be written; `target` is as it was.
    """
    unfinished = target.with_name(target.name + ".part")
    try:
        unfinished.unlink(missing_ok=True)
        with closing(dbapi.connect(str(unfinished), isolation_level=None)) as copy:
            source.backup(copy)
            # The copy carries the write-ahead mode in its header; without it, it is one file.
            copy.execute("PRAGMA journal_mode=DELETE").fetchall()
            found = copy.execute("PRAGMA quick_check").fetchone()[0]
        if found != "ok":
            raise Unavailable(f"Not copied: the copy at {target} is damaged ({found}).")
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        put_in_place(unfinished, target)
    except (OSError, dbapi.DatabaseError) as wrong:
        raise Unavailable(f"Not copied to {target}: {wrong}. Check the disk and the space left.") from wrong
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
