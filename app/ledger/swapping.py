"""A record built anew beside the old one, and put in its place by one rename.

Own events are carried over as they are; what is built anew is the mirror of the centre's records. Until the
rename the old record is whole, after it the new one.
"""

from __future__ import annotations

import os
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from app.domain.refusal import Refused, Unavailable
from app.ledger import outbox
from app.ledger.lasting import put_in_place, settle
from app.ledger.writer import Ledger

EXPORTED = "exported_head"
"""Under this name the ledger keeps the head's hash that was last written into an export bundle."""


def require_safe(ledger: Ledger) -> None:
    """Refuses to build a record anew while events of it are nowhere else.

    Raises:
        Refused: `reset.unsent`: events wait to be sent, and no export holds all of them.
    """
    waiting = outbox.waiting(ledger).count
    if waiting and ledger.value(EXPORTED) != ledger.head.hash:
        raise Refused(
            "reset.unsent",
            f"{waiting} events of this station were not sent to the centre yet.",
            "Expected none, or an export that holds them.",
            "Let the station send them, or export them first; nothing was changed.",
        )


def swap(dbapi: Any, side: Path, record: Path, *, damaged: bool = False) -> None:
    """Puts a record that nobody has open in the place of another that nobody has open, or of none.

    One that is `damaged` is not asked for its log, which its owner put aside.

    Raises:
        Unavailable: it was not done; the record is as it was.
    """
    try:
        # Asked for, a record that is not there would be made, and be taken for that of a new station.
        old = () if damaged or not record.exists() else (record,)
        for file in (side, *old):
            whole_in_itself(dbapi, file)
        # A journal of the old record that came back with a power cut would be played on the new one.
        settle(record.parent)
        with side.open("rb+") as whole:
            os.fsync(whole.fileno())
        put_in_place(side, record)
    except (OSError, dbapi.DatabaseError) as wrong:
        raise Unavailable(
            f"{record} was not replaced: {wrong}. Check the disk and the space left."
        ) from wrong


def discard(side: Path) -> None:
    """Removes a record that was not finished, with its log."""
    for ending in ("", "-wal", "-shm", "-journal"):
        with suppress(OSError):
            side.with_name(side.name + ending).unlink(missing_ok=True)


def whole_in_itself(dbapi: Any, file: Path) -> None:
    """Brings the log into the file: a log that is left beside a renamed file would be another's.

    Raises:
        OSError: another program has it open.
    """
    with closing(dbapi.connect(str(file), isolation_level=None, timeout=1.0)) as connection:
        mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
    if mode != "delete" or file.with_name(f"{file.name}-wal").exists():
        raise OSError(f"another program has {file.name} open")
