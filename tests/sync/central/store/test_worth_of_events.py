"""Cases about events say what their units are worth, wherever the moves can be read."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.digests import digest_of
from app.domain.fields import EXACT_MAX
from app.domain.move import Move, MoveKind
from sync.central.commands.items import put_items
from sync.central.store import photos
from sync.central.store.act import Act
from sync.central.store.enrolment import lock_station
from sync.central.store.exceptions import Case
from sync.central.store.renewing import renew
from sync.central.store.tables import exception
from sync.central.store.worth_of_events import priced, priced_as_told
from sync.wire.messages import Head
from sync.wire.renewals import Cause, Renew
from tests.app.domain.examples import customer, shelf
from tests.sync.central.receiving import NOW, Bench, Store, store_in

CASE = Case("k", "some.type", "sku:K-17", "admin", "Look.")
PAIR = (Move(2, customer(), shelf(), MoveKind.RETURN),)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A kettle is worth 25.00."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    with store_in(tmp_path, url) as found:
        with found.database.write() as conn:
            act = Act(conn, found.chain, "sam", "request:1", NOW, NOW)
            put_items(act, [{"sku": "K-17", "name": "Kettle", "value_minor": 2500, "currency": "EUR"}])
        yield found


@pytest.fixture
def bench(store: Store) -> Bench:
    found = Bench()
    store.enrol(found)
    return found


def money(store: Store, kind: str) -> list[tuple[Any, ...]]:
    asked = select(exception.c.money_minor, exception.c.currency, exception.c.money_of)
    with store.database.read() as conn:
        return [tuple(row) for row in conn.execute(asked.where(exception.c.type == kind))]


WORTH = [(5000, "EUR", "item_value")]
AT_COST = [(5000, "EUR", "cost")]


def test_a_unit_taken_in_and_put_away_counts_once(store: Store) -> None:
    there = shelf()
    moves = (
        *PAIR,
        Move(1, there, customer(), MoveKind.DISPOSE),
        Move(1, there, customer(), MoveKind.DISPOSE),
    )
    with store.database.write() as conn:
        found = priced(conn, CASE, moves)
        assert (found.money, found.money_of) == ((5000, "EUR"), "item_value")
        assert priced(conn, CASE, ()) == CASE
        assert priced_as_told(conn, CASE, None) == CASE


def test_an_event_that_could_not_be_posted_says_what_it_moved(store: Store, bench: Bench) -> None:
    bench.record(body={"rma": 5, "sku": "K-17", "qty": 2}, moves=PAIR)
    store.push(bench, bench.events)
    assert money(store, "event.unposted") == WORTH


def test_more_units_than_can_be_priced_open_the_case_all_the_same(
    store: Store, bench: Bench, expect_log: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    expect_log("are not in the books")
    # Its pipeline ends with the refused statement, which the driver says or not, as the answer comes in time.
    monkeypatch.setattr(logging.getLogger("psycopg"), "disabled", True)
    many = (Move(EXACT_MAX, customer(), shelf(), MoveKind.RETURN),)
    bench.record(body={"rma": 5, "sku": "K-17", "qty": EXACT_MAX}, moves=many)
    store.push(bench, bench.events)
    assert money(store, "event.unposted") == [(EXACT_MAX, "EUR", "item_value")]


def test_facts_that_nobody_can_read_have_no_price(store: Store, bench: Bench) -> None:
    bench.record()
    bench.resign(bench.events[-1], b'{"moves":7}')
    store.push(bench, bench.events)
    assert money(store, "event.unposted") == [(None, None, None)]


def test_the_second_event_of_one_id_says_what_it_moved(store: Store, bench: Bench) -> None:
    first = bench.record()
    bench.record(event_id=first.event_id, body={"sku": "K-17", "qty": 2}, moves=PAIR)
    store.push(bench, bench.events)
    assert money(store, "event.id_reuse") == WORTH


def test_bytes_that_nobody_signed_say_what_they_would_have_moved(store: Store, bench: Bench) -> None:
    torn = replace(bench.record(moves=PAIR), sig=bytes(64))
    store.push(bench, [torn])
    assert money(store, "event.rejected") == WORTH


def test_a_renewal_says_what_the_disk_forgot(store: Store, bench: Bench) -> None:
    bench.record(moves=PAIR)
    old = bench.head
    bench.record(moves=PAIR)
    store.push(bench, bench.events)
    asked = Renew("1" * 32, 1, Head(old.seq, old.hash), 1, "2" * 32, Cause.DIFFERS)
    with store.database.write() as conn:
        renew(conn, lock_station(conn, bench.station_id), asked, NOW)
    assert money(store, "chain.renewed") == AT_COST


def test_a_photo_that_is_lost_late_or_none_says_what_it_was_taken_of(store: Store, bench: Bench) -> None:
    one, two = digest_of(b"a"), digest_of(b"b")
    for named in (["IMG 1"], [one], [two]):
        body = {"rma": None, "line": None, "sku": "K-17", "qty": 2, "photos": named}
        bench.record(body=body, moves=PAIR)
    store.push(bench, bench.events)
    assert money(store, "photo.unreadable") == WORTH
    with store.database.write() as conn:
        photos.lost(conn, bench.station_id, [one], NOW)
        later = NOW + timedelta(days=31)
        photos.look_for_late(Act(conn, store.chain, "sam", "request:1", later, later))
    assert money(store, "photo.lost") == AT_COST
    assert money(store, "photo.late") == AT_COST
