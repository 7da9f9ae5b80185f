"""Units by their label: where they stand, and the first of what put them there."""

from __future__ import annotations

from sqlalchemy.dialects import sqlite

from sync.central.rules.discards import DISPOSES
from sync.central.store import labelled
from tests.sync.central.discarding import undo
from tests.sync.central.shop import Shop
from tests.sync.central.unit_words import decide, repaired, returned, with_ways


def test_a_unit_is_followed_to_where_its_bench_recorded_it(shop: Shop) -> None:
    with_ways(shop)
    first = repaired(shop, "L07-1-X", returned(shop))
    decide(shop, "L07-1-X", "quarantine")
    last = decide(shop, "L07-1-X", "scrap")["event_id"]
    ((held, qty),) = shop.ask(lambda conn: labelled.standing(conn, "L07-1-X"))
    assert (held.location, qty) == ("HOLD-3", 1)
    found = shop.ask(lambda conn: labelled.put_there(conn, held, DISPOSES))
    assert found is not None
    assert found.event_id == last
    assert shop.ask(lambda conn: labelled.first_of(conn, found)).event_id == first
    undo(shop, first)
    assert shop.ask(lambda conn: labelled.standing(conn, "L07-1-X")) == []
    assert shop.ask(lambda conn: labelled.put_there(conn, held, DISPOSES)) is None


def test_a_label_is_looked_up_by_its_index(shop: Shop) -> None:
    asked = (
        labelled._standing.params(label="L07-1-X"),
        labelled._came.params(key="L07-1-X", kinds=["x"]),
    )
    with shop.database.read() as conn:
        for statement in asked:
            words = statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
            plan = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}").all()
            told = " ".join(str(row) for row in plan)
            assert "ix_account_label (label=?)" in told
            assert "SCAN account" not in told
