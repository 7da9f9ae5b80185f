"""What a restored centre takes over of the one it replaces: whom it shut out, and which unlocks it gave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from sync.central.store.recalling import shut_out_again, unlock_again
from sync.central.store.tables import approver_unlock
from tests.sync.central.receiving import Bench, Store, store_in


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with store_in(tmp_path, url) as found:
        yield found


def test_a_stolen_station_stays_shut_out(store: Store) -> None:
    bench = Bench()
    store.enrol(bench)
    with store.database.write() as conn:
        assert shut_out_again(conn, []) == []
        assert shut_out_again(conn, [bench.station_id, "one that the copy does not know"]) == ["Bench 7"]
    assert store.station(bench).fenced


def test_the_later_number_of_an_unlock_is_kept(store: Store) -> None:
    rows = [("RUTH", "s", 2, "t2", "kim"), ("OMAR", "s", 1, "t1", "kim")]
    with store.database.write() as conn:
        unlock_again(conn, rows)
        unlock_again(conn, [("RUTH", "s", 1, "t1", "kim"), ("OMAR", "s", 3, "t3", "lee")])
        found = conn.execute(select(approver_unlock).order_by(approver_unlock.c.approver)).all()
    assert [tuple(row) for row in found] == [("OMAR", "s", 3, "t3", "lee"), ("RUTH", "s", 2, "t2", "kim")]
