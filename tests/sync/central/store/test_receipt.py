from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.domain.envelope import PRIVATE_MISSING, event_of
from app.domain.laws import fold
from app.domain.signing import EVENT_TAG, Ed25519Signer
from sync.central.audit import station_balances
from sync.central.store.enrolment import lock_station
from sync.central.store.feed import position
from sync.central.store.receipt import receive, welcome
from sync.central.store.tables import receipt, station
from sync.wire.answers import Ack, Fenced, Fork, Gap, Rejected, WrongVersion
from sync.wire.messages import Head, Hello, Push, Verdict
from sync.wire.sealed import Sealed, sealed
from tests.app.domain.examples import SALT, SIGNER
from tests.sync.central.receiving import NOW, Bench, Store, store_in, text_now


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


def acked(store: Store, bench: Bench, upto: int) -> Ack:
    """The confirmation of the bench's first `upto` events."""
    with store.database.read() as conn:
        gen, pos = position(conn)
    start = store.station(bench).head if upto == 0 else bench.events[upto - 1].head
    return Ack(1, upto, start.hash, gen, pos)


def agree(store: Store, bench: Bench) -> None:
    """What the bench recorded is what the centre posted of it."""
    moves = [move for event in bench.events for move in event_of(event).moves]
    with store.database.read() as conn:
        assert station_balances(conn, bench.station_id) == fold(moves)


# --- what fits ---------------------------------------------------------------------------------------------


def test_a_batch_is_stored_posted_and_confirmed_by_its_last_hash(store: Store, bench: Bench) -> None:
    events = bench.work(5)
    assert store.push(bench, events) == acked(store, bench, 5)
    assert store.states(bench) == ["posted"] * 5
    assert store.station(bench).head == bench.head
    agree(store, bench)


def test_an_empty_batch_confirms_what_is_there(store: Store, bench: Bench) -> None:
    assert store.push(bench, []) == acked(store, bench, 0)
    store.push(bench, bench.work(2))
    assert store.push(bench, []) == acked(store, bench, 2)


def test_the_stored_bytes_are_those_that_came(store: Store, bench: Bench) -> None:
    [event] = bench.work(1)
    plain = bench.record(private=None)
    store.push(bench, [event, plain])
    with store.database.read() as conn:
        first, second = conn.execute(select(receipt).order_by(receipt.c.id))
    assert (first.header, first.facts, first.private) == (event.header, event.facts, event.private)
    assert (first.salt, first.sig) == ((event.salt or b"").hex(), event.sig.hex())
    assert (first.hash, first.received_at) == (event.hash, text_now())
    assert second.private is None


def test_a_batch_sent_twice_counts_once(store: Store, bench: Bench) -> None:
    events = bench.work(4)
    first = store.push(bench, events)
    assert store.push(bench, events) == first
    assert store.push(bench, events[1:3]) == first
    assert store.push(bench, [*events, *bench.work(1)]) == acked(store, bench, 5)
    assert store.states(bench) == ["posted"] * 5
    agree(store, bench)


def test_batches_that_overtake_each_other_wait_for_the_missing_one(store: Store, bench: Bench) -> None:
    events = bench.work(6)
    assert store.push(bench, events[4:]) == Gap(0)
    assert store.push(bench, events[:2]) == acked(store, bench, 2)
    assert store.push(bench, events[4:]) == Gap(2)
    assert store.push(bench, events[2:4]) == acked(store, bench, 4)
    assert store.push(bench, events[4:]) == acked(store, bench, 6)
    assert store.cases() == []
    agree(store, bench)


def test_a_chain_broken_inside_a_batch_is_evidence_once(store: Store, bench: Bench) -> None:
    events = bench.work(2)
    bench.head = dataclasses.replace(events[0].head, seq=2)
    torn = bench.record()
    for _ in range(2):
        answer = store.push(bench, [*events, torn])
        assert isinstance(answer, (Rejected, Fork))
    assert store.states(bench) == ["posted", "posted", "evidence"]
    assert store.cases() == ["event.rejected"]


