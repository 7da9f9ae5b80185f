"""Statements heard at the driver and played back leave the same rows."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from app.bootstrap import sqlite
from app.bootstrap.folder import Folder
from app.ledger.audit import audit
from sync.central.store.tables import metadata
from tests.bench.grown import MOVES_AN_EVENT, copy_of, grown, open_ledger, skus_for
from tests.bench.raw import RawWriter, Recorder, listening, rows_of
from tests.bench.record_path import raw_units
from tests.bench.shopping import Desk, furnish, open_desk, order_bodies, orders_of
from tests.bench.stores import stores
from tests.bench.workload import SeededIds, Shift, SteppingClock, sku
from tests.postgres import required_programs
from tests.simulation.__main__ import say

UNITS = 4
MOVES = 700


def contents(folder: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(Folder(folder).record)) as record:
        names = [name for (name,) in record.execute("select name from sqlite_master where type = 'table'")]
        return [(name, *row) for name in sorted(names) for row in record.execute(f"select * from {name}")]  # noqa: S608 - our own tables


def test_what_was_heard_and_played_again_is_the_same_record(tmp_path: Path) -> None:
    base = grown(tmp_path, 0, say)
    ours = copy_of(base, tmp_path / "ours")
    recorder, clock, ids = Recorder(sqlite.choose().module), SteppingClock(), SeededIds(3)
    with open_ledger(ours, clock, ids, recorder) as ledger:
        recorder.begin()
        for work in islice(Shift(clock, ids, Random(3), skus_for(0)).units(), UNITS):
            ledger.record(work.event, work.also)
        assert audit(ledger).clean
    assert len(recorder.transactions) == UNITS
    assert all(rows_of(transaction) > 5 for transaction in recorder.transactions)
    bare = copy_of(base, tmp_path / "bare")
    writer = RawWriter(Folder(bare).record, sqlite.choose().module, ())
    for transaction in recorder.transactions:
        writer.play(transaction)
    writer.close()
    assert contents(bare) == contents(ours)
    assert contents(bare) != contents(base)


def test_a_grown_record_is_as_large_as_asked_and_goes_on(tmp_path: Path) -> None:
    base = grown(tmp_path, MOVES, say)
    with closing(sqlite3.connect(Folder(base).record)) as record:
        assert record.execute("select count(*) from move").fetchone() == (MOVES,)
        assert record.execute("select count(*) from event").fetchone() == (MOVES // MOVES_AN_EVENT,)
        assert record.execute("select sum(qty) from balance").fetchone() == (0,)
        assert record.execute("select count(*) from outbox").fetchone() == (0,)
    again = grown(tmp_path, MOVES, lambda line: (_ for _ in ()).throw(AssertionError(line)))
    assert again == base
    assert len(raw_units(copy_of(base, tmp_path / "heard"), MOVES, UNITS)) == UNITS


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_what_an_engine_was_told_and_played_again_is_the_same_database(tmp_path: Path, kind: str) -> None:
    if kind == "postgres":
        required_programs()
    with stores(tmp_path, say, small=True) as places:
        store = next(place for place in places if place.name == kind)
        with open_desk(store, "base") as desk:
            furnish(desk, 5)
        for copy in ("heard", "raw"):
            store.copy("base", copy)
        with open_desk(store, "heard") as desk, listening() as ear:
            for order in orders_of(order_bodies("A-", UNITS, 5, 3, 1)):
                desk.order(order)
            desk.receive("GR-X", [(sku(0), 7)])
            heard = tables(desk)
        assert len(ear.transactions) == UNITS + 1
        player = store.player("raw")
        for transaction in ear.transactions:
            player.play(transaction)
        player.close()
        with open_desk(store, "raw") as desk:
            assert tables(desk) == heard
        with open_desk(store, "base") as desk:
            assert tables(desk) != heard


def tables(desk: Desk) -> dict[str, list[tuple[object, ...]]]:
    with desk.database.read() as conn:
        return {
            table.name: [tuple(row) for row in conn.execute(select(table).order_by(*table.primary_key))]
            for table in metadata.sorted_tables
        }
