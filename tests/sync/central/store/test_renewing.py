from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.codes import CodeFamily, HumanCode
from app.domain.envelope import Envelope, event_of, genesis
from app.domain.laws import fold
from app.domain.resealing import content_digest, reseal
from sync.central.audit import station_balances
from sync.central.store.enrolment import lock_station
from sync.central.store.feed import begin_generation
from sync.central.store.receipt import welcome
from sync.central.store.renewing import (
    begin_epochs_again,
    begun_again,
    case_key,
    closed_chains,
    expect_heads,
    expected_heads,
    forgotten_among,
    holds,
    recall_renewals,
    renew,
    renewed_among,
)
from sync.central.store.tables import exception, station
from sync.wire.answers import Ack, Fenced, Fork
from sync.wire.messages import Head, Hello, Verdict
from sync.wire.renewals import Cause, Holds, Offer, Offered, Renew, Renewed
from tests.app.ledger.station import disposition
from tests.sync.central.receiving import NOW, Bench, Store, store_in

TOKENS = [f"{n:032x}" for n in range(1, 9)]
INSTALLS = [f"{n:032x}" for n in range(101, 109)]


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


def copied(bench: Bench, upto: int | None = None) -> Bench:
    """Another computer with the same record, as far as it goes."""
    found = Bench()
    found.events = bench.events[:upto]
    found.head = found.events[-1].head if found.events else found.head
    return found


def asked(bench: Bench, n: int = 0, cause: Cause = Cause.DIFFERS, confirmed: int = 0) -> Renew:
    """The bench's question, with its n-th token and install id."""
    head = bench.head
    return Renew(TOKENS[n], head.epoch, Head(head.seq, head.hash), confirmed, INSTALLS[n], cause)


def ask(store: Store, bench: Bench, question: Renew) -> Renewed:
    with store.database.write() as conn:
        return renew(conn, lock_station(conn, bench.station_id), question, NOW)


def begun(bench: Bench, epoch: int, again: Sequence[Envelope]) -> list[Envelope]:
    """The bench goes on in that epoch, with these events sealed anew."""
    bench.head = genesis(bench.station_id, epoch, bench.signer.public_key)
    resent = []
    for envelope in again:
        resent.append(reseal(envelope, bench.head, bench.signer))
        bench.head = resent[-1].head
    return resent


def offer(*events: Envelope) -> Offer:
    return Offer(tuple(Offered(e.event_id, content_digest(e.header)) for e in events))


def told(store: Store) -> list[tuple[str, str]]:
    """Type and text of every case."""
    with store.database.read() as conn:
        rows = conn.execute(select(exception.c.type, exception.c.fix).order_by(exception.c.id))
        return [(row.type, row.fix) for row in rows if row.type.startswith(("chain.", "event."))]


def agree(store: Store, *events: Envelope) -> None:
    """The centre posted exactly these, each once."""
    with store.database.read() as conn:
        found = station_balances(conn, events[0].station_id)
    assert found == fold(move for event in events for move in event_of(event).moves)


def test_a_renewal_fences_the_older_epoch_and_opens_one_case_however_often_it_is_asked(
    store: Store, bench: Bench
) -> None:
    store.push(bench, bench.work(2))
    question = asked(bench)
    first = ask(store, bench, question)
    assert first == Renewed(TOKENS[0], 2, 1)
    # The answer got lost.
    assert ask(store, bench, question) == first
    assert store.station(bench).head == genesis(bench.station_id, 2, bench.signer.public_key)
    assert store.push(bench, bench.work(1)) == Fenced()
    [(kind, fix)] = told(store)
    assert kind == "chain.renewed"
    assert INSTALLS[0] in fix
    assert bench.install_id in fix
    with store.database.read() as conn:
        assert closed_chains(conn) == {bench.station_id: [(1, 2, bench.events[1].hash)]}


def test_the_answer_says_which_labels_of_the_bench_are_on_goods(store: Store, bench: Bench) -> None:
    labels = [
        str(HumanCode(family, of, number))
        for family, of, number in (
            (CodeFamily.UNIT_LABEL, "01", 9),
            (CodeFamily.UNIT_LABEL, "01", 12),
            (CodeFamily.HOLDING_LABEL, "01", 4),
            # Another bench's, one that no bench counts to, and one that is none.
            (CodeFamily.UNIT_LABEL, "02", 77),
            (CodeFamily.UNIT_LABEL, "01", 10**11),
        )
    ] + ["L01-99-?"]
    found = [disposition(n, event_id=f"e-{n}", label=label) for n, label in enumerate(labels, 1)]
    parts = ("kind", "subject", "moves", "body", "private")
    events = [bench.record(**{name: getattr(one, name) for name in parts}) for one in found]
    assert isinstance(store.push(bench, events), Ack)
    assert ask(store, bench, asked(bench)).labels == {"L": 12, "H": 4}
    # Asked again it is as well.
    assert ask(store, bench, asked(bench)).labels == {"L": 12, "H": 4}