def test_an_event_whose_private_part_was_taken_away_is_evidence_and_its_place_stays_free(
    store: Store, bench: Bench
) -> None:
    events = bench.work(3)
    robbed = [dataclasses.replace(sealed(events[1]), private=None, salt=salt) for salt in (None, SALT)]
    for one in robbed:
        answer = store.push(bench, [events[0], one, events[2]])
        assert isinstance(answer, Rejected)
        assert (answer.seq, answer.code, answer.have) == (2, PRIVATE_MISSING, 1)
    assert store.states(bench) == ["posted", "evidence", "evidence"]
    assert store.cases() == ["event.rejected"] * 2
    assert store.push(bench, events) == acked(store, bench, 3)
    with store.database.read() as conn:
        whole = select(receipt.c.private).where(receipt.c.state == "posted").order_by(receipt.c.seq)
        assert list(conn.scalars(whole)) == [event.private for event in events]
    agree(store, bench)


def test_a_robbed_event_is_evidence_also_where_the_whole_one_is_there(store: Store, bench: Bench) -> None:
    events = bench.work(2)
    store.push(bench, events)
    answer = store.push(bench, [dataclasses.replace(sealed(events[1]), private=None)])
    assert isinstance(answer, Rejected)
    assert store.states(bench) == ["posted", "posted", "evidence"]


def test_a_hole_inside_a_batch_stops_it_there(store: Store, bench: Bench) -> None:
    events = bench.work(4)
    assert store.push(bench, [*events[:2], events[3]]) == Gap(2)
    assert store.states(bench) == ["posted"] * 2


def test_two_stations_do_not_disturb_each_other(store: Store, bench: Bench) -> None:
    second = Bench(Ed25519Signer(bytes([2] * 32)), "b" * 32)
    store.enrol(second)
    store.push(bench, bench.work(2))
    store.push(second, second.work(3))
    agree(store, bench)
    agree(store, second)


# --- what differs ------------------------------------------------------------------------------------------


def test_a_clone_is_told_of_the_fork_and_changes_nothing(store: Store, bench: Bench) -> None:
    common = bench.work(2)
    clone = Bench()
    clone.events, clone.head = list(common), bench.head
    store.push(bench, [*common, *bench.work(1)])
    twin = clone.record(event_id="0192e4c5-0000-7000-8000-00000000beef")
    for _ in range(2):
        assert store.push(clone, [twin]) == Fork(3, bench.head.hash)
    assert store.push(clone, [twin, clone.record()]) == Fork(3, bench.head.hash)
    # The station renews, and that opens the one case.
    assert store.cases() == []
    assert store.push(bench, bench.work(1)) == acked(store, bench, 4)
    agree(store, bench)


def test_an_event_behind_another_head_is_a_fork_too(store: Store, bench: Bench) -> None:
    store.push(bench, bench.work(1))
    clone = Bench()
    clone.record(event_id="0192e4c5-0000-7000-8000-00000000beef")
    assert store.push(clone, [clone.record()]) == Fork(1, bench.head.hash)


def test_an_epoch_the_centre_never_gave_is_a_fork_and_an_older_one_is_fenced(
    store: Store, bench: Bench
) -> None:
    events = bench.work(1)
    assert isinstance(store.push(bench, events, epoch=2), Fork)
    with store.database.write() as conn:
        conn.execute(update(station).where(station.c.station_id == bench.station_id).values(epoch=2))
    assert store.push(bench, events, epoch=1) == Fenced()
    with store.database.write() as conn:
        conn.execute(update(station).where(station.c.station_id == bench.station_id).values(epoch=1))
    assert store.states(bench) == []


