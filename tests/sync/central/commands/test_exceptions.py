"""An exception is closed by somebody who says what was done, once."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, update

from sync.central.commands.exceptions import resolve
from sync.central.commands.requests import Resolution
from sync.central.rules.outcomes import Conflict, Missing
from sync.central.store.act import Act
from sync.central.store.tables import exception, receipt
from tests.sync.central.receiving import Bench, store_in
from tests.sync.central.shop import Shop

NOTE = Resolution(note="Counted again.")


def test_who_did_what_and_when_is_kept(shop: Shop) -> None:
    shop.disposition("X", rma="R-9-1", line=1)
    assert shop.act(lambda act: resolve(act, 1, NOTE), operator="ann") == {"id": 1, "state": "resolved"}
    row = shop.ask(lambda conn: conn.execute(select(exception).where(exception.c.id == 1)).one())
    assert (row.resolved_by, row.resolution, row.resolved_at) == (
        "ann",
        "Counted again.",
        "2026-11-22T10:00:00.000Z",
    )
    with pytest.raises(Conflict):
        shop.act(lambda act: resolve(act, 1, NOTE))


def test_one_that_is_not_there_is_missing(shop: Shop) -> None:
    with pytest.raises(Missing):
        shop.act(lambda act: resolve(act, 7, NOTE))


def test_stock_that_is_still_below_zero_is_not_resolved_by_words(shop: Shop) -> None:
    shop.items("A")
    shop.count("A", -3)
    with pytest.raises(Conflict, match="still stands at -3") as no:
        shop.act(lambda act: resolve(act, 1, NOTE))
    assert no.value.code == "exception.stands"
    shop.receive({"A": 3})
    assert shop.act(lambda act: resolve(act, 1, NOTE))["state"] == "resolved"


def test_an_event_that_still_waits_is_not_resolved_by_words(tmp_path: Path) -> None:
    with store_in(tmp_path) as store:
        bench = Bench()
        store.enrol(bench)
        bench.record(kind="return.dispositioned", body={"rma": 5})
        store.push(bench, bench.events)

        def close() -> None:
            now = store.clock.now()
            with store.database.write() as conn:
                resolve(Act(conn, store.chain, "ann", "request:1", now, now), 1, NOTE)

        with pytest.raises(Conflict, match="still not posted"):
            close()
        with store.database.write() as conn:
            conn.execute(update(receipt).where(receipt.c.state == "unposted").values(state="quarantined"))
        close()
        with store.database.write() as conn:
            conn.execute(update(receipt).where(receipt.c.state == "quarantined").values(state="unposted"))
            conn.execute(update(exception).values(state="open"))
