"""What a station holds of the trail against the centre's lists, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.checkpoint import Checkpoint
from app.domain.merkle import Tree
from sync.central.store.exceptions import close_cases
from sync.central.store.feed import begin_generation
from sync.central.store.tables import exception
from sync.central.store.trail import WIDTH
from sync.central.store.trail_held import (
    CARRIED,
    Differing,
    difference,
    is_open_or_answered,
    open_difference,
)
from sync.central.store.trail_reports import case_key
from sync.wire.trail import Holding
from tests.sync.central.receiving import Bench, Store, store_in
from tests.sync.central.vouching import announce, granted, vouch, worked


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with store_in(tmp_path, url) as found:
        granted(found)
        yield found


def held(store: Store) -> Holding:
    said = Checkpoint.read(vouch(store).checkpoint)
    return Holding(said.feed, said.receipts, said.feed_gen, said.number)


def why(store: Store, holding: Holding) -> str:
    with store.database.read() as conn:
        return difference(conn, holding)


def test_what_goes_on_from_it_contradicts_nothing_however_long_it_grew(store: Store) -> None:
    bench = Bench()
    store.enrol(bench)
    first = held(store)
    worked(store, bench, 2)
    announce(store, WIDTH + 3)
    later = held(store)
    announce(store, WIDTH, "more")
    vouch(store)
    assert [why(store, one) for one in (first, later, Holding())] == ["", "", ""]


def test_other_entries_and_fewer_are_said_and_an_older_generation_is_not_asked(store: Store) -> None:
    bench = Bench()
    store.enrol(bench)
    worked(store, bench, 1)
    known = held(store)
    other = replace(known, feed=Tree(known.feed.size, b"o" * 32))
    assert f"the first {known.feed.size} of the feed are not those" in why(store, other)
    other = replace(known, receipts=Tree(known.receipts.size, b"o" * 32))
    assert "of what was received are not those" in why(store, other)
    longer = replace(known, feed=Tree(known.feed.size + 1, known.feed.root))
    assert why(store, longer) == f"the feed was {known.feed.size + 1} long and is {known.feed.size}"
    assert "it is of generation 2, and this centre is in generation 1" in why(store, replace(known, gen=2))
    with store.database.write() as conn:
        begin_generation(conn)
    # Put back, it may lack what it once vouched for.
    assert why(store, longer) == ""


def test_one_holder_is_one_case_that_stays_answered(store: Store) -> None:
    bench = Bench()
    store.enrol(bench)
    why = "the feed was 9 long and is 3"
    found = [Differing(bench.station_id, 4, why), Differing(CARRIED, 4, why, proven=True)]
    with store.database.write() as conn:
        assert not is_open_or_answered(conn, bench.station_id)
        for one in (*found, *found):
            open_difference(conn, one, store.clock.now())
        rows = conn.execute(select(exception).order_by(exception.c.id)).all()
        assert [(row.key, row.type) for row in rows] == [
            (case_key(bench.station_id), "trail.differs"),
            (case_key(CARRIED), "trail.differs"),
        ]
        assert all("number 4" in row.fix and "9 long and is 3" in row.fix for row in rows)
        # A word that nobody signed accuses nobody.
        assert rows[0].fix.startswith(f"Station {bench.station_id} says that it holds")
        assert rows[1].fix.startswith("The checkpoint that was carried here")
        close_cases(conn, {case_key(bench.station_id)}, store.clock.now(), "Exports compared.")
        assert is_open_or_answered(conn, bench.station_id)
