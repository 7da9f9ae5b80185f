"""A station's record between two lives: a copy of the files as the kill left them, audited and read."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from app.bootstrap.folder import Folder
from app.bootstrap.record import open_record
from app.ledger import outbox
from app.ledger.tables import event
from app.ledger.writer import Ledger
from app.queries import desk, history
from app.station.bench_desk import OPEN_JOB
from app.workflows.bench.state import BenchState, from_draft
from tests.simulation.station_process import ROOT

_FILES = ("station.db", "station.db-wal", "station.key")

Unit = tuple[str, str | None, int]
"""SKU, serial and quantity of what one scan of a grade saved."""


@dataclass(frozen=True, slots=True)
class Rest:
    """What the record says.

    Attributes:
        events: the ids of all events in the order of their chain, each as often as it is there.
        units: what was saved for each RMA.
        labels: the codes of all labels of saved units.
        question: the state that the station takes up when it starts again; None when no box is open.
        waiting: events that the centre has not confirmed.
        differences: what `backhaul audit` said, empty when it found no difference.
    """

    events: tuple[str, ...]
    units: dict[str, Counter[Unit]]
    labels: tuple[str, ...]
    question: BenchState | None
    waiting: int
    differences: tuple[str, ...]


def copy_of(data: Path, to: Path) -> Path:
    """The files of a record as they lie on the disk; nobody has it open, and nothing is mended yet."""
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir(parents=True)
    for name in _FILES:
        if (data / name).exists():
            shutil.copyfile(data / name, to / name)
    return to


def look_into(data: Path) -> Rest:
    """Audits a record by the program itself, in a process of its own, then reads it."""
    differences = audited(data)
    with open_record(Folder(data), must_exist=True) as ledger:
        return read(ledger, differences)


def read(ledger: Ledger, differences: tuple[str, ...] = ()) -> Rest:
    """What an open record says; `differences` are those of its audit."""
    connection = ledger.connection
    events = tuple(connection.execute(select(event.c.event_id).order_by(event.c.seq)).scalars())
    saved = [unit for unit in history.recent(connection, len(events) or 1) if not unit.undone]
    units: dict[str, Counter[Unit]] = {}
    for unit in saved:
        units.setdefault(unit.rma or "", Counter())[unit.sku, unit.serial, unit.qty] += 1
    key = ledger.value(OPEN_JOB)
    draft = desk.load_draft(connection, key) if key else None
    return Rest(
        events=events,
        units=units,
        labels=tuple(unit.label for unit in saved if unit.label),
        question=from_draft(draft.document) if draft else None,
        waiting=outbox.waiting(ledger).count,
        differences=differences,
    )


def audited(data: Path) -> tuple[str, ...]:
    """The differences that `backhaul audit` says of a data folder."""
    found = subprocess.run(
        [sys.executable, "-m", "app", "audit", "--data", str(data)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    if found.returncode == 0:
        return ()
    return tuple(found.stdout.splitlines()) or (
        f"audit ended with {found.returncode}: {found.stderr.strip()}",
    )
