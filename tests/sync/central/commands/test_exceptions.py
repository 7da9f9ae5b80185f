"""An exception is closed by somebody who says what was done, once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select, update

from sync.central.commands.exceptions import resolve
from sync.central.commands.requests import Resolution
from sync.central.rules.outcomes import Conflict, Missing
from sync.central.store.act import Act
from sync.central.store.exceptions import Case, open_case
from sync.central.store.tables import event, exception, receipt
from tests.sync.central.receiving import Bench, store_in
from tests.sync.central.shop import OWNER, Shop

SERIAL = {"sku": "S", "name": "S", "tracking": "serial"}
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


def test_what_a_person_said_is_an_event_of_the_centre(shop: Shop) -> None:
    shop.disposition("X", rma="R-9-1", line=1)
    case = shop.ask(lambda conn: conn.execute(select(exception).where(exception.c.id == 1)).one())
    shop.act(lambda act: resolve(act, 1, NOTE), operator="ann")
    said = select(event).where(event.c.kind == "exception.resolved")
    row = shop.ask(lambda conn: conn.execute(said).one())
    assert (row.origin, row.operator) == ("centre", "ann")
    assert json.loads(row.body) == {"exception": case.key, "type": case.type}
    sealed = select(receipt).where(receipt.c.event_id == row.event_id)
    kept = shop.ask(lambda conn: conn.execute(sealed).one())
    # What was typed may name a person, and stands where it can be erased.
    assert json.loads(kept.private) == {"note": "Counted again."}
    assert json.loads(kept.header)["subject"] == [case.subject, f"exception:{case.key}"]


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
    # It has ended by itself, and needs nobody's word any more.
    with pytest.raises(Conflict) as over:
        shop.act(lambda act: resolve(act, 1, NOTE))
    assert (over.value.code, shop.cases()) == ("exception.resolved", [])


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


def numbers(shop: Shop) -> list[int]:
    """The cases of serials in two places; those of returns without an RMA are left out."""
    twice = select(exception.c.id).where(exception.c.type == "serial.twice").order_by(exception.c.id)
    return shop.ask(lambda conn: list(conn.scalars(twice)))


def test_a_serial_that_still_stands_twice_is_not_resolved_by_words(shop: Shop) -> None:
    shop.items(SERIAL)
    shop.receive({"S": 1}, serials=["s1"])
    shop.disposition("S", serial="s1")
    (number,) = numbers(shop)
    with pytest.raises(Conflict, match="Serial s1 of S still stands in 2 places") as no:
        shop.act(lambda act: resolve(act, number, NOTE))
    assert no.value.code == "exception.stands"
    assert "by a count or a write-off" in str(no.value)
    shop.count("S", -1, serial="s1")
    assert shop.act(lambda act: resolve(act, number, NOTE))["state"] == "resolved"


def test_another_serial_that_stands_twice_is_in_nobodys_way(shop: Shop) -> None:
    shop.items(SERIAL, {**SERIAL, "sku": "T"})
    for sku in ("S", "T"):
        shop.receive({sku: 1}, serials=["s1"])
        shop.disposition(sku, serial="s1")
    first, second = numbers(shop)
    shop.count("S", -1, serial="s1")
    assert shop.act(lambda act: resolve(act, first, NOTE))["state"] == "resolved"
    with pytest.raises(Conflict, match="Serial s1 of T"):
        shop.act(lambda act: resolve(act, second, NOTE))


def not_allocated(shop: Shop, sku: str) -> None:
    case = Case(f"allocation.failed:event:e:{OWNER}:{sku}", "allocation.failed", "event:e", "admin", "look")
    shop.act(lambda act: open_case(act.conn, case, act.posted_at))


def test_claims_on_more_than_there_is_are_not_resolved_by_words(shop: Shop) -> None:
    shop.items("A", "B")
    shop.receive({"A": 5, "B": 5})
    shop.order({"A": 2, "B": 2})
    for sku in ("A", "B"):
        not_allocated(shop, sku)
    shop.act(lambda act: act.conn.exec_driver_sql("UPDATE reservation SET qty = 9 WHERE item = 'A'"))
    with pytest.raises(Conflict, match="still claim 9 of A, and 5 can be sold as new"):
        shop.act(lambda act: resolve(act, 1, NOTE))
    assert shop.act(lambda act: resolve(act, 2, NOTE))["state"] == "resolved"
    shop.act(lambda act: act.conn.exec_driver_sql("UPDATE reservation SET qty = 2"))
    assert shop.act(lambda act: resolve(act, 1, NOTE))["state"] == "resolved"


def test_a_claim_on_a_serial_that_is_gone_is_not_resolved_by_words(shop: Shop) -> None:
    shop.items(SERIAL)
    shop.receive({"S": 2}, serials=["s1", "s2"])
    shop.order([{"line": 1, "sku": "S", "qty": 1, "serials": ["s1"]}])
    not_allocated(shop, "S")
    shop.act(lambda act: act.conn.exec_driver_sql("UPDATE reservation SET serial = 's9'"))
    with pytest.raises(Conflict, match="Serial s9 of S is still claimed"):
        shop.act(lambda act: resolve(act, 1, NOTE))
    shop.act(lambda act: act.conn.exec_driver_sql("UPDATE reservation SET serial = 's1'"))
    assert shop.act(lambda act: resolve(act, 1, NOTE))["state"] == "resolved"
