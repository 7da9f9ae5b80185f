"""A station is shut out once and let in once; what it says afterwards is taken by the same record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.central.commands.requests import Shutting
from sync.central.commands.stations import let_in, shut_out
from sync.central.rules.outcomes import Conflict, Missing
from sync.central.store.act import Act
from sync.wire.answers import Ack, Fenced
from tests.sync.central.receiving import Bench, Store, store_in

WHY = Shutting(reason="stolen")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with store_in(tmp_path) as found:
        yield found


def test_nothing_of_a_station_is_taken_while_it_is_shut_out(store: Store) -> None:
    bench = Bench()
    store.enrol(bench)
    events = bench.work(2)
    assert isinstance(store.push(bench, events[:1]), Ack)
    chain = store.chain
    with store.database.write() as conn:
        act = Act(conn, chain, "kim", "s", store.clock.now(), store.clock.now())
        with pytest.raises(Conflict):
            let_in(act, bench.station_id, WHY)
        with pytest.raises(Missing):
            shut_out(act, "nobody", WHY)
        assert shut_out(act, bench.station_id, WHY)["shut_out"] is True
        with pytest.raises(Conflict):
            shut_out(act, bench.station_id, WHY)
    assert isinstance(store.push(bench, events[1:]), Fenced)
    assert store.states(bench) == ["posted"]
    with store.database.write() as conn:
        act = Act(conn, chain, "kim", "s", store.clock.now(), store.clock.now())
        assert let_in(act, bench.station_id, WHY)["shut_out"] is False
    assert isinstance(store.push(bench, events[1:]), Ack)
    assert store.states(bench) == ["posted", "posted"]
    store.prove()