def test_a_station_that_was_shut_out_stores_nothing(store: Store, bench: Bench) -> None:
    with store.database.write() as conn:
        conn.execute(update(station).where(station.c.station_id == bench.station_id).values(fenced=True))
    assert store.push(bench, bench.work(1)) == Fenced()
    assert store.states(bench) == []


# --- what nobody signed ------------------------------------------------------------------------------------


def flipped(event: Sealed, part: str, at: int, bit: int) -> Sealed:
    """The event with one bit of one part changed."""
    whole = bytearray(getattr(event, part))
    whole[at % len(whole)] ^= 1 << bit
    return dataclasses.replace(event, **{part: bytes(whole)})


class _UndoError(Exception):
    """Takes an example back, so that the next one finds the store as it was."""


def test_one_flipped_bit_anywhere_is_rejected_and_never_stored_as_valid(store: Store, bench: Bench) -> None:
    good, bad, behind = bench.work(3)
    states = select(receipt.c.state).order_by(receipt.c.id)

    @settings(max_examples=150)
    @given(
        part=st.sampled_from(["header", "facts", "private", "salt", "sig"]),
        at=st.integers(0, 2000),
        bit=st.integers(0, 7),
    )
    def flip(part: str, at: int, bit: int) -> None:
        broken = flipped(sealed(bad), part, at, bit)
        with contextlib.suppress(_UndoError), store.database.write() as conn:
            station = lock_station(conn, bench.station_id)
            push = Push(1, (sealed(good), broken, sealed(behind)))
            answer = receive(conn, station, push, NOW, store.chain)
            assert isinstance(answer, Rejected)
            assert (answer.seq, answer.have, answer.hash) == (2, 1, good.hash)
            assert list(conn.execute(states).scalars()) == ["posted", "evidence"]
            raise _UndoError

    flip()
    assert store.push(bench, [good, bad, behind]) == acked(store, bench, 3)


def test_after_a_rejection_the_right_bytes_go_on(store: Store, bench: Bench) -> None:
    good, bad, behind = bench.work(3)
    assert isinstance(store.push(bench, [sealed(good), flipped(sealed(bad), "sig", 0, 0)]), Rejected)
    assert store.push(bench, [bad, behind]) == acked(store, bench, 3)
    assert store.states(bench) == ["posted", "evidence", "posted", "posted"]


def test_the_evidence_is_the_very_bytes_and_is_kept_once(store: Store, bench: Bench) -> None:
    broken = flipped(sealed(bench.record()), "facts", 9, 0)
    for _ in range(3):
        assert isinstance(store.push(bench, [broken]), Rejected)
    with store.database.read() as conn:
        row = conn.execute(select(receipt)).one()
    assert (row.header, row.facts, row.private) == (broken.header, broken.facts, broken.private)
    assert (row.sig, row.state, row.seq) == (broken.sig.hex(), "evidence", 1)
    assert store.cases() == ["event.rejected"]


def test_another_stations_key_signs_nothing_here(store: Store, bench: Bench) -> None:
    thief = Bench(Ed25519Signer(bytes([2] * 32)))
    answer = store.push(bench, [thief.record()])
    assert isinstance(answer, Rejected)
    assert answer.code == "envelope.signature"
    assert answer.reason


@pytest.mark.parametrize("change", ["station", "epoch"])
def test_a_signed_event_of_another_chain_is_evidence(store: Store, bench: Bench, change: str) -> None:
    other = Bench(station_id="c" * 32) if change == "station" else Bench()
    if change == "epoch":
        other.head = dataclasses.replace(other.head, epoch=9)
    answer = store.push(bench, [other.record()])
    assert isinstance(answer, Rejected)
    assert answer.code == "envelope.other_chain"
    assert store.states(bench) == ["evidence"]


def future(bench: Bench, *, signed: bool = True) -> Sealed:
    """An event of an envelope version that is not known here."""
    event = sealed(bench.record())
    header = event.header.replace(b'"v":1', b'"v":2')
    sig = SIGNER.sign(EVENT_TAG, header) if signed else event.sig
    return dataclasses.replace(event, header=header, sig=sig)


