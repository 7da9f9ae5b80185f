"""Events carried by file: written at a station, taken in at a centre."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

from app.bootstrap import sqlite
from app.bootstrap.folder import Folder
from app.bootstrap.record import open_record
from app.bootstrap.serving import Served, open_centre
from app.domain import bundle
from app.domain.framing import frames
from app.domain.refusal import Refused, Unavailable
from app.ledger.also import SetValue
from app.ledger.bundles import export as export_events
from app.ledger.newer import newer_record
from app.ledger.second_copy import Chained
from app.ledger.swapping import EXPORTED
from app.ledger.upgrade import NEWER
from app.station.keyfile import load_or_make
from app.station.system import SystemClock, SystemIds
from sync.central.store import bundles
from sync.wire.sealed import Sealed

Differing = tuple[str, int, int, str]
"""A chain that was not taken whole: station, epoch, the number up to which the centre has it, its word."""


@dataclass(frozen=True, slots=True)
class Imported:
    """How many events a file held, how many bytes at its end are torn, and chains that were not taken whole.

    `damaged` are the places in the file, in bytes, where an event was that cannot be read any more. `proven`
    is the manifest that the file was held against; None for a file without one, or that was salvaged.
    """

    events: int
    torn: int
    damaged: tuple[int, ...]
    differing: tuple[Differing, ...]
    proven: bundle.Manifest | None = None


def export(folder: Folder, target: Path, *, replace: bool) -> bundle.Manifest:
    """Writes every event of a station's record to `target`, under the signed manifest that is answered.

    Raises:
        Refused: `target` is there already, or the folder holds no record or is in use; or a newer program's
            that this one does not understand.
        Unavailable: the file cannot be written.
    """
    if target.exists() and not replace:
        raise Refused(
            "export.exists",
            f"{target} is there already.",
            "Expected the name of a new file.",
            "Name another file, or give --force to replace it.",
        )
    try:
        with open_record(folder, must_exist=True) as ledger:
            said = _written(ledger, folder, target)
            # From here on nothing recorded so far is on this disk alone: the record may be built anew.
            ledger.save([SetValue(EXPORTED, ledger.head.hash)])
    except Refused as no:
        if no.code != NEWER:
            raise
        return _export_newer(folder, target)
    return said


def _export_newer(folder: Folder, target: Path) -> bundle.Manifest:
    """The events of a record that this program may not open, and which stays as it is."""
    key = load_or_make(folder.key, SystemIds(), folder.record).public_key
    with folder.locked(), newer_record(folder.record, sqlite.choose().module, key) as record:
        return _written(record, folder, target)


def _written(record: Chained, folder: Folder, target: Path) -> bundle.Manifest:
    signer = load_or_make(folder.key, SystemIds(), folder.record)
    try:
        return export_events(record, target, signer, SystemClock().now(), version("backhaul"))
    except OSError as wrong:
        raise Unavailable(f"{target} cannot be written: {wrong.strerror}.") from wrong


def take_in(url: str, key: Path | None, source: Path, *, salvage: bool = False) -> Imported:
    """Takes the events of a file into a centre, batch by batch; again is safe.

    A bundle is held against its manifest first: when it is not what its station wrote, nothing is taken. In a
    file without one, and with `salvage`, a damaged event is stepped over: what is behind it is taken where
    the centre has that one from elsewhere.

    Raises:
        Refused: the file or the centre is none, its station or epoch is not known here, or the bundle is not
            what its station wrote.
        Unavailable: the file or the database cannot be read.
    """
    try:
        with source.open("rb") as file, open_centre(url, key, must_exist=True) as centre:
            said = None
            if salvage:
                bundle.salvage(file)
            else:
                said = _proven(file, centre)
            done = _taken(file, centre)
            torn = source.stat().st_size - file.tell()
    except OSError as wrong:
        raise Unavailable(f"{source} cannot be read: {wrong.strerror}.") from wrong
    return Imported(done.events, torn, done.damaged, done.differing, said)


def _proven(file: BinaryIO, centre: Served) -> bundle.Manifest | None:
    acting = centre.acting("backhaul", "import")

    def key_of(station: str) -> bytes:
        # The one writer is held for the look-up alone, not for as long as a slow disk is read.
        with acting() as act:
            return bundles.key_of(act.conn, station)

    return bundle.check(file, key_of)


def _taken(file: BinaryIO, centre: Served) -> Imported:
    """Takes the events from where `file` stands; it then stands behind the last whole one."""
    acting = centre.acting("backhaul", "import")
    count, differing, damaged = 0, dict[tuple[str, int], Differing](), list[int]()
    events = (Sealed(o.header, o.facts, o.private, o.salt, o.sig) for o in frames(file, damaged.append))
    for place, batch in bundles.parts(events):
        count += len(batch)
        if place in differing:
            continue
        with acting() as act:
            part = bundles.take(act.conn, place, batch, act.posted_at, act.chain)
        if part.answer is not None:
            word = str(part.answer.to_json()["answer"])
            differing[place] = (part.station, part.epoch, part.upto, word)
    return Imported(count, 0, tuple(damaged), tuple(differing.values()))
