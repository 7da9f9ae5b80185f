"""Erasing private parts of events on both databases: gone in every chain, told to stations, never back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from app.domain import canonical
from app.domain.envelope import Envelope, header_fields, reopen
from app.domain.resealing import reseal
from app.domain.signing import EVENT_TAG, Ed25519Signer
from sync.central.audit import audit
from sync.central.commands import personal
from sync.central.commands.exceptions import resolve
from sync.central.commands.personal_asked import EventErasure, Subject
from sync.central.commands.requests import Resolution
from sync.central.rules.outcomes import Missing
from sync.central.store import erasing
from sync.central.store.act import Act
from sync.central.store.exceptions import Case, open_case
from sync.central.store.feed import begin_generation
from sync.central.store.tables import (
    exception,
    exception_closing,
    feed,
    private_erasure,
    receipt,
    rma,
    standing_erasure,
)
from sync.wire.answers import Ack, Rejected
from tests.app.domain.examples import EVIDENCE
from tests.sync.central.receiving import Bench, Store, store_in

WHY = "asked by letter"


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with store_in(tmp_path, url) as found:
        yield found


def act(store: Store, conn: object) -> Act:
    now = store.clock.now()
    return Act(conn, store.chain, "ana", "s-1", now, now)  # type: ignore[arg-type]  # a connection


def erase(store: Store, event_id: str) -> object:
    with store.database.write() as conn:
        return personal.erase_event(act(store, conn), EventErasure(event=event_id, reason=WHY))


def parts(store: Store, event_id: str) -> list[bool]:
    """Whether each receipt of an event has its private part or its salt."""
    asked = select(receipt.c.private, receipt.c.salt).where(receipt.c.event_id == event_id)
    with store.database.read() as conn:
        return [row.private is not None or row.salt is not None for row in conn.execute(asked)]


def told(store: Store) -> list[str]:
    with store.database.read() as conn:
        return list(
            conn.scalars(select(feed.c.key).where(feed.c.kind == erasing.RECORD).order_by(feed.c.pos))
        )


def without(one: Envelope) -> Envelope:
    return replace(one, private=None, salt=None)


def test_one_event_is_erased_once_and_its_station_is_told(store: Store) -> None:
    bench = Bench()
    store.enrol(bench)
    one, two = bench.work(2)
    store.push(bench, [one, two])
    assert erase(store, one.event_id) == {"erased": [], "events": [one.event_id]}
    assert erase(store, one.event_id) == {"erased": [], "events": []}
    assert (parts(store, one.event_id), parts(store, two.event_id)) == ([False], [True])
    assert told(store) == [one.event_id]
    with pytest.raises(Missing):
        erase(store, "nothing")


def test_a_customer_takes_all_of_the_returns_along_but_not_why_values_were_read(store: Store) -> None:
    bench = Bench()
    store.enrol(bench)
    with store.database.write() as conn:
        for code, customer in (("R-1", "c-1"), ("R-2", "c-1"), ("R-3", "c-2")):
            row = {"code": code, "owner": "ACME", "customer": customer, "state": "open", "finished": False}
            conn.execute(insert(rma).values(**row, document="{}", created_at="2026-01-01T00:00:00Z"))
    sent = [bench.record(subject=(f"rma:{code}", "sku:K-17")) for code in ("R-1", "R-2", "R-3", "R-11")]
    store.push(bench, sent)
    with store.database.write() as conn:
        asked = Subject(customer="c-1", reason=WHY)
        done = personal.erase(act(store, conn), asked)
        assert done == {"erased": [], "events": [sent[0].event_id, sent[1].event_id]}
        assert personal.erase(act(store, conn), asked) == {"erased": []}
        assert erasing.about(conn, rma_code="R-3", customer=None) == [sent[2].event_id]
    # A station that was away brings more of it: that goes as it comes.
    late = [bench.record(subject=(f"rma:{code}", "sku:K-17")) for code in ("R-2", "R-3")]
    store.push(bench, late)
    assert [parts(store, one.event_id) for one in late] == [[False], [True]]
    with store.database.write() as conn:
        assert erasing.unsaid(conn) == [late[0].event_id]
        assert personal.say_again(act(store, conn)) == 1
        # Rows without a story, which the laws of returns would ask about.
        conn.execute(rma.delete())


def test_what_comes_again_comes_without_what_was_erased(store: Store) -> None:
    bench = Bench()
    store.enrol(bench)
    (one,) = bench.work(1)
    with store.database.write() as conn:
        erasing.erase(conn, [one.event_id], "", store.clock.now())
    # With the words or without them: it is taken, and nothing is kept of them.
    store.push(bench, [one])
    assert parts(store, one.event_id) == [False]
    (two,) = bench.work(1)
    with store.database.write() as conn:
        erasing.erase(conn, [two.event_id], "", store.clock.now())
    assert isinstance(store.push(bench, [without(two)]), Ack)
    (three,) = bench.work(1)
    answer = store.push(bench, [without(three)])
    assert isinstance(answer, Rejected)
    assert answer.code == "envelope.private_missing"
    store.push(bench, [three])
    with store.database.write() as conn:
        assert erasing.unsaid(conn) == sorted([one.event_id, two.event_id])
        assert personal.say_again(act(store, conn)) == 2
        assert erasing.unsaid(conn) == []
    assert told(store) == sorted([one.event_id, two.event_id])


def cases(store: Store) -> list[tuple[str, str]]:
    asked = select(exception.c.subject, exception.c.state).where(exception.c.type == "event.private_missing")
    with store.database.read() as conn:
        return [(row.subject, row.state) for row in conn.execute(asked.order_by(exception.c.id))]


def nothing_erased(store: Store) -> bool:
    with store.database.read() as conn:
        asked = select(private_erasure.c.event_id)
        return conn.scalars(asked).first() is None and not personal.any_unsaid(conn, store.clock.now())


def forged(rogue: Bench, event_id: str, subject: tuple[str, ...] = ("sku:K-17",)) -> Envelope:
    """An event of that id without words, from before every generation, that says it was erased."""
    made = rogue.record(event_id=event_id, subject=subject)
    said = {"erased": True, "feed_gen": 0, "private_hash": "0" * 64}
    header = canonical.encode({**header_fields(made.header).raw(), **said})
    one = reopen(header, made.facts, None, None, rogue.signer.sign(EVENT_TAG, header))
    rogue.events[-1], rogue.head = one, one.head
    return one


def another() -> Bench:
    return Bench(Ed25519Signer(bytes([9] * 32)), "b" * 32)


@pytest.mark.parametrize("restored", [True, False])
def test_a_stations_word_alone_erases_nothing_here(store: Store, restored: bool) -> None:
    bench = Bench(evidence=replace(EVIDENCE, feed_gen=1))
    store.enrol(bench)
    (one,) = bench.work(1)
    store.push(bench, [one])
    said = bench.record(
        kind="private.erased",
        subject=("personal:erased",),
        moves=(),
        private=None,
        operator="station",
        body={"events": [one.event_id, "somebody-elses", 7]},
    )
    if restored:
        with store.database.write() as conn:
            begin_generation(conn)
    store.push(bench, [said])
    assert parts(store, one.event_id) == [True]
    assert store.states(bench) == ["posted"] * 2
    assert nothing_erased(store)
    assert cases(store) == [(f"event:{one.event_id}", "open")]
    # A person puts it on record, and has no more to say about it.
    erase(store, one.event_id)
    assert parts(store, one.event_id) == [False]
    assert told(store) == [one.event_id]
    assert cases(store) == [(f"event:{one.event_id}", "resolved")]


def test_no_station_erases_what_another_one_or_the_centre_said(store: Store) -> None:
    victim, rogue = Bench(), another()
    store.enrol(victim)
    store.enrol(rogue)
    one, other = victim.work(2)
    store.push(victim, [one, other])
    erase(store, other.event_id)
    with store.database.read() as conn:
        own = receipt.c.station_id == store.centre_id, receipt.c.private.is_not(None)
        (why,) = conn.scalars(select(receipt.c.event_id).where(*own))
    before = told(store)
    for event_id in (one.event_id, why):
        assert isinstance(store.push(rogue, [forged(rogue, event_id)]), Ack)
        # The second row is the forged one, which never had any.
        assert parts(store, event_id) == [True, False]
    # Nor by the name of somebody who was erased.
    with store.database.write() as conn:
        erasing.stand(conn, ["rma:R-77"], "erased", store.clock.now())
    store.push(rogue, [rogue.record(event_id=one.event_id, subject=("rma:R-77",))])
    assert parts(store, one.event_id)[0]
    assert store.states(rogue) == ["quarantined"] * 3
    with store.database.write() as conn:
        assert personal.any_unsaid(conn, store.clock.now()) is False
        assert erasing.about(conn, rma_code="R-77", customer=None) == []
    assert told(store) == before
    assert cases(store) == [(f"event:{one.event_id}", "open"), (f"event:{why}", "open")]
    with store.database.write() as conn:
        # That one was put up by this test, and no event says it.
        conn.execute(standing_erasure.delete())


def test_what_a_station_says_is_erased_before_it_comes_is_not(store: Store) -> None:
    victim, rogue = Bench(), another()
    store.enrol(victim)
    store.enrol(rogue)
    (one,) = victim.work(1)
    about_a_return = victim.record(subject=("rma:R-77", "sku:K-17"))
    for event_id in (one.event_id, "rma:R-77"):
        store.push(rogue, [forged(rogue, event_id)])
    store.push(victim, [one, about_a_return])
    assert True in parts(store, one.event_id)
    assert parts(store, about_a_return.event_id) == [True]
    # Not even where the centre erased the event that has the name of a return.
    erase(store, "rma:R-77")
    later = victim.record(subject=("rma:R-77", "sku:K-17"))
    store.push(victim, [later])
    assert parts(store, later.event_id) == [True]


def test_one_that_says_itself_that_it_was_erased_counts_and_a_person_is_told(store: Store) -> None:
    bench = Bench()
    store.enrol(bench)
    (one,) = bench.work(1)
    bench.head = replace(bench.head, seq=0, hash=one.prev)
    again = reseal(without(one), bench.head, bench.signer)
    assert isinstance(store.push(bench, [again]), Ack)
    assert store.states(bench) == ["posted"]
    assert nothing_erased(store)
    assert cases(store) == [(f"event:{one.event_id}", "open")]
    assert audit(store.database).holds
    assert erase(store, one.event_id) == {"erased": [], "events": [one.event_id]}
    assert erase(store, one.event_id) == {"erased": [], "events": []}
    assert told(store) == [one.event_id]
    assert cases(store) == [(f"event:{one.event_id}", "resolved")]


def test_one_that_is_here_stays_whole_when_its_station_sends_it_without_words(store: Store) -> None:
    bench = Bench()
    store.enrol(bench)
    (one,) = bench.work(1)
    store.push(bench, [one])
    again = reseal(without(one), bench.head, bench.signer)
    assert isinstance(store.push(bench, [again]), Ack)
    assert (store.states(bench), parts(store, one.event_id)) == (["posted", "duplicate"], [True, False])
    assert nothing_erased(store)
    assert cases(store) == [(f"event:{one.event_id}", "open")]


def test_what_waits_or_names_a_customer_goes_as_it_comes(store: Store) -> None:
    bench = Bench()
    store.enrol(bench)
    with store.database.write() as conn:
        row = {"code": "R-2", "owner": "ACME", "customer": "c-1", "state": "open", "finished": False}
        conn.execute(insert(rma).values(**row, document="{}", created_at="2026-01-01T00:00:00Z"))
        personal.erase(act(store, conn), Subject(customer="c-1", reason=WHY))
    sent = [
        bench.record(subject=("rma:R-2", "sku:K-17"), kind="return.of_the_future", moves=()),
        bench.record(subject=("rma:R-2", "sku:K-17")),
        bench.record(subject=("customer:c-1",)),
        bench.record(subject=("customer:c-11",)),
    ]
    store.push(bench, sent)
    assert store.states(bench)[0] == "unposted"
    assert [parts(store, one.event_id) for one in sent] == [[False], [False], [False], [True]]
    with store.database.write() as conn:
        assert personal.say_again(act(store, conn)) == 3
        conn.execute(rma.delete())
    assert told(store) == [one.event_id for one in sent[:3]]


def test_who_a_copy_had_forgotten_to_be_erased_is_put_on_record_again(store: Store) -> None:
    bench = Bench()
    store.enrol(bench)
    with store.database.write() as conn:
        erasing.stand(conn, ["customer:c-1"], "", store.clock.now())
        assert personal.any_unsaid(conn, store.clock.now())
        assert personal.say_again(act(store, conn)) == 1
        assert not personal.any_unsaid(conn, store.clock.now())
    one = bench.record(subject=("customer:c-1",))
    store.push(bench, [one])
    assert parts(store, one.event_id) == [False]


def test_what_an_older_program_found_gone_is_told_to_stations_once_a_person_says_so(store: Store) -> None:
    bench = Bench()
    store.enrol(bench)
    (one,) = bench.work(1)
    store.push(bench, [one])
    with store.database.write() as conn:
        conn.execute(
            update(receipt).where(receipt.c.event_id == one.event_id).values(private=None, salt=None)
        )
        row = {"event_id": one.event_id, "by_event": "", "erased_at": "", "quiet": True}
        conn.execute(insert(private_erasure).values(**row))
        assert personal.say_again(act(store, conn)) == 1
    assert told(store) == []
    assert erase(store, one.event_id) == {"erased": [], "events": [one.event_id]}
    assert told(store) == [one.event_id]


def test_what_was_said_when_a_case_was_closed_is_erased_with_its_event(store: Store) -> None:
    with store.database.write() as conn:
        case = Case("k", "stock.odd", "sku:K-17", "admin", "Look.")
        open_case(conn, case, store.clock.now())
        number = int(conn.scalar(select(exception.c.id)) or 0)
        resolve(act(store, conn), number, Resolution(note="Anna Karenina called"))
        said = str(conn.scalar(select(exception_closing.c.event_id)))
    assert erase(store, said) == {"erased": [], "events": [said]}
    with store.database.read() as conn:
        words = [
            *conn.scalars(select(exception.c.resolution)),
            *conn.scalars(select(exception_closing.c.note)),
        ]
    assert words == [erasing.GONE] * 2
    # The centre's own events are told to no station.
    assert told(store) == []
    assert audit(store.database).holds


def test_what_was_erased_is_in_no_file_of_a_centre_once_nobody_reads(tmp_path: Path) -> None:
    def held() -> list[bool]:
        return [b"blue kettle" in file.read_bytes() for file in sorted(tmp_path.glob("centre.db*"))]

    with store_in(tmp_path, None) as store:
        bench = Bench()
        store.enrol(bench)
        one, two = bench.work(2)
        store.push(bench, [one, two])
        erase(store, one.event_id)
        assert any(held()), "the other one is there"
        with store.database.read() as reader:
            reader.execute(select(receipt.c.id)).all()
            erase(store, two.event_id)
            assert any(held()), "a reader holds the log, and nobody waits for it"
        with store.database.write():
            pass
        assert not any(held())
