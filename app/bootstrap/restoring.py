"""Putting a copy of a station's record back: proven first, and sure to go on in an epoch of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.bootstrap import sqlite
from app.bootstrap.folder import Folder
from app.bootstrap.record import open_file
from app.domain.ids import Ids
from app.domain.refusal import Refused, Unavailable
from app.ledger import numbers, renewal, swapping
from app.ledger.aside import free_name, log_aside, log_stays, taken_back
from app.ledger.audit import audit
from app.ledger.backup import backup, reading
from app.ledger.copying import copy_database
from app.ledger.lasting import second_name
from app.ledger.owed import Due
from app.station.system import SystemClock, SystemIds

_CAUSE = "restored"
_TOKEN_SIZE = 16
_SHOWN = 3


def restore(folder: Folder, source: Path, *, replace: bool) -> Path | None:
    """Puts the copy `source` in the place of a folder's record; answers where that is kept, if there was one.

    What was recorded after the copy was made and never sent is not in it. The station owes a new epoch from
    here on, so that nothing it records is taken for something that the centre knows already; and it gives no
    label again that the replaced record gave, where that can be read. Until the copy takes its place by one
    rename, what is replaced is where it was.

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
            # One that was cut short left its log, too, which is not that of this copy.
            swapping.discard(draft)
            with reading(source, dbapi) as kept:
                copy_database(dbapi, kept, draft)
            there = record.exists() and record.stat().st_size > 0
            damaged = there and not _readable(dbapi, record)
            _prepare(folder, draft, ids, numbers.counted(dbapi, record) if there else {})
            aside = _kept_aside(dbapi, record, damaged=damaged) if there else _log_aside(record)
            # What the draft's log holds, the duty to renew first of all, comes along and lasts.
            try:
                swapping.swap(dbapi, draft, record, damaged=damaged or not there)
            except Unavailable:
                if damaged and aside is not None and draft.exists():
                    taken_back(record, aside)
                raise
        finally:
            swapping.discard(draft)
    return aside


def _prepare(folder: Folder, draft: Path, ids: Ids, counted: Mapping[str, int]) -> None:
    """Proves the copy, notes that a renewal is owed, and goes on with the labels of what is replaced."""
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
            # Statements of approvers count by themselves in the new epoch: labels are on goods.
            numbers.count_on(tx, {of: n for of, n in counted.items() if of in numbers.SERIES.values()})


def _readable(dbapi: Any, record: Path) -> bool:
    """Whether a record can be made one file; if so, it is one from here on, and as whole as before.

    Raises:
        Unavailable: another program has it open.
    """
    try:
        swapping.whole_in_itself(dbapi, record)
    except OSError as busy:
        raise Unavailable(f"{record} was not replaced: {busy}.") from busy
    except dbapi.DatabaseError as wrong:
        if "locked" in str(wrong):
            raise Unavailable(f"{record} was not replaced: another program has it open.") from wrong
        return False
    return True


def _kept_aside(dbapi: Any, record: Path, *, damaged: bool) -> Path:
    """Where the record is kept from now on, while it is still in its place; a damaged one as it is.

    Raises:
        Unavailable: it could not be kept; it is as it was.
    """
    kept = free_name(record)
    if damaged:
        _stays(record, kept)
        try:
            log_stays(record, kept)
        except OSError as wrong:
            taken_back(record, kept)
            raise _not_kept(record, wrong) from wrong
        return kept
    try:
        backup(record, dbapi, kept)
    except Unavailable:
        # It opens, but not all of it can be read, or the disk takes no copy: the file itself stays.
        _stays(record, kept)
    return kept


def _log_aside(record: Path) -> Path | None:
    """Where the log of a record is kept that is gone itself; None where it left none."""
    try:
        return log_aside(record)
    except OSError as wrong:
        raise _not_kept(record, wrong) from wrong


def _not_kept(record: Path, wrong: OSError) -> Unavailable:
    return Unavailable(f"What was {record} was not kept: {wrong}. Check the disk and the space left.")


def _stays(file: Path, kept: Path) -> None:
    """Gives a file a second name, which stays when the first goes to another; where that fails, a copy."""
    try:
        second_name(file, kept)
    except OSError as wrong:
        raise _not_kept(file, wrong) from wrong
