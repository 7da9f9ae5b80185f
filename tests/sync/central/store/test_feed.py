"""Positions are given in the order of commits, and none is lost or given twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.feed import Cursor
from sync.central.store.act import Act
from sync.central.store.feed import Record, begin_generation, position, publish
from sync.central.store.pages import page_after
from sync.central.store.tables import feed
from tests.sync.central.shop import Shop, open_shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Not proven at the end: these records are nowhere but on the feed."""
    with open_shop(tmp_path, prove=False) as found:
        yield found


def test_records_get_positions_one_after_the_other(shop: Shop) -> None:
    shop.act(lambda act: publish(act.conn, [Record("item", "A", {"sku": "A"}), Record("item", "B", {})]))
    shop.act(lambda act: publish(act.conn, [Record("rma", "R-1", {"ä": 1}, "e-1")]))
    rows = shop.ask(lambda conn: conn.execute(select(feed).order_by(feed.c.pos)).all())
    assert [(row.pos, row.gen, row.kind, row.key, row.event_id) for row in rows] == [
        (1, 1, "item", "A", None),
        (2, 1, "item", "B", None),
        (3, 1, "rma", "R-1", "e-1"),
    ]
    assert json.loads(rows[2].document) == {"ä": 1}
    assert shop.ask(position) == (1, 3)


def test_a_position_that_was_rolled_back_is_given_again(shop: Shop) -> None:
    def spoil(act: Act) -> None:
        publish(act.conn, [Record("item", "A", {})])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        shop.act(spoil)
    assert shop.ask(position) == (1, 0)


def test_nothing_takes_no_position(shop: Shop) -> None:
    shop.act(lambda act: publish(act.conn, []))
    assert shop.ask(position) == (1, 0)


def test_a_new_generation_begins_and_the_old_positions_stay(shop: Shop) -> None:
    shop.items("A")
    before = shop.ask(position)
    with shop.database.write() as conn:
        assert begin_generation(conn) == 2
    assert shop.ask(position) == (2, before[1])
    page = shop.ask(lambda conn: page_after(conn, Cursor(1, before[1]), 100))
    assert (page.gen, len(page.changes)) == (2, before[1])


def test_a_new_generation_comes_after_that_of_the_centre_it_replaces(shop: Shop) -> None:
    with shop.database.write() as conn:
        assert begin_generation(conn, 7) == 8
        assert begin_generation(conn, 3) == 9


def test_a_new_generation_is_new_to_everybody_by_the_instant_it_begins(shop: Shop) -> None:
    day = datetime(2026, 12, 1, 5, 30, 59, tzinfo=UTC)
    minutes = ((6 * 365 + 2 + 334) * 24 + 5) * 60 + 30
    with shop.database.write() as conn:
        assert begin_generation(conn, at=day) == minutes
        # Neither a second restore in a minute nor a clock that was put back leads to a number that was used.
        assert begin_generation(conn, at=day) == minutes + 1
        assert begin_generation(conn, minutes + 6, day) == minutes + 7
        assert begin_generation(conn, at=datetime(2001, 1, 1, tzinfo=UTC)) == minutes + 8
        assert begin_generation(conn, at=day + timedelta(hours=1)) == minutes + 60
