"""A private part that is gone without a word, and one that is back, are found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from sync.central.audit import audit
from sync.central.store import erasing
from sync.central.store.tables import private_erasure, receipt
from tests.sync.central.receiving import Bench, Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = Store(tmp_path)
    yield found
    found.database.close()


def said(store: Store) -> list[str]:
    return [f"{one.subject}: {one.found}" for one in audit(store.database).violations if one.law == "erasure"]


def test_what_is_gone_without_a_word_is_found_and_one_on_record_is_not(store: Store) -> None:
    bench = Bench()
    store.enrol(bench)
    one, two = bench.work(2)
    store.push(bench, [one, two])
    assert said(store) == []
    with store.database.write() as conn:
        erasing.erase(conn, [one.event_id], "", store.clock.now())
    assert said(store) == []
    with store.database.write() as conn:
        conn.execute(
            receipt.update().where(receipt.c.event_id == two.event_id).values(private=None, salt=None)
        )
    assert said(store) == [f"event number 2 of station {bench.station_id}: no private part"]


def test_what_is_back_and_what_no_event_says_is_found(store: Store) -> None:
    bench = Bench()
    store.enrol(bench)
    (one,) = bench.work(1)
    store.push(bench, [one])
    with store.database.write() as conn:
        row = {"event_id": one.event_id, "by_event": "nobody", "erased_at": "", "quiet": False}
        conn.execute(insert(private_erasure).values(**row))
    assert said(store) == [
        f"event number 1 of station {bench.station_id}: a private part",
        f"event {one.event_id}: erased by nobody",
    ]
