"""Putting a copy of a station's record back: proven first, and sure to go on in an epoch of its own."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from app.bootstrap import sqlite
from app.bootstrap.folder import Folder
from app.bootstrap.record import open_file
from app.domain.ids import Ids
from app.domain.refusal import Refused, Unavailable
from app.ledger import renewal, swapping
from app.ledger.audit import audit
from app.ledger.backup import backup, reading
from app.ledger.copying import copy_database
from app.ledger.owed import Due
from app.station.system import SystemClock, SystemIds

_CAUSE = "restored"
_TOKEN_SIZE = 16
_LEFTOVERS = ("", "-wal", "-shm")
_SHOWN = 3


def restore(folder: Folder, source: Path, *, replace: bool) -> Path | None:
    """Puts the copy `source` in the place of a folder's record; answers where that is kept, if there was one.

    What was recorded after the copy was made and never sent is not in it. The station owes a new epoch from
    here on, so that nothing it records is taken for something that the centre knows already.

    Raises:
        Refused: the copy is none of this station's, or breaks a law; a record is there and is not to be
            replaced; the folder is in use. What was there is as it was.
        Unavailable: the copy cannot be read or written.
    """
    dbapi, ids = sqlite.choose().module, SystemIds()
    with folder.make().locked():
        record = folder.record
        if record.exists() and not replace:
            raise Refused(
                "restore.target",
                f"{folder.path} holds a record already.",
                "Expected a folder without one.",
                "Give --replace; the record that is there is then kept aside.",
            )
        draft = record.with_name(f"{record.name}.restoring")
        try:
            with reading(source, dbapi) as kept:
                copy_database(dbapi, kept, draft)
            _prepare(folder, draft, ids)
            aside = _kept_aside(record) if record.exists() else None
            # What the draft's log holds, the duty to renew first of all, comes along and lasts.
            swapping.swap(dbapi, draft, record)
        finally:
            swapping.discard(draft)
    return aside


def _prepare(folder: Folder, draft: Path, ids: Ids) -> None:
    """Proves the copy and notes that a renewal is owed."""
    with open_file(folder, draft, SystemClock(), ids) as ledger:
        report = audit(ledger)
        if not report.clean:
            first = "; ".join(str(violation) for violation in report.violations[:_SHOWN])
            raise Refused(
                "restore.audit",
                f"The copy breaks {len(report.violations)} laws: {first}.",
                "Expected a record that adds up.",
                "Nothing was replaced; take another copy.",
            )
        fresh = Due(ids.secret(_TOKEN_SIZE).hex(), _CAUSE, ids.secret(_TOKEN_SIZE).hex())
        # A duty that the copy brought along may be done by now: its token would lead back into a used epoch.
        with ledger.transaction() as tx:
            renewal.note(tx, fresh)


def _kept_aside(record: Path) -> Path:
    """Where the record is kept from now on; a damaged one is moved as it is."""
    dbapi, number = sqlite.choose().module, 1
    while (aside := record.with_name(f"{record.stem}-replaced-{number}{record.suffix}")).exists():
        number += 1
    try:
        backup(record, dbapi, aside)
        # What is still in its log must not be taken for that of the copy.
        with closing(dbapi.connect(str(record), isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchall()
    except (Unavailable, dbapi.DatabaseError):
        for leftover in _LEFTOVERS:
            part = record.with_name(record.name + leftover)
            if part.exists():
                part.replace(aside.with_name(aside.name + leftover))
    return aside
