"""A data folder of a bench that has joined a centre and knows some goods; what a program leaves behind."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from app.bootstrap.folder import Folder
from app.bootstrap.record import open_record
from app.bootstrap.station import Options, StationProgram
from app.ledger.identity import StationIdentity
from app.scanning.double_read import Gaps
from app.workflows.view import Screen
from tests.app.station.bench_world import MUG_CODE, RMA, BenchWorld

TO_A_LABEL = (RMA.tracking[0], MUG_CODE)
"""Scans after which one grade saves a unit with a label."""


def furnished(path: Path) -> Folder:
    """A folder as after enrolment and the first sync."""
    folder = Folder(path)
    with open_record(folder, must_exist=False) as ledger:
        head = ledger.head
        ledger.adopt(StationIdentity(head.station_id, head.epoch, "7", "WH1", "acme", "BENCH 07"))
        BenchWorld._fill(ledger)
    return folder


def options(folder: Folder, **more: object) -> Options:
    """A start without a window and without a pause between scans."""
    return Options(folder.path, painted=False, gaps=Gaps(0, 0), **more)  # type: ignore[arg-type]


@contextmanager
def running(asked: Options) -> Iterator[StationProgram]:
    """A program that was started, stopped at the end."""
    program = StationProgram(asked)
    try:
        program.start()
        yield program
    finally:
        program.stop()


def save_a_unit(program: StationProgram) -> Screen:
    """Opens the box, scans a thing, grades it; answers with the screen of that."""
    for raw in TO_A_LABEL:
        program.bench.submit(raw, "scanner")
    program.bench.command("GRI")
    return program.thread.ask(program.bench.screen)


def wait_for_labels(program: StationProgram, left: int = 0) -> None:
    """Returns when no more than so many labels wait."""
    done = threading.Event()

    def look(*_: object) -> None:
        if program.labels_waiting() <= left:
            done.set()

    end = program.bench.subscribe(look)
    program.bench.refresh()
    assert done.wait(30)
    end()


def rows(folder: Folder, query: str) -> list[tuple[Any, ...]]:
    """What a query finds in the record, asked beside a program that may be at work."""
    with closing(sqlite3.connect(folder.record)) as record:
        return record.execute(query).fetchall()
