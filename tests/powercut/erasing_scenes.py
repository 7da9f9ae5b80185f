"""Private words that the centre erased go from a station's record and its second copy, while power may go."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import or_, select

from app.domain.envelope import reopen
from app.domain.feed import Change, Page
from app.domain.framing import unframed
from app.domain.refusal import Refused
from app.ledger import erasing, mirror, renewal
from app.ledger.owed import Due
from app.ledger.second_copy import SecondCopy
from app.ledger.tables import event
from app.ledger.writer import Ledger
from tests.app.ledger.station import Station
from tests.powercut.file_scenes import USB, followed
from tests.powercut.scene import Scene, founded, opened


def told(ledger: Ledger, *event_ids: str) -> None:
    """The centre's feed says that these were erased, and the station does it."""
    gen, pos = max(ledger.cursor.gen, 1), ledger.cursor.pos
    changes = [Change(pos + n, "erasure", one, {"event": one}) for n, one in enumerate(event_ids, 1)]
    mirror.apply_page(ledger, Page(gen, pos + len(event_ids), tuple(changes)))


def spoken(station: Station, ledger: Ledger, events: int) -> list[str]:
    """So many events with private words, and their ids."""
    return [
        ledger.record(station.disposition(private={"note": "Anna " * 90})).event_id for _ in range(events)
    ]


def _erase(folder: Path, rng: random.Random) -> None:
    """Words are said, copied, and erased, some in turn, some after an epoch sealed them anew."""
    with opened(folder) as (station, ledger):
        copy, here = SecondCopy(folder / USB), list[str]()
        for step in range(rng.randrange(3, 6)):
            here += spoken(station, ledger, rng.randrange(2, 5))
            copy.follow(ledger)
            told(ledger, *(here.pop(rng.randrange(len(here))) for _ in range(rng.randrange(1, 3))))
            if trouble := copy.follow(ledger):
                raise AssertionError(trouble)
            if step == 1:
                renewal.owe(ledger, Due("02" * 16, "restored", "66" * 16))
                renewal.begin(ledger, 2, [1, 2], ledger.last_seq)
        copy.close()


def no_word_left(ledger: Ledger) -> str:
    """What was erased is gone from the record, after the start did what it owes, and from the copy."""
    erasing.apply(ledger)
    gone = erasing.erased(ledger.connection)
    kept = or_(event.c.private.is_not(None), event.c.salt.is_not(None))
    here = set(ledger.connection.scalars(select(event.c.event_id).where(kept))) & gone
    return (
        followed(ledger)
        or (f"words that were erased are here: {here}" if here else "")
        or "; ".join(f"words in the copy: {one}" for one in copied(ledger.path.parent / USB) if one in gone)
    )


def copied(folder: Path) -> Iterator[str]:
    """The events that the files of a second copy hold with their private part."""
    for path in folder.glob("*.events"):
        with path.open("rb") as file:
            try:
                for one in unframed(file, lambda _: None):
                    if one.private is not None or one.salt is not None:
                        yield reopen(one.header, one.facts, one.private, one.salt, one.sig).event_id
            except Refused:
                # A cut right after it was begun: it has nothing.
                continue


ERASING_SCENES: tuple[Scene, ...] = (Scene("private words erased", founded, _erase, after=no_word_left),)
