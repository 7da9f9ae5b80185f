"""A station's data folder grown to so many moves, made once and kept: years of work in minutes.

Rows are made by SQL in every table that a commit touches, so that indexes have their real depth and spread.
The sealed bytes of old events are left out, which only makes the file smaller: nothing reads them here, and
new events go to the end of their table. The last few hundred are real.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from app.bootstrap import sqlite
from app.bootstrap.folder import Folder
from app.domain.clock import Clock, to_ms
from app.domain.ids import Ids
from app.ledger import outbox
from app.ledger.identity import StationIdentity, StationSettings
from app.ledger.numbers import LABELS
from app.ledger.tables import SCHEMA
from app.ledger.writer import Ledger
from app.station.keyfile import load_or_make
from tests.bench.workload import OWNER, PLACE, SITE, START, SeededIds, Shift, SteppingClock

MOVES_AN_EVENT = 2
_REAL = 300
_SKUS_AN_EVENT = 0.4
_FEWEST_SKUS = 1000
_FILES = ("station.db", "station.key")
_APART_MS = 20_000
_ROWS = Path(__file__).with_suffix(".sql")

Say = Callable[[str], None]


def skus_for(moves: int) -> int:
    """How many items there are in a record of so many moves."""
    return max(_FEWEST_SKUS, int(moves / MOVES_AN_EVENT * _SKUS_AN_EVENT))


def grown(cache: Path, moves: int, say: Say) -> Path:
    """A folder with a record of so many moves, made when it is not in the cache; never written to."""
    folder = cache / f"station-{moves}-{SCHEMA}"
    if not folder.exists():
        say(f"growing a record to {moves:,} moves, once, in {folder}")
        draft = folder.with_suffix(".draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        _grow(draft, moves)
        draft.rename(folder)
    return folder


def copy_of(base: Path, to: Path) -> Path:
    """The files of a record, for writing to."""
    to.mkdir(parents=True)
    for name in _FILES:
        shutil.copyfile(base / name, to / name)
    return to


def open_ledger(folder: Path, clock: Clock, ids: Ids, dbapi: Any = None) -> Ledger:
    """The record of a folder by a clock of ours; `dbapi` is handed in by who listens to it."""
    return Ledger(
        Folder(folder).record,
        dbapi or sqlite.choose().module,
        signer=load_or_make(Folder(folder).key, ids),
        clock=clock,
        ids=ids,
        settings=StationSettings("0.1.0", "Europe/London", "boot-1"),
    )


def _grow(folder: Path, moves: int) -> None:
    clock, ids = SteppingClock(), SeededIds(1)
    with open_ledger(folder, clock, ids) as ledger:
        head = ledger.head
        ledger.adopt(StationIdentity(head.station_id, head.epoch, "07", SITE, OWNER, "BENCH 07"))
    filled = moves // MOVES_AN_EVENT - _REAL
    if filled > 0:
        _fill(Folder(folder).record, filled, skus_for(moves))
    with open_ledger(folder, clock, ids) as ledger:
        shift = Shift(clock, ids, Random(1), skus_for(moves), number=ledger.peek_number(LABELS))
        for work in islice(shift.units(), min(_REAL, moves // MOVES_AN_EVENT)):
            ledger.record(work.event, work.also)
        if ledger.head.seq:
            outbox.acknowledge(ledger, ledger.head.epoch, ledger.head.seq, ledger.head.hash)


def _fill(record: Path, events: int, skus: int) -> None:
    values = {
        "events": events,
        "skus": skus,
        "owner": OWNER,
        "place": PLACE,
        "ms": to_ms(START) - (events + 1) * _APART_MS,
        "apart": _APART_MS,
    }
    connection = sqlite.choose().module.connect(str(record), isolation_level=None)
    try:
        for pragma in ("synchronous=OFF", "journal_mode=DELETE", "cache_size=-1048576", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        connection.execute("BEGIN")
        for statement in _ROWS.read_text(encoding="utf-8").split(";\n"):
            connection.execute(statement, values)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode=WAL").fetchall()
    finally:
        connection.close()
