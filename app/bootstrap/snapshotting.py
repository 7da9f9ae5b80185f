"""A station's mirror from a snapshot: fetched, proven, built into a record beside the old one, swapped in."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from app.bootstrap import sqlite
from app.bootstrap.folder import Folder
from app.bootstrap.record import expect_record
from app.bootstrap.station import CENTRE_URL
from app.domain.approvals import POLICY_KEY_TAG, Signed
from app.domain.ids import Ids
from app.domain.refusal import Refused, Unavailable
from app.domain.snapshot import Snapshot, pages_of
from app.ledger import mirror, renewal, swapping, witness
from app.ledger.approvers import root_of
from app.ledger.backup import backup
from app.ledger.identity import StationSettings
from app.ledger.owed import Due
from app.ledger.writer import Ledger
from app.station.keyfile import load_or_make
from app.station.system import SystemClock, SystemIds, boot_id, zone_name
from sync.client.snapshot import CHANGED, Expected, SnapshotCentre, discard, download, lines
from sync.client.transport import HttpCentre
from sync.wire.protocol import MAX_CHANGES
from sync.wire.renewals import TOKEN_SIZE, Cause

Opened = Callable[[Path], Ledger]
"""Opens the record of a path, with this station's key."""


def expected_of(ledger: Ledger) -> Expected:
    """Of whom a snapshot for this station is to be.

    Raises:
        Refused: the station has not joined a centre.
    """
    identity = ledger.identity
    if identity is None:
        raise Refused(
            "snapshot.not_joined",
            "This station has not joined a centre.",
            "Expected one that has: snapshots come from its centre.",
            "Join it first: backhaul enrol.",
        )
    known = witness.newest(ledger.connection)
    return Expected(identity.site, root_of(ledger.connection), known.centre_id if known else "")


def renew_mirror(record: Path, dbapi: Any, opened: Opened, centre: SnapshotCentre, fresh: Due) -> Snapshot:
    """Builds the mirror anew from a snapshot; for a record that nobody has open, under its folder's lock.

    `fresh` is the renewal that is owed from here on when the snapshot is of a newer generation than was met.

    Raises:
        Refused: events of it are nowhere else, or what the centre offers is nobody's word.
        Unavailable: the world did not answer, or the disk did not take it; the record is as it was.
    """
    with opened(record) as ledger:
        swapping.require_safe(ledger)
        expected = expected_of(ledger)
    packed = record.with_name(f"{record.name}.snapshot")
    said, grant = download(centre, packed, expected)
    side = record.with_name(f"{record.name}.renewed")
    try:
        swapping.discard(side)
        backup(record, dbapi, side)
        with opened(side) as ledger:
            _build(ledger, said, grant, packed, fresh)
        swapping.swap(dbapi, side, record)
    finally:
        swapping.discard(side)
    discard(packed)
    return said


def resync(folder: Folder) -> Snapshot:
    """The mirror of a folder's station anew, from its centre.

    Raises:
        Refused: no station, none that joined, one that is in use, or events of it are nowhere else.
        Unavailable: the centre did not answer, or the disk did not take it; the record is as it was.
    """
    expect_record(folder)
    clock, ids, dbapi = SystemClock(), SystemIds(), sqlite.choose().module
    signer = load_or_make(folder.key, ids, folder.record)

    def opened(record: Path) -> Ledger:
        settings = StationSettings(version("backhaul"), zone_name(), boot_id())
        return Ledger(record, dbapi, signer=signer, clock=clock, ids=ids, settings=settings)

    with folder.locked():
        with opened(folder.record) as ledger:
            expected_of(ledger)
            url, station_id = ledger.value(CENTRE_URL) or "", ledger.head.station_id
        centre = HttpCentre(url, station_id, signer, clock=clock, ids=ids)
        try:
            return renew_mirror(folder.record, dbapi, opened, centre, restored_centre(ids))
        finally:
            centre.close()


def first_records(folder: Folder) -> Snapshot | None:
    """The centre's records for a station that just joined; None where it fetches them page by page."""
    try:
        return resync(folder)
    except (Refused, Unavailable):
        return None


def restored_centre(ids: Ids) -> Due:
    """The renewal that a station owes whose centre was put back from a backup, with a token of its own."""
    return Due(ids.secret(TOKEN_SIZE).hex(), Cause.CENTRE_RESTORED.value, ids.secret(TOKEN_SIZE).hex())


def _build(ledger: Ledger, said: Snapshot, grant: Signed, packed: Path, fresh: Due) -> None:
    # First: the records take the place in the feed along, and nobody would notice the newer generation again.
    renewal.meet(ledger, said.cursor.gen, fresh)
    mirror.forget(ledger)
    for page in pages_of(said, lines(packed), MAX_CHANGES):
        mirror.apply_page(ledger, page)
    # A station that had pinned no root has taken the snapshot's own: it must be the one that vouches for it.
    root = root_of(ledger.connection)
    if ledger.cursor != said.cursor or root is None or not grant.holds(POLICY_KEY_TAG, root):
        raise Unavailable(CHANGED)
