"""What takes an event back, and what the centre made of its unit goes first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from sync.central.commands.requests import WriteOff
from sync.central.commands.write_offs import request
from sync.central.store import undoing
from sync.central.store.tables import write_off
from tests.sync.central.blind import came, matched
from tests.sync.central.discarding import discard, requests, says, undo, waiting_at
from tests.sync.central.shop import Shop, at, open_shop
from tests.sync.central.unit_words import decide, keep_unnamed, name, repaired, returned, with_ways


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_shop(tmp_path, url) as found:
        yield found


def upon(shop: Shop, event_id: str) -> list[str]:
    return shop.ask(lambda conn: undoing.built_upon(conn, event_id))


def test_words_of_the_unit_are_built_upon_it_and_each_upon_the_one_before(shop: Shop) -> None:
    with_ways(shop)
    first = repaired(shop, "L07-1-X", returned(shop))
    assert upon(shop, first) == []
    made = [decide(shop, "L07-1-X", way)["event_id"] for way in ("quarantine", "refurbish", "quarantine")]
    assert made[0] in upon(shop, first)
    assert upon(shop, made[0]) == [made[1]]
    assert upon(shop, made[2]) == []
    undo(shop, first)
    assert upon(shop, first) == []


def test_a_match_and_a_name_are_built_upon_what_they_are_about(shop: Shop) -> None:
    with_ways(shop)
    blind = came(shop, "H07-1-X", grade="D")
    match = matched(shop, "H07-1-X", order="o-1")["event_id"]
    assert upon(shop, blind) == [match]
    thing = keep_unnamed(shop, "H07-2-X")
    named = name(shop, "H07-2-X", grade="B")["event_id"]
    assert (upon(shop, thing), upon(shop, named)) == ([named], [])


def test_what_stands_is_told_whole_and_what_was_taken_back_not_at_all(shop: Shop) -> None:
    with_ways(shop)
    first = repaired(shop, "L07-1-X", "R-9")
    found = shop.ask(lambda conn: undoing.standing(conn, first))
    assert found is not None
    counter = shop.act(lambda act: undoing.counter(act, found, "r"))
    assert (counter.corrects, counter.subject[:2]) == (first, ("rma:R-9", "label:L07-1-X"))
    assert [move.target for move in counter.moves] == [move.source for move in reversed(found.moves)]
    undo(shop, first)
    assert shop.ask(lambda conn: undoing.standing(conn, first)) is None


def test_an_approved_write_off_is_built_upon_its_unit_unless_it_took_others_too(shop: Shop) -> None:
    shop.items("A")
    first, second = discard(shop, "L07-1-X"), discard(shop, "L07-2-X")
    codes = shop.ask(lambda conn: conn.scalars(select(write_off.c.code).order_by(write_off.c.code)).all())
    done = says(shop, str(codes[0]), "approve")["event_id"]
    assert upon(shop, first) == [done]
    assert upon(shop, second) == []
    found = shop.ask(lambda conn: undoing.left_by(conn, waiting_at("L07-1-X")))
    assert found == undoing.LeftBy("stock.written_off", str(codes[0]))
    undo(shop, first)
    assert requests(shop) == [("withdrawn", 1, "L07-1-X"), ("requested", 1, "L07-2-X")]
    assert shop.ask(lambda conn: undoing.left_by(conn, waiting_at("L07-1-X"))) is None
    # One asked for by hand takes both: the other one is gone, so it stays, and an account answers.
    again = discard(shop, "L07-3-X")
    by_hand(shop, 2)
    assert upon(shop, again) == []
    undo(shop, again)
    assert "stock.negative" in shop.cases()


def by_hand(shop: Shop, qty: int) -> None:
    asked = {"owner": "ACME", "sku": "A", "qty": qty, "location": "R-03", "reason": "broken", "at": at(6)}
    shop.places("R-03")
    code = shop.act(lambda act: request(act, WriteOff.model_validate(asked)))["write_off"]
    says(shop, str(code), "approve")
