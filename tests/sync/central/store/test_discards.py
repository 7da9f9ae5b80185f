"""One request for units that wait, none for those that do not, whatever happens in whatever order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.event import EventKind
from sync.central.store import discards
from sync.central.store.tables import exception, write_off
from tests.sync.central.discarding import (
    WAITS,
    discard,
    regraded,
    requests,
    scrapped,
    taken_back,
    undo,
    waiting_at,
)
from tests.sync.central.shop import Shop, open_shop


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_shop(tmp_path, url) as found:
        yield found


def cases(shop: Shop) -> list[tuple[str, str]]:
    asked = select(exception.c.type, exception.c.state).order_by(exception.c.id)
    rows = shop.ask(lambda conn: conn.execute(asked).all())
    return [(row.type, row.state) for row in rows if row.type.startswith("write_off")]


def test_a_disposition_asks_once_and_its_undo_withdraws(shop: Shop) -> None:
    shop.items("A")
    event_id = discard(shop, "L07-1-X", 2)
    row = shop.ask(lambda conn: conn.execute(select(write_off)).one())
    assert (row.cause, row.requested_by, row.location) == (event_id, "kim", "R-03")
    assert requests(shop) == [("requested", 2, "L07-1-X")]
    undo(shop, event_id)
    assert requests(shop) == [("withdrawn", 2, "L07-1-X")]


def test_together_in_one_batch_they_leave_nothing_open(shop: Shop) -> None:
    shop.items("A")
    with shop.together():
        first = discard(shop, "L07-1-X")
        discard(shop, "L07-2-X")
        moved = discard_moves(shop, first)
        shop.at_station(EventKind.RETURN_UNDONE, moved, corrects=first, undoes="x", reason="r")
    assert [(state, label) for state, _, label in requests(shop)] == [("requested", "L07-2-X")]


def discard_moves(shop: Shop, event_id: str) -> list[Any]:
    """Of an event that is not posted yet."""
    (fact,) = (one for one in shop._facts if one.event.event_id == event_id)
    return [entry.reversed("r") for entry in reversed(fact.event.moves)]


def test_an_undo_that_comes_first_leaves_nothing_to_ask_for(shop: Shop) -> None:
    shop.items("A")
    event_id = discard(shop, "L07-1-X")
    there = taken_back(shop, event_id)
    undo(shop, event_id)
    # The same again with the undo posted before.
    shop.at_station(EventKind.RETURN_UNDONE, there, corrects="later", undoes="x", reason="r")
    discard(shop, "L07-1-X")
    assert [state for state, _, _ in requests(shop)] == ["withdrawn"]


def test_what_moves_on_is_asked_for_no_more_and_again_once_it_is_back(shop: Shop) -> None:
    shop.items("A")
    discard(shop, "L07-1-X")
    graded = regraded(shop, waiting_at("L07-1-X"))
    assert requests(shop) == [("withdrawn", 1, "L07-1-X")]
    undo(shop, graded)
    assert requests(shop) == [("withdrawn", 1, "L07-1-X"), ("requested", 1, "L07-1-X")]


def test_what_is_left_of_a_request_is_asked_for_anew(shop: Shop) -> None:
    shop.items("A")
    discard(shop, "L07-1-X", 3)
    scrapped(shop, waiting_at("L07-1-X"), 1)
    assert requests(shop) == [("withdrawn", 3, "L07-1-X"), ("requested", 2, "L07-1-X")]


def test_units_without_a_label_are_asked_for_event_by_event(shop: Shop) -> None:
    shop.items("A")
    with shop.together():
        discard(shop, None)
        last = discard(shop, None, 2)
    assert requests(shop) == [("requested", 1, None), ("requested", 2, None)]
    undo(shop, last)
    assert requests(shop) == [("requested", 1, None), ("withdrawn", 2, None)]
    scrapped(shop, waiting_at(None), 1)
    undo(shop, last)
    assert {state for state, _, _ in requests(shop)} == {"withdrawn"}


def test_units_that_nobody_ever_asked_about_are_asked_for_by_who_put_them(shop: Shop) -> None:
    shop.items("A")
    event_id = shop.disposition("A", label=None, **WAITS)
    shop.act(lambda act: act.conn.execute(write_off.delete()))
    held = waiting_at(None)
    shop.act(lambda act: discards.settle(act.conn, [held], act.posted_at))
    row = shop.ask(lambda conn: conn.execute(select(write_off)).one())
    assert (row.cause, row.requested_by, row.reason) == (event_id, "kim", "disposition")


def test_a_defect_in_asking_is_a_case_and_holds_no_fact_up(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]
) -> None:
    shop.items("A")
    expect_log("no write-off was asked for")
    monkeypatch.setattr(discards, "numbers", lambda *_: 1 / 0)
    discard(shop, "L07-1-X")
    monkeypatch.undo()
    assert requests(shop) == []
    assert cases(shop) == [("write_off.not_asked", "open")]
    shop.act(lambda act: discards.settle(act.conn, [waiting_at("L07-1-X")], act.posted_at))
    assert requests(shop) == [("requested", 1, "L07-1-X")]


def test_a_request_says_nothing_of_a_disposal_that_nobody_decided(tmp_path: Path) -> None:
    with open_shop(tmp_path) as shop:
        shop.items("A")
        discard(shop, "L-1")
        row = shop.ask(lambda conn: conn.execute(select(write_off)).one())
        assert (row.regulated, row.dispose_by) == (None, None)
