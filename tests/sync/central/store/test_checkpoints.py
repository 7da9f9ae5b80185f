"""Checkpoints: every ten minutes when something came, each day in any case, each after the one before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.approvals.unlock import vouched
from app.domain.checkpoint import CHECKPOINT_TAG, Checkpoint
from app.domain.clock import to_text
from app.domain.merkle import follows
from sync.central.store import checkpoints
from sync.central.store.tables import exception
from sync.central.store.trail import AT_ONCE, WIDTH, TreeName, grow
from sync.wire.sealed import sealed
from tests.approvals.world import OTHER_ROOT, ROOT
from tests.sync.central.receiving import Bench, Store, store_in
from tests.sync.central.vouching import announce, granted, issuer, vouch, worked


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with store_in(tmp_path, url) as found:
        granted(found)
        yield found


def due(store: Store, after: timedelta = timedelta(0)) -> bool:
    with store.database.read() as conn:
        return checkpoints.due(conn, store.clock.now() + after)


def test_the_first_is_due_at_once_the_next_when_something_came_or_a_day_began(store: Store) -> None:
    assert due(store)
    first = vouch(store)
    assert vouched(first.checkpoint, CHECKPOINT_TAG, first.grant, ROOT.public_key)
    assert not vouched(first.checkpoint, CHECKPOINT_TAG, first.grant, OTHER_ROOT.public_key)
    assert not due(store, timedelta(minutes=30))
    assert due(store, timedelta(days=1))
    announce(store, 1)
    assert not due(store, timedelta(minutes=9))
    assert due(store, timedelta(minutes=10))


def test_a_receipt_alone_makes_one_due(store: Store) -> None:
    bench = Bench()
    store.enrol(bench)
    vouch(store)
    # Bytes nobody signed are kept as evidence, and nothing of them is in the feed.
    wrong = bench.record()
    store.push(bench, [replace(sealed(wrong), sig=bytes(64))])
    assert store.states(bench) == ["evidence"]
    assert due(store, timedelta(minutes=10))


def test_each_names_the_one_before_and_goes_on_from_it(store: Store) -> None:
    bench = Bench()
    store.enrol(bench)
    kept = [vouch(store)]
    for minutes in (10, 20, 60 * 24):
        announce(store, 3, f"at {minutes}")
        worked(store, bench, 2)
        kept.append(vouch(store, store.clock.now() + timedelta(minutes=minutes)))
    said = [Checkpoint.read(one.checkpoint) for one in kept]
    assert [one.number for one in said] == [1, 2, 3, 4]
    assert [one.daily for one in said] == [True, False, False, True]
    assert [one.previous for one in said] == ["", *(one.checkpoint.digest for one in kept[:-1])]
    assert {one.centre_id for one in said} == {store.centre_id}
    with store.database.read() as conn:
        for old, new in pairwise(said):
            feed = checkpoints.proof(conn, TreeName.FEED, old.feed.size, new.feed.size)
            received = checkpoints.proof(conn, TreeName.RECEIPTS, old.receipts.size, new.receipts.size)
            assert follows(old.feed, new.feed, feed)
            assert follows(old.receipts, new.receipts, received)
            assert new.receipts.size == old.receipts.size + 2
        assert [number for number, _ in checkpoints.listed(conn, None, 10, daily=False)] == [4, 3, 2, 1]
        assert [number for number, _ in checkpoints.listed(conn, 4, 2, daily=False)] == [3, 2]
        assert [number for number, _ in checkpoints.listed(conn, None, 10, daily=True)] == [4, 1]
        assert checkpoints.one(conn, 2) == kept[1]
        assert checkpoints.one(conn, 9) is None
        assert checkpoints.newest(conn) == kept[-1]


def test_much_at_once_is_grown_over_several_turns(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert AT_ONCE * WIDTH > 10_000
    monkeypatch.setattr(checkpoints, "grow", lambda conn, tree: grow(conn, tree, 1))
    announce(store, 2 * WIDTH + 1)
    with store.database.write() as conn:
        assert checkpoints.make(conn, issuer(store), store.clock.now()) is None
        assert checkpoints.make(conn, issuer(store), store.clock.now()) is None
        made = checkpoints.make(conn, issuer(store), store.clock.now())
    assert made is not None
    assert made.feed.size > 2 * WIDTH


def test_a_clock_that_was_ahead_stops_none_and_opens_one_case(store: Store) -> None:
    vouch(store, store.clock.now() + timedelta(days=2))
    assert not due(store)
    announce(store, 1)
    assert due(store)
    vouch(store)
    assert not due(store, timedelta(minutes=9))
    announce(store, 1, "later")
    assert due(store, timedelta(minutes=10))
    vouch(store, store.clock.now() + timedelta(minutes=10))
    with store.database.read() as conn:
        cases = conn.execute(select(exception.c.key, exception.c.opened_at)).all()
        numbers = [number for number, _ in checkpoints.listed(conn, None, 9, daily=False)]
    assert [tuple(case) for case in cases] == [("checkpoint.ahead", to_text(store.clock.now()))]
    assert numbers == [3, 2, 1]
