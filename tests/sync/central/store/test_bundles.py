from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.envelope import Envelope, event_of
from app.domain.laws import fold
from app.domain.refusal import Refused
from app.domain.signing import Ed25519Signer
from sync.central.audit import station_balances
from sync.central.store.bundles import Part, parts, take
from sync.central.store.enrolment import lock_station
from sync.central.store.renewing import renew
from sync.central.store.tables import receipt
from sync.wire.answers import Fork, Gap, Rejected
from sync.wire.messages import Head
from sync.wire.renewals import Cause, Renew
from sync.wire.sealed import sealed
from tests.sync.central.receiving import NOW, Bench, Store, store_in


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    with store_in(tmp_path, url) as found:
        yield found


@pytest.fixture
def bench(store: Store) -> Bench:
    found = Bench()
    store.enrol(found)
    return found


def carried(store: Store, events: Sequence[Envelope]) -> list[Part]:
    """The events as a file brings them."""
    found = []
    for place, batch in parts(sealed(event) for event in events):
        with store.database.write() as conn:
            found.append(take(conn, place, batch, NOW, store.chain))
    return found


def closed(store: Store, bench: Bench) -> None:
    """The bench's epoch is renewed by somebody."""
    head = Head(bench.head.seq, bench.head.hash)
    with store.database.write() as conn:
        asked = Renew("0a" * 16, 1, head, 0, "0b" * 16, Cause.DIFFERS)
        renew(conn, lock_station(conn, bench.station_id), asked, NOW)


def agree(store: Store, bench: Bench) -> None:
    with store.database.read() as conn:
        found = station_balances(conn, bench.station_id)
    assert found == fold(move for event in bench.events for move in event_of(event).moves)


def test_a_file_counts_once_beside_the_network_and_beside_itself(store: Store, bench: Bench) -> None:
    store.push(bench, bench.work(2))
    bench.work(3)
    for _ in range(2):
        assert carried(store, bench.events) == [Part(bench.station_id, 1, 5, None)]
    store.push(bench, bench.work(1))
    assert store.states(bench) == ["posted"] * 6
    agree(store, bench)


@pytest.mark.parametrize("renewed", [False, True])
def test_a_file_without_private_parts_is_taken_and_a_person_is_told_once(
    store: Store, bench: Bench, renewed: bool
) -> None:
    bench.work(3)
    if renewed:
        closed(store, bench)
    robbed = [replace(event, private=None, salt=None) for event in bench.events]
    for _ in range(2):
        taken = carried(store, [*bench.events[:1], *robbed[1:2], *bench.events[2:]])
        assert taken == [Part(bench.station_id, 1, 3, None)]
    with store.database.read() as conn:
        whole = select(receipt.c.private).where(receipt.c.state == "posted").order_by(receipt.c.seq)
        first, _, last = bench.events
        assert list(conn.scalars(whole)) == [first.private, None, last.private]
    assert store.cases().count("event.private_missing") == 1
    agree(store, bench)


def test_a_chain_that_was_closed_meanwhile_still_goes_on(store: Store, bench: Bench) -> None:
    store.push(bench, bench.work(2))
    bench.work(3)
    closed(store, bench)
    for _ in range(2):
        assert carried(store, bench.events) == [Part(bench.station_id, 1, 5, None)]
    assert store.station(bench).head.epoch == 2
    agree(store, bench)


@pytest.mark.parametrize("past", [False, True])
def test_another_story_and_a_gap_end_it_and_lose_nothing(store: Store, bench: Bench, *, past: bool) -> None:
    store.push(bench, bench.work(2))
    clone = Bench()
    clone.record(event_id="0192e4c5-0000-7000-8000-00000000beef")
    ahead = Bench()
    ahead.events, ahead.head = list(bench.events), bench.head
    ahead.work(3)
    if past:
        closed(store, bench)
    assert carried(store, clone.events)[0].answer == Fork(2, bench.head.hash)
    assert carried(store, ahead.events[3:]) == [Part(bench.station_id, 1, 2, Gap(2))]
    agree(store, bench)


def test_what_the_stations_key_did_not_sign_is_evidence(store: Store, bench: Bench) -> None:
    forger = Bench(Ed25519Signer(bytes([9] * 32)))
    forger.head = bench.head
    [part] = carried(store, forger.work(1))
    assert isinstance(part.answer, Rejected)
    assert store.states(bench) == ["evidence"]


def test_strangers_and_epochs_nobody_began_are_refused(store: Store, bench: Bench) -> None:
    second = Bench(Ed25519Signer(bytes([2] * 32)), "b" * 32)
    with pytest.raises(Refused) as no:
        carried(store, second.work(1))
    assert no.value.code == "bundle.stranger"
    other = Bench()
    other.head = type(other.head)(bench.station_id, 7, 0, "ab")
    with pytest.raises(Refused) as no:
        carried(store, other.work(1))
    assert no.value.code == "bundle.epoch"


def test_a_long_file_goes_in_batches(bench: Bench) -> None:
    found = [len(batch) for _, batch in parts(sealed(event) for event in bench.work(1200))]
    assert found == [500, 500, 200]
