"""Opening a station's record with the machine's own clock, randomness and SQLite library."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from app.bootstrap import sqlite
from app.bootstrap.folder import Folder
from app.domain.clock import Clock
from app.domain.ids import Ids
from app.domain.refusal import Refused
from app.ledger import mirror
from app.ledger.copy_watch import CopyWatch
from app.ledger.identity import StationSettings
from app.ledger.second_copy import CopiedLedger
from app.ledger.writer import Ledger
from app.station.keyfile import load_or_make
from app.station.system import SystemClock, SystemIds, boot_id, zone_name


def make_record(folder: Folder, clock: Clock, ids: Ids) -> CopiedLedger:
    """The record of a folder, made on first use. The caller holds the folder's lock."""
    return open_file(folder, folder.record, clock, ids)


def begin_record(folder: Folder, clock: Clock, ids: Ids, copy: CopyWatch | None) -> CopiedLedger:
    """The record of a bench that begins to work, with its second copy where there is to be one."""
    ledger = make_record(folder, clock, ids)
    try:
        if copy is not None:
            copy.begin(ledger)
        # Records that an older program could not read are tried again before the first scan.
        mirror.reread(ledger)
    except BaseException:
        ledger.close()
        raise
    return ledger


def open_file(folder: Folder, record: Path, clock: Clock, ids: Ids) -> CopiedLedger:
    """A record in that file under the key of a folder, whose lock the caller holds."""
    settings = StationSettings(version("backhaul"), zone_name(), boot_id())
    signer = load_or_make(folder.key, ids, record)
    return CopiedLedger(
        record, sqlite.choose().module, signer=signer, clock=clock, ids=ids, settings=settings
    )


@contextmanager
def open_record(folder: Folder, *, must_exist: bool) -> Iterator[Ledger]:
    """The record under the folder's lock, closed at the end.

    Raises:
        Refused: the folder is in use, or holds no record although one must exist.
    """
    if must_exist:
        expect_record(folder)
    with folder.make().locked(), make_record(folder, SystemClock(), SystemIds()) as ledger:
        yield ledger


def expect_record(folder: Folder) -> None:
    """Nothing, where a folder holds a record.

    Raises:
        Refused: it holds none.
    """
    if not folder.record.exists():
        raise Refused(
            "folder.empty",
            f"{folder.path} holds no station record.",
            "Expected a station's data folder.",
            "Name the folder with --data.",
        )