def test_what_the_centre_lacks_goes_again_under_the_same_id_and_what_it_has_counts_once(
    store: Store, bench: Bench
) -> None:
    store.push(bench, bench.work(2))
    lost = bench.work(2)
    answer = ask(store, bench, asked(bench))
    with store.database.read() as conn:
        have = holds(conn, bench.station_id, offer(*bench.events))
    assert have == Holds(1, frozenset(event.event_id for event in bench.events[:2]))
    # One that the centre has goes again all the same: it is skipped.
    again = begun(bench, answer.epoch, [bench.events[1], *lost])
    said = store.push(bench, [*again, bench.record()], epoch=2)
    assert isinstance(said, Ack)
    assert (said.epoch, said.upto) == (2, 4)
    assert store.states(bench) == ["posted", "posted", "duplicate", "posted", "posted", "posted"]
    agree(store, *bench.events)


def test_two_live_clones_both_renew_and_both_keep_their_facts(store: Store, bench: Bench) -> None:
    store.push(bench, bench.work(2))
    shared = bench.work(1)
    clone = copied(bench)
    mine, theirs = (
        bench.work(2),
        [clone.record(event_id=f"0192e4c5-0000-7000-8000-{n:012d}") for n in (91, 92)],
    )
    assert isinstance(store.push(bench, [*shared, *mine]), Ack)
    assert store.push(clone, [*shared, *theirs]) == Fork(5, bench.head.hash)
    assert ask(store, clone, asked(clone, 1)).epoch == 2
    store.push(clone, begun(clone, 2, [*shared, *theirs]), epoch=2)
    later = bench.work(1)
    assert store.push(bench, later) == Fenced()
    assert ask(store, bench, asked(bench, 2, Cause.FENCED)).epoch == 3
    store.push(bench, begun(bench, 3, later), epoch=3)
    agree(store, *bench.events, *theirs)
    (_, first), (_, second) = told(store)
    assert (INSTALLS[1] in first, bench.install_id in first) == (True, True)
    assert (INSTALLS[2] in second, INSTALLS[1] in second) == (True, True)
    with store.database.read() as conn:
        of = bench.station_id
        # The clone's epoch was not renewed into the other's.
        assert renewed_among(conn, [(of, 1), (of, 2)]) == {(of, 1, 2), (of, 1, 3)}
        assert renewed_among(conn, [("somebody else", 1)]) == frozenset()


def test_renewals_that_a_centre_put_back_has_no_memory_of_led_where_the_station_came_from(
    store: Store, bench: Bench
) -> None:
    of, restored = bench.station_id, Cause.CENTRE_RESTORED
    store.push(bench, bench.work(1))
    begun(bench, 4, bench.work(1))
    assert ask(store, bench, asked(bench, 0, restored)).epoch == 5
    begun(bench, 5, [])
    assert ask(store, bench, asked(bench, 1, restored)).epoch == 6
    said = [(of, epoch) for epoch in range(1, 8)]
    with store.database.write() as conn:
        # Only a centre that was put back can have forgotten anything.
        assert renewed_among(conn, said) == {(of, 4, 5), (of, 4, 6), (of, 5, 6)}
        begin_generation(conn)
        assert renewed_among(conn, said) == {
            *((of, older, 5) for older in (1, 2, 3, 4)),
            *((of, older, 6) for older in (1, 2, 3, 4, 5)),
        }
        assert renewed_among(conn, [(of, 2)]) == {(of, 2, 5), (of, 2, 6)}


def test_a_forgotten_epoch_does_not_make_a_copys_epoch_follow(store: Store, bench: Bench) -> None:
    of = bench.station_id
    clone = copied(bench)
    assert ask(store, clone, asked(clone, 0)).epoch == 2
    # This one comes from before the clone's epoch, which the centre knows.
    assert ask(store, bench, asked(bench, 1, Cause.FENCED)).epoch == 3
    with store.database.write() as conn:
        begin_generation(conn)
        assert renewed_among(conn, [(of, 1), (of, 2)]) == {(of, 1, 2), (of, 1, 3)}


