"""Copies of a SQLite file by its online backup: whole, checked, and in place only when complete."""

from __future__ import annotations

import os
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from app.domain.refusal import Refused, Unavailable
from sync.central.store.lasting import put_in_place

HEADS = "SELECT station_id, epoch, head_seq FROM station WHERE bench <> 0"
"""How far each station's chain is, in any version's tables."""
PAST_HEADS = "SELECT station_id, epoch, head_seq FROM past_chain"
RENEWALS = ("renewal", "SELECT station_id, epoch, from_epoch FROM renewal")
"""Which epoch followed from which; before it the table, which the oldest versions have not got."""
ERASED = ("event", "SELECT body FROM event WHERE kind = 'personal.erased'")
PRIVATE_ERASED = ("private_erasure", "SELECT event_id FROM private_erasure WHERE NOT quiet")
STANDING = ("standing_erasure", "SELECT subject FROM standing_erasure")
SHUT_OUT = ("station", "SELECT station_id FROM station WHERE fenced")
"""The stations that were shut out."""
UNLOCKED = (
    "approver_unlock",
    "SELECT approver, station, number, given_at, given_by FROM approver_unlock",
)
"""The last unlock that each approver was given at each station."""
RECALLED = ("meta", "SELECT name, value FROM meta WHERE name LIKE 'recalled%'")
"""Renewals and erasures of centres that were replaced before, as `renewing` and `personal` keep them."""


def copy_of(engine: Engine, file: Path, word: str) -> Path:
    """Copies an open file beside itself, under its own name and a word; earlier copies are kept.

    Raises:
        Unavailable: the copy could not be written.
    """
    target = file.with_name(f"{file.stem}-{word}{file.suffix}")
    number = 1
    while target.exists():
        number += 1
        target = file.with_name(f"{file.stem}-{word}-{number}{file.suffix}")
    copy_file(engine.dialect.dbapi, file, target)
    return target


def copy_file(dbapi: Any, file: Path, target: Path) -> None:
    """Copies what is committed in `file` to `target`, which is replaced only by a complete copy.

    The connection may neither write nor checkpoint, so this is safe beside a centre that works on the file.

    Raises:
        Unavailable: the file cannot be read or the copy not written; `target` is as it was.
    """
    unfinished = target.with_name(f"{target.name}.part")
    try:
        unfinished.unlink(missing_ok=True)
        with (
            closing(dbapi.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as source,
            closing(dbapi.connect(str(unfinished), isolation_level=None)) as copy,
        ):
            source.backup(copy)
            # The copy carries the write-ahead mode in its header; without it, it is one file.
            copy.execute("PRAGMA journal_mode=DELETE").fetchall()
            found = copy.execute("PRAGMA quick_check").fetchone()[0]
        if found != "ok":
            raise Unavailable(f"Not copied: the copy at {target} is damaged ({found}).")
        with unfinished.open("rb+") as whole:
            os.fsync(whole.fileno())
        put_in_place(unfinished, target)
    except (OSError, dbapi.DatabaseError) as wrong:
        raise Unavailable(
            f"{file} was not copied to {target}: {wrong}. Check the file, the disk and the space left."
        ) from wrong
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def generation_of(dbapi: Any, file: Path) -> int:
    """The feed's generation in a file; 0 when it is no centre's or is too damaged to say."""
    try:
        with closing(dbapi.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as kept:
            row = kept.execute("SELECT value FROM meta WHERE name = 'feed_gen'").fetchone()
    except dbapi.DatabaseError:
        return 0
    return int(row[0]) if row else 0


def heads_of(dbapi: Any, file: Path) -> dict[tuple[str, int], int]:
    """By station and epoch, how far each chain is in a file; nothing when it is too damaged to say."""
    try:
        with closing(dbapi.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as kept:
            rows = [*kept.execute(HEADS)]
            if kept.execute("SELECT 1 FROM sqlite_master WHERE name = 'past_chain'").fetchone():
                rows += kept.execute(PAST_HEADS)
    except dbapi.DatabaseError:
        return {}
    return {(str(of), int(epoch)): int(seq) for of, epoch, seq in rows}


def rows_of(dbapi: Any, file: Path, table: str, asked: str) -> list[tuple[Any, ...]]:
    """What a file answers; nothing without that table, or when it is too damaged to say."""
    try:
        with closing(dbapi.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as kept:
            there = kept.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone()
            return [tuple(row) for row in kept.execute(asked)] if there else []
    except dbapi.DatabaseError:
        return []


def alone_with(dbapi: Any, file: Path) -> bool:
    """Makes a file whole in itself (no write-ahead log beside it); True once nobody else has it open.

    Raises:
        Refused: another process has it open.
        Unavailable: it cannot be read.
    """
    try:
        with closing(dbapi.connect(str(file), isolation_level=None, timeout=1.0)) as connection:
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
    except dbapi.OperationalError as busy:
        if "locked" not in str(busy):
            raise Unavailable(f"{file} cannot be read: {busy}.") from busy
        mode = "locked"
    except dbapi.DatabaseError as wrong:
        raise Unavailable(f"{file} cannot be read: {wrong}.") from wrong
    if mode != "delete":
        raise Refused(
            "restore.in_use",
            f"Another process works on {file}.",
            "Expected nobody: a centre that runs would go on with half of each.",
            "Stop the centre first.",
        )
    return True
