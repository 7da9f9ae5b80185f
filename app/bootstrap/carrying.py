"""Events carried by file: written at a station, taken in at a centre."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.bootstrap.folder import Folder
from app.bootstrap.record import open_record
from app.bootstrap.serving import open_centre
from app.domain.framing import unframed
from app.domain.refusal import Refused, Unavailable
from app.ledger.also import SetValue
from app.ledger.second_copy import export as export_events
from app.ledger.swapping import EXPORTED
from sync.central.store import bundles
from sync.wire.sealed import Sealed


@dataclass(frozen=True, slots=True)
class Imported:
    """How many events a file held, how many bytes at its end are torn, and chains that were not taken whole.

    Such a chain is named with the number up to which the centre has it, and the centre's word for why.
    `damaged` are the places in the file, in bytes, where an event was that cannot be read any more.
    """

    events: int
    torn: int
    damaged: tuple[int, ...]
    differing: tuple[tuple[str, int, int, str], ...]


def export(folder: Folder, target: Path, *, replace: bool) -> int:
    """Writes every event of a station's record to `target`; answers how many.

    Raises:
        Refused: `target` is there already, or the folder holds no record or is in use.
        Unavailable: the file cannot be written.
    """
    if target.exists() and not replace:
        raise Refused(
            "export.exists",
            f"{target} is there already.",
            "Expected the name of a new file.",
            "Name another file, or give --force to replace it.",
        )
    with open_record(folder, must_exist=True) as ledger:
        try:
            count = export_events(ledger, target)
            # From here on nothing recorded so far is on this disk alone: the record may be built anew.
            ledger.save([SetValue(EXPORTED, ledger.head.hash)])
        except OSError as wrong:
            raise Unavailable(f"{target} cannot be written: {wrong.strerror}.") from wrong
    return count


def take_in(url: str, key: Path | None, source: Path) -> Imported:
    """Takes the events of a file into a centre, batch by batch; again is safe.

    A damaged event is stepped over: what is behind it is taken where the centre has that one from elsewhere.

    Raises:
        Refused: the file or the centre is none, or its station or epoch is not known here.
        Unavailable: the file or the database cannot be read.
    """
    count, differing, damaged = 0, dict[tuple[str, int], tuple[str, int, int, str]](), list[int]()
    try:
        with source.open("rb") as file, open_centre(url, key, must_exist=True) as centre:
            acting = centre.acting("backhaul", "import")
            found = unframed(file, damaged.append)
            events = (Sealed(o.header, o.facts, o.private, o.salt, o.sig) for o in found)
            for place, batch in bundles.parts(events):
                count += len(batch)
                if place in differing:
                    continue
                with acting() as act:
                    part = bundles.take(act.conn, place, batch, act.posted_at, act.chain)
                if part.answer is not None:
                    word = str(part.answer.to_json()["answer"])
                    differing[place] = (part.station, part.epoch, part.upto, word)
            torn = source.stat().st_size - file.tell()
    except OSError as wrong:
        raise Unavailable(f"{source} cannot be read: {wrong.strerror}.") from wrong
    return Imported(count, torn, tuple(damaged), tuple(differing.values()))