def test_a_centre_that_was_put_back_gives_no_epoch_that_the_lost_one_may_have_given(
    store: Store, bench: Bench
) -> None:
    of = bench.station_id
    store.push(bench, bench.work(1))
    assert ask(store, bench, asked(bench, 1)).epoch == 2
    with store.database.write() as conn:
        assert (begun_again(conn), forgotten_among(conn, [(of, 1)])) == (0, frozenset())
        begin_epochs_again(conn, 2)
        assert forgotten_among(conn, [(of, 1), (of, 1002), (of, 1003)]) == {(of, 1), (of, 1002)}
    # This one lives in an epoch that only the lost centre knew of.
    begun(bench, 4, [])
    assert ask(store, bench, asked(bench, 0, Cause.CENTRE_RESTORED)).epoch == 1003
    with store.database.write() as conn:
        begin_epochs_again(conn, 2)
        begin_epochs_again(conn, 2)
        assert begun_again(conn) == 3003
        # The same copy, put back a minute later where nothing is known of the first time.
        begin_epochs_again(conn, 3_000_000)
        assert begun_again(conn) == 192_000_000


def test_a_restored_disk_is_told_how_much_it_lacks(store: Store, bench: Bench) -> None:
    store.push(bench, bench.work(5))
    old = copied(bench, 2)
    assert ask(store, old, asked(old, cause=Cause.BEHIND)).epoch == 2
    [(_, fix)] = told(store)
    assert "had seen up to 5" in fix
    assert "its disk held 2" in fix
    assert "Neither" not in fix


def test_what_neither_side_has_is_listed(store: Store, bench: Bench) -> None:
    store.push(bench, bench.work(3))
    with store.database.write() as conn:
        expect_heads(conn, {(bench.station_id, 1): 4})
        expect_heads(conn, {(bench.station_id, 1): 9, ("b" * 32, 2): 1})
        expect_heads(conn, {(bench.station_id, 1): 7})
        assert expected_heads(conn) == {(bench.station_id, 1): 9, ("b" * 32, 2): 1}
    bench.work(2)
    ask(store, bench, asked(bench, cause=Cause.CENTRE_RESTORED))
    [(_, fix)] = told(store)
    assert "Neither has numbers 6 to 9" in fix


def test_a_hole_is_a_case_of_its_own(store: Store, bench: Bench) -> None:
    ask(store, bench, asked(bench, cause=Cause.HOLE))
    assert [kind for kind, _ in told(store)] == ["chain.hole"]


def test_epochs_only_grow_past_what_a_restored_centre_remembers(store: Store, bench: Bench) -> None:
    question = replace(asked(bench), epoch=6)
    assert ask(store, bench, question).epoch == 7
    assert ask(store, bench, replace(asked(bench, 1), epoch=2)).epoch == 8
    with store.database.write() as conn:
        said = welcome(conn, lock_station(conn, bench.station_id), Hello("n", 7, Head(0, "ab")), NOW)
    assert (said.verdict, said.epoch) == (Verdict.RENEW, 8)


def test_epochs_that_a_replaced_centre_gave_are_not_given_again(store: Store, bench: Bench) -> None:
    with store.database.write() as conn:
        recall_renewals(conn, [(bench.station_id, 2, 1), ("b" * 32, 9, 1)])
        recall_renewals(conn, [(bench.station_id, 3, 2)])
    assert ask(store, bench, asked(bench)) == Renewed(TOKENS[0], 4, 1)
    with store.database.read() as conn:
        of = bench.station_id
        found = {(of, 1, 2), (of, 2, 3), (of, 1, 3), (of, 1, 4)}
        assert renewed_among(conn, [(of, 1), (of, 2)]) == found


def test_an_id_used_for_something_else_is_not_held_and_is_one_case(store: Store, bench: Bench) -> None:
    store.push(bench, bench.work(1))
    other = copied(bench, 0)
    twin = other.record(event_id=bench.events[0].event_id, body={"sku": "K-17", "qty": 9})
    with store.database.read() as conn:
        assert holds(conn, bench.station_id, offer(twin)).events == frozenset()
        assert holds(conn, "b" * 32, offer(bench.events[0])).events == frozenset()
        assert holds(conn, bench.station_id, Offer(())).events == frozenset()
    ask(store, other, asked(other))
    store.push(other, begun(other, 2, [twin]), epoch=2)
    assert store.states(bench) == ["posted", "quarantined"]
    assert [kind for kind, _ in told(store)] == ["chain.renewed", "event.id_reuse"]


def test_the_case_key_names_station_and_epoch(store: Store, bench: Bench) -> None:
    ask(store, bench, asked(bench))
    with store.database.read() as conn:
        assert case_key(bench.station_id, 2) in set(conn.scalars(select(exception.c.key)))
        row = conn.execute(select(station).where(station.c.station_id == bench.station_id)).one()
    assert row.install_id == INSTALLS[0]
