"""Units by their label: where they stand, and the first of what put them there."""

from __future__ import annotations

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
