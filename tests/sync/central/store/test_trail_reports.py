"""A station that found the centre's checkpoints to contradict each other is one case, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from sync.central.store.tables import exception
from sync.central.store.trail_reports import case_key
from tests.sync.central.receiving import Bench, Store, store_in


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with store_in(tmp_path, url) as found:
        yield found


@pytest.mark.parametrize("why", ["the feed was told anew", None, 7, "long " * 900])
def test_it_is_one_case_however_often_and_whatever_it_says(store: Store, why: object) -> None:
    bench = Bench()
    store.enrol(bench)
    parts = {"kind": "checkpoint.differed", "moves": (), "private": None, "operator": "station"}
    sent = [
        bench.record(**parts, subject=(f"checkpoint:{n}",), body={"why": why, "known": None, "told": None})
        for n in (1, 2)
    ]
    store.push(bench, sent)
    with store.database.read() as conn:
        rows = conn.execute(select(exception).where(exception.c.type == "trail.differs")).all()
    (case,) = rows
    assert case.key == case_key(bench.station_id)
    assert ("told anew" in case.fix) == (why == "the feed was told anew")
    assert store.states(bench) == ["posted", "posted"]


@pytest.mark.parametrize(
    ("restarted", "keys"),
    [
        ([2, 2, 3], ["restarted:{}:2", "restarted:{}:3"]),
        ([True, 0, None], ["differs:{}"]),
        (["2", [2], -1], ["differs:{}"]),
    ],
)
def test_a_history_that_begins_anew_is_one_case_for_each_generation(
    store: Store, restarted: list[object], keys: list[str]
) -> None:
    bench = Bench()
    store.enrol(bench)
    parts = {"kind": "checkpoint.differed", "moves": (), "private": None, "operator": "station"}
    told = [{"why": "the feed begins differently", "restarted": {"feed_gen": gen}} for gen in restarted]
    store.push(bench, [bench.record(**parts, subject=("checkpoint:1",), body=body) for body in told])
    with store.database.read() as conn:
        rows = conn.execute(select(exception).where(exception.c.type.like("trail.%"))).all()
    assert sorted(row.key for row in rows) == [f"trail.{key.format(bench.station_id)}" for key in keys]
    assert store.states(bench) == ["posted"] * 3
