"""Replacements are found by their return and their order, with what pays for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.central.rules.replacements import Chunk, Settles, Units
from sync.central.store import replacement_rows as rows
from tests.sync.central.exchanging import ADVANCE, EXCHANGE, Exchanging, open_exchanging


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Exchanging]:
    with open_exchanging(tmp_path) as found:
        found.sold(3, ship="later")
        yield found


def standing(shop: Exchanging, rma: str) -> rows.Standing:
    def look(conn: Any) -> rows.Standing:
        return rows.standing(conn, rows.find(conn, rma, 1))

    return shop.ask(look)


def test_it_is_found_either_way_and_knows_whether_it_waits(shop: Exchanging) -> None:
    rma = str(shop.wants(EXCHANGE)["rma"])
    row = shop.ask(lambda conn: rows.find(conn, rma, 1))
    assert row is not None
    assert shop.ask(lambda conn: rows.of_order(conn, row.order_code)) == row
    assert shop.ask(lambda conn: rows.of_return(conn, rma)) == [row]
    assert list(shop.ask(lambda conn: rows.known(conn, [row.order_code, "o1"]))) == [row.order_code]
    assert shop.ask(lambda conn: rows.is_blocked(conn, row.order_code))
    assert not shop.ask(lambda conn: rows.is_blocked(conn, "o1"))
    assert shop.ask(lambda conn: rows.find(conn, rma, 2)) is None
    assert rows.link(row) == {"rma": rma, "line": 1, "kind": "exchange", "state": "held"}


def test_units_are_counted_by_what_was_refunded_and_what_left(shop: Exchanging) -> None:
    rma = str(shop.wants(EXCHANGE, qty=2)["rma"])
    assert standing(shop, rma).units == Units(2, 0, 0, 0, 0)
    shop.back(rma)
    found = standing(shop, rma)
    assert (found.units, found.taken) == (Units(2, 0, 1, 1, 0), 1200)
    assert found.open_minor(1) == 1200
    assert found.plan(2) == [(Chunk(1, Settles.EXCHANGE), 1200), (Chunk(1, None), 0)]
    assert shop.ask(lambda conn: rows.plan(conn, rma, 7, 2)) == [(Chunk(2, None), 0)]


def test_what_was_waived_is_recovered_by_what_comes_all_the_same(shop: Exchanging) -> None:
    rma = str(shop.wants(ADVANCE, qty=2)["rma"])
    shop.ship(f"{rma}.X1")
    shop.clock.pass_by(days=15)
    shop.expire()
    shop.decides(rma, "waive")
    assert standing(shop, rma).plan(1) == [(Chunk(1, Settles.WAIVED), 1200)]
    shop.back(rma)
    found = standing(shop, rma)
    assert (found.recovered, found.recovered_minor) == (1, 1200)
    shown: Any = shop.ask(lambda conn: rows.document(conn, found.row))
    assert (shown["decision"], shown["owed_minor"], len(shown["steps"])) == ("waived", 0, 3)
