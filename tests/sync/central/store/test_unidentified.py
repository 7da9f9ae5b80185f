"""Things without a name: noted whatever a station says of them, listed by site, named, taken back."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.domain.event import EventKind
from sync.central.store import unidentified
from sync.central.store.tables import unidentified as things
from tests.sync.central.discarding import undo
from tests.sync.central.shop import OWNER, Shop
from tests.sync.central.unit_words import back, keep_unnamed, name, returned, with_ways


@pytest.fixture
def ways(shop: Shop) -> Shop:
    return with_ways(shop)


def listed(shop: Shop, sites: frozenset[str] | None = None, cursor: str | None = None) -> Any:
    return shop.ask(lambda conn: unidentified.waiting(conn, cursor, 2, sites))


def labels(page: Any) -> list[str]:
    return [unit["label"] for unit in page["units"]]


def test_those_that_wait_are_listed_page_by_page_and_by_site(ways: Shop) -> None:
    for number in (1, 2, 3):
        keep_unnamed(ways, f"H07-{number}-X")
    first = listed(ways)
    assert labels(first) == ["H07-1-X", "H07-2-X"]
    assert labels(listed(ways, cursor=first["next"])) == ["H07-3-X"]
    assert labels(listed(ways, frozenset({"WH2"}))) == []
    assert (first["units"][0]["owner"], first["units"][0]["site"]) == (OWNER, "WH1")


def test_its_life_is_waiting_named_waiting_and_taken_back(ways: Shop) -> None:
    kept = keep_unnamed(ways, "H07-1-X")
    for _ in range(2):
        assert ways.cases() == ["return.unidentified"]
        name(ways, "H07-1-X")
        assert (labels(listed(ways)), ways.cases()) == ([], ["return.blind"])
        back(ways, "H07-1-X")
    undo(ways, kept)
    thing = ways.ask(lambda conn: unidentified.find(conn, "H07-1-X"))
    assert thing is not None
    assert (thing.state, ways.cases()) == ("taken_back", [])
    assert ways.ask(lambda conn: unidentified.find(conn, "H07-9-X")) is None


def test_an_undo_in_the_same_batch_or_before_leaves_nothing_that_waits(ways: Shop) -> None:
    with ways.together():
        undo(ways, keep_unnamed(ways, "H07-1-X"))
    assert (labels(listed(ways)), ways.cases()) == ([], [])


def test_a_thing_told_strangely_is_noted_all_the_same(ways: Shop) -> None:
    ways.at_station(EventKind.RETURN_UNIDENTIFIED, label=7, qty="many", place=["x"], rma={"a": 1})
    keep_unnamed(ways, "H07-1-X", returned(ways))
    rows: Any = ways.ask(lambda conn: conn.execute(select(things)).all())
    assert [(row.qty, row.place, row.owner) for row in rows] == [(1, "", OWNER), (1, "HOLD-1", OWNER)]
    assert rows[0].label == rows[0].event_id
