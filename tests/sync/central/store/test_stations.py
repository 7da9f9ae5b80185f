"""Stations are shown by bench with how far the centre holds their record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.central.rules.outcomes import Missing
from sync.central.store.stations import document, everyone, one, site_of_station
from tests.sync.central.receiving import Bench, Store, store_in


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with store_in(tmp_path) as found:
        yield found


def test_what_a_station_sent_last_is_shown(store: Store) -> None:
    bench = Bench()
    store.enrol(bench)
    store.push(bench, bench.work(2))
    with store.database.read() as conn:
        shown = document(one(conn, bench.station_id))
        assert everyone(conn) == {"stations": [shown]}
        assert (shown["station_id"], shown["head_seq"], shown["epoch"]) == (bench.station_id, 2, 1)
        assert (shown["shut_out"], bool(shown["last_sent_at"])) == (False, True)
        assert everyone(conn, frozenset({"elsewhere"})) == {"stations": []}
        assert site_of_station(conn, bench.station_id) == shown["site"]


def test_the_centres_own_chain_is_no_station(store: Store) -> None:
    with store.database.read() as conn, pytest.raises(Missing):
        one(conn, "centre")