def test_a_future_envelope_holds_the_queue_and_says_so(store: Store, bench: Bench) -> None:
    store.push(bench, bench.work(1))
    answer = store.push(bench, [future(bench)])
    assert isinstance(answer, WrongVersion)
    assert (answer.too_new, answer.spoken.most) == (True, 1)
    assert store.states(bench) == ["posted"]
    assert store.cases() == []


def test_a_forged_future_is_only_changed_bytes(store: Store, bench: Bench) -> None:
    assert isinstance(store.push(bench, [future(bench, signed=False)]), Rejected)


# --- one id twice ------------------------------------------------------------------------------------------


def test_an_event_id_used_again_for_something_else_is_kept_aside(store: Store, bench: Bench) -> None:
    first = bench.record()
    bench.record(event_id=first.event_id, body={"sku": "K-17", "qty": 9})
    bench.record()
    assert store.push(bench, bench.events) == acked(store, bench, 3)
    assert store.states(bench) == ["posted", "quarantined", "posted"]
    assert store.cases() == ["event.id_reuse"]


def test_the_same_event_at_another_place_is_a_duplicate(store: Store, bench: Bench) -> None:
    first = bench.record()
    same = {
        "event_id": first.event_id,
        "body": {"rma": None, "line": None, "sku": "K-17", "qty": 1, "number": 1},
    }
    bench.record(**same)
    bench.record()
    assert store.push(bench, bench.events) == acked(store, bench, 3)
    assert store.states(bench) == ["posted", "duplicate", "posted"]
    assert store.cases() == []


def test_an_event_id_of_another_station_is_reuse(store: Store, bench: Bench) -> None:
    second = Bench(Ed25519Signer(bytes([2] * 32)), "b" * 32)
    store.enrol(second)
    store.push(bench, [bench.record()])
    store.push(second, [second.record(event_id=bench.events[0].event_id, body={"sku": "K-17", "qty": 7})])
    assert store.states(second) == ["quarantined"]


# --- hello -------------------------------------------------------------------------------------------------


def verdict(store: Store, bench: Bench, *, seq: int, hash_: str, epoch: int = 1) -> Verdict:
    with store.database.write() as conn:
        caller = lock_station(conn, bench.station_id)
        said = welcome(conn, caller, Hello("n-1", epoch, Head(seq, hash_)), NOW)
    assert (said.nonce, said.epoch, said.time) == ("n-1", caller.head.epoch, text_now())
    assert said.head == Head(caller.head.seq, caller.head.hash)
    return said.verdict


@pytest.mark.parametrize(
    ("seq", "own", "epoch", "expected"),
    [
        (2, True, 1, Verdict.CONTINUE),
        (9, False, 1, Verdict.CONTINUE),
        (2, False, 1, Verdict.RENEW),
        (1, True, 1, Verdict.RENEW),
        (0, True, 1, Verdict.RENEW),
        (2, True, 2, Verdict.RENEW),
    ],
    ids=["equal", "ahead", "other hash", "behind", "empty disk", "foreign epoch"],
)
def test_hello_compares_the_heads(
    store: Store, bench: Bench, seq: int, epoch: int, expected: Verdict, *, own: bool
) -> None:
    store.push(bench, bench.work(2))
    hash_ = bench.events[min(seq, 2) - 1].hash if own else "another hash"
    for _ in range(2):
        assert verdict(store, bench, seq=seq, hash_=hash_, epoch=epoch) is expected
    assert store.cases() == []


def test_hello_tells_a_station_that_it_is_shut_out(store: Store, bench: Bench) -> None:
    with store.database.write() as conn:
        conn.execute(update(station).where(station.c.station_id == bench.station_id).values(fenced=True))
    assert verdict(store, bench, seq=0, hash_=store.station(bench).head.hash) is Verdict.FENCED
    assert store.cases() == []
