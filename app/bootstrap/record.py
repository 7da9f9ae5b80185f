"""Opening a station's record with the machine's own clock, randomness and SQLite library."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from app.bootstrap import sqlite
from app.bootstrap.folder import Folder
from app.domain.clock import Clock
from app.domain.ids import Ids
from app.domain.refusal import Refused, Unavailable
from app.ledger import erasing, mirror
from app.ledger.copy_watch import CopyWatch
from app.ledger.identity import StationSettings
from app.ledger.second_copy import CopiedLedger
from app.ledger.writer import Ledger
from app.station.keyfile import load_or_make
from app.station.system import SystemClock, SystemIds, boot_id, zone_name

_log = logging.getLogger(__name__)


def make_record(folder: Folder, clock: Clock, ids: Ids) -> CopiedLedger:
    """The record of a folder, made on first use. The caller holds the folder's lock.

    Raises:
        Refused: the folder holds a key whose record is gone; or as `open_file` refuses.
        Unavailable: the disk does not take or give it.
    """
    fresh = not folder.record.exists() or folder.record.stat().st_size == 0
    if fresh:
        _require_new(folder)
    ledger = open_file(folder, folder.record, clock, ids)
    if fresh or folder.founding.exists():
        folder.founding.unlink(missing_ok=True)
    return ledger


def _require_new(folder: Folder) -> None:
    """Refuses to begin another station under the key of one whose record is gone; else notes the beginning.

    The note tells a first start that was cut short from a record that vanished.
    """
    if folder.key.exists() and not folder.founding.exists():
        raise Refused(
            "record.gone",
            f"{folder.path} holds {folder.key.name} and no {folder.record.name}.",
            "Expected the record that is signed with this key: an empty one would be another station's, and "
            "hide that this one's can be put back.",
            f"Put a copy back: backhaul restore FILE --data {folder.path}. To begin anew as another station, "
            f"move {folder.key.name} out of the folder first; nothing was changed.",
        )
    try:
        with folder.founding.open("wb") as note:
            os.fsync(note.fileno())
    except OSError as world:
        raise Unavailable(f"The data folder {folder.path} cannot be written: {world.strerror}.") from world


def begin_record(folder: Folder, clock: Clock, ids: Ids, copy: CopyWatch | None) -> CopiedLedger:
    """The record of a bench that begins to work, with its second copy where there is to be one."""
    ledger = make_record(folder, clock, ids)
    try:
        if copy is not None:
            copy.begin(ledger, ids)
        # Records that an older program could not read are tried again before the first scan.
        mirror.reread(ledger)
        _erase(ledger)
    except BaseException:
        ledger.close()
        raise
    return ledger


def _erase(ledger: CopiedLedger) -> None:
    """What the centre had erased is in a copy that was put back, and in a file that lost power before it."""
    try:
        erasing.apply(ledger)
        erasing.empty_log(ledger)
    except Unavailable as world:
        # It stays owed to the next page; a bench has to begin also on a disk that is full.
        _log.warning("private words that the centre erased are not erased here yet: %s", world)


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
