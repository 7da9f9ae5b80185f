"""What the books had in a bin at a moment; whole stories are told in tests/scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain import canonical
from app.domain.clock import to_text
from sync.central.rules.counts import BinCount, Unit
from sync.central.store.bin_books import Moment, books_at, known_up_to, posted, units_of
from tests.sync.central.shop import OWNER, PLACE, Shop, open_shop

COUNT = BinCount.of({"owner": OWNER, "location": PLACE, "lines": [], "seen": ""})


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with open_shop(tmp_path) as found:
        found.items("A")
        found.receive({"A": 5})
        yield found


def test_what_moved_since_is_taken_out_again(shop: Shop) -> None:
    before = to_text(shop.clock.now())
    shop.clock.pass_by(hours=1)
    shop.receive({"A": 2})
    now = to_text(shop.clock.now())

    def held(at: str, seen: int) -> list[Unit]:
        return shop.ask(lambda conn: units_of(books_at(conn, COUNT, Moment("own", at), seen)))

    assert held(now, 0) == [Unit("A", "", "", 7)]
    assert held(before, 0) == [Unit("A", "", "", 5)]
    # A station that knew of it counted with it, whatever its clock said.
    last = shop.ask(lambda conn: known_up_to(conn, replace(COUNT, seen="99"), None))
    assert held(before, last) == [Unit("A", "", "", 7)]


def test_what_a_station_knew_is_a_number_of_this_centres_feed(shop: Shop) -> None:
    def known(seen: str, generation: int | None) -> int:
        header = canonical.encode({"feed_gen": generation}) if generation is not None else None
        return shop.ask(lambda conn: known_up_to(conn, replace(COUNT, seen=seen), header))

    assert [known("12", 1), known("12", None), known("12", 7), known("", 1), known("x", 1)] == [
        12,
        12,
        0,
        0,
        0,
    ]


def test_when_an_event_was_posted(shop: Shop) -> None:
    assert shop.ask(lambda conn: posted(conn, 1)) is not None
    assert shop.ask(lambda conn: (posted(conn, 0), posted(conn, 99))) == (None, None)
