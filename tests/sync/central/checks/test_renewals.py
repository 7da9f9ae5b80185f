from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from sync.central.audit import audit
from sync.central.store.enrolment import lock_station
from sync.central.store.renewing import renew
from sync.wire.messages import Head
from sync.wire.renewals import Cause, Renew
from tests.sync.central.receiving import NOW, Bench, Store


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE exception SET key = 'other' WHERE type = 'chain.renewed'", "no exception"),
        ("UPDATE renewal SET from_epoch = 2", "from 2"),
        ("DELETE FROM renewal", "epoch 2"),
        ("UPDATE past_chain SET epoch = 2", "now 2"),
        ("UPDATE past_chain SET head_seq = 1", "head of station"),
    ],
)
def test_each_way_to_forge_a_renewal_is_found(tmp_path: Path, change: str, says: str) -> None:
    store, bench = Store(tmp_path), Bench()
    try:
        store.enrol(bench)
        store.push(bench, bench.work(2))
        head = Head(bench.head.seq, bench.head.hash)
        with store.database.write() as conn:
            asked = Renew("0a" * 16, 1, head, 2, "0b" * 16, Cause.DIFFERS)
            renew(conn, lock_station(conn, bench.station_id), asked, NOW)
        store.prove()
        with store.database.write() as conn:
            conn.execute(text(change))
        assert says in "\n".join(map(str, audit(store.database).violations))
    finally:
        store.database.close()
