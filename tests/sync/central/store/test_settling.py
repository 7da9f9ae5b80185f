from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import OperationalError

from app.domain.envelope import header_fields
from app.domain.move import Move, MoveKind
from app.domain.refusal import Unavailable
from app.domain.signing import Ed25519Signer
from sync.central.centre import Settings
from sync.central.checks.receipts import check_waiting
from sync.central.commands.catalogue import publish_policy
from sync.central.commands.exceptions import resolve
from sync.central.commands.items import put_items
from sync.central.commands.requests import Resolution
from sync.central.rules.outcomes import Conflict
from sync.central.service import create_app
from sync.central.store import posting, settling
from sync.central.store.act import Act
from sync.central.store.chain import CentreChain
from sync.central.store.journal import Fact
from sync.central.store.settling import Settler
from sync.central.store.tables import exception, receipt
from sync.wire.answers import Ack
from tests.app.domain.examples import customer, shelf
from tests.sync.central.receiving import Bench, Store, store_in
from tests.sync.central.shop import POLICY

Expect = Callable[[str], None]


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


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """While this holds an exception, posting an event whose operator is `poison` raises it at the end."""
    held: list[Exception] = []
    real = posting.post

    def post(conn: Connection, facts: Sequence[Fact], posted_at: datetime, chain: CentreChain) -> None:
        real(conn, facts, posted_at, chain)
        if held and any(fact.event.operator == "poison" for fact in facts):
            raise held[0]

    monkeypatch.setattr(settling, "post", post)
    return held


def settle_again(store: Store) -> int:
    with store.database.write() as conn:
        return Settler(conn, store.chain, store.clock.now()).settle_waiting()


def closed(store: Store) -> list[tuple[object, ...]]:
    asked = select(exception.c.type, exception.c.resolved_by, exception.c.resolution)
    with store.database.read() as conn:
        return [tuple(row) for row in conn.execute(asked.where(exception.c.state == "resolved"))]


def waiting(store: Store) -> dict[str, int]:
    with store.database.read() as conn:
        headers = conn.scalars(select(receipt.c.header).where(receipt.c.state.in_(["unposted", "parked"])))
        return dict(Counter(header_fields(header).text("kind") for header in headers))


def test_a_poison_event_leaves_nothing_half_done_and_the_queue_moves_on(
    store: Store, bench: Bench, poison: list[Exception], expect_log: Expect
) -> None:
    poison.append(ValueError("a defect"))
    bench.record()
    bench.record(operator="poison")
    bench.record()
    expect_log("was not posted")
    assert isinstance(store.push(bench, bench.events), Ack)
    assert store.states(bench) == ["posted", "unposted", "posted"]
    assert store.cases() == ["event.unposted"]
    assert store.station(bench).head == bench.head


def test_later_events_about_the_same_wait_behind_it_across_batches_and_stations(
    store: Store, bench: Bench, poison: list[Exception], expect_log: Expect
) -> None:
    poison.append(ValueError("a defect"))
    expect_log("was not posted")
    bench.record(operator="poison", subject=("rma:R-1", "sku:K-17"))
    bench.record(subject=("rma:R-1", "label:L07-2-X"))
    store.push(bench, bench.events)
    bench.record(subject=("label:L07-2-X",))
    bench.record(subject=("rma:R-2", "sku:K-17"))
    store.push(bench, bench.events[2:])
    # What waits holds up what it is about, and so on; a SKU alone holds up nothing.
    assert store.states(bench) == ["unposted", "parked", "parked", "posted"]
    assert store.cases() == ["event.unposted"]
    assert waiting(store) == {"return.dispositioned": 3}


def test_an_event_about_a_unit_that_it_does_not_name_waits_too(
    store: Store, bench: Bench, poison: list[Exception], expect_log: Expect
) -> None:
    # Else a write-off overtakes the word of the same supervisor that it answers, and is judged without it.
    poison.append(ValueError("a defect"))
    expect_log("was not posted")
    there = replace(shelf(), label="L07-2-X", serial="SN-1")
    bench.record(operator="poison", subject=("rma:R-1", "label:L07-2-X"))
    for away in (replace(there, serial=None), replace(there, label=None), shelf()):
        bench.record(subject=("sku:K-17",), moves=(Move(1, away, customer(), MoveKind.UNDO),))
    store.push(bench, bench.events)
    assert store.states(bench) == ["unposted", "parked", "posted", "posted"]
    moved = (Move(1, customer(), replace(there, label=None), MoveKind.RETURN),)
    bench.record(operator="poison", subject=(), moves=moved)
    bench.record(subject=("sku:K-17", "serial:SN-1"))
    # Another maker counts alike.
    bench.record(subject=("sku:Z-9", "serial:SN-1"))
    store.push(bench, bench.events[4:])
    assert store.states(bench)[4:] == ["unposted", "parked", "posted"]
    with store.database.read() as conn:
        assert not list(check_waiting(conn))


def test_an_undo_waits_with_what_it_undoes(
    store: Store, bench: Bench, poison: list[Exception], expect_log: Expect
) -> None:
    poison.append(ValueError("a defect"))
    expect_log("was not posted")
    undone = bench.record(operator="poison", subject=("sku:K-17",))
    back = (Move(1, shelf(), customer(), MoveKind.UNDO),)
    undo = {"kind": "return.undone", "moves": back, "corrects": undone.event_id, "body": {"reason": "r"}}
    store.push(bench, bench.events)
    # Nothing but the correction ties the two together.
    bench.record(subject=("sku:K-17",), **undo)
    bench.record(subject=("sku:K-17",))
    store.push(bench, bench.events[1:])
    assert store.states(bench) == ["unposted", "parked", "posted"]
    poison.clear()
    assert settle_again(store) == 2
    with store.database.read() as conn:
        types = list(conn.scalars(select(exception.c.type)))
    assert "event.undo" not in types


def test_a_mended_centre_posts_what_waited_in_order(
    store: Store, bench: Bench, poison: list[Exception], expect_log: Expect
) -> None:
    poison.append(ValueError("a defect"))
    expect_log("was not posted")
    bench.record(operator="poison", subject=("rma:R-1",))
    bench.record(subject=("rma:R-1",))
    store.push(bench, bench.events)
    assert settle_again(store) == 0
    assert store.states(bench) == ["unposted", "parked"]
    poison.clear()
    assert settle_again(store) == 2
    assert store.states(bench) == ["posted", "posted"]
    assert waiting(store) == {}
    assert closed(store) == [("event.unposted", "centre", "The event is posted now.")]


@pytest.mark.parametrize("command", ["items", "policy", "resolve"])
def test_what_waits_is_tried_again_by_commands_that_can_unblock_it(
    store: Store, bench: Bench, poison: list[Exception], expect_log: Expect, command: str
) -> None:
    poison.append(ValueError("a defect"))
    expect_log("was not posted")
    bench.record(operator="poison")
    store.push(bench, bench.events)

    def run() -> object:
        now = store.clock.now()
        with store.database.write() as conn:
            act = Act(conn, store.chain, "ann", "request:1", now, now)
            if command == "items":
                return put_items(act, [{"sku": "K-17", "name": "Kettle"}])
            if command == "policy":
                return publish_policy(act, POLICY.format(version=len(poison), b_as_new="true"))
            number = conn.scalar(select(exception.c.id).where(exception.c.type == "event.unposted"))
            return resolve(act, number or 0, Resolution(note="seen"))

    with pytest.raises(Conflict) if command == "resolve" else nullcontext():
        run()
    # Still in its way: the case is open, whoever said it was done.
    assert (store.states(bench), closed(store)) == (["unposted"], [])
    poison.clear()
    run()
    assert (store.states(bench), len(closed(store))) == (["posted"], 1)


def test_a_centre_posts_what_waited_when_it_starts(
    store: Store, bench: Bench, poison: list[Exception], expect_log: Expect
) -> None:
    poison.append(ValueError("a defect"))
    expect_log("was not posted")
    bench.record(operator="poison")
    store.push(bench, bench.events)
    poison.clear()
    create_app(store.database, Settings("0.1.1"), store.clock, store.ids, Ed25519Signer(bytes([7] * 32)))
    assert store.states(bench) == ["posted"]


def test_a_kind_the_centre_does_not_know_is_stored_and_counted_under_one_case(
    store: Store, bench: Bench
) -> None:
    bench.record(kind="return.polished")
    bench.record()
    bench.record(kind="return.polished")
    assert isinstance(store.push(bench, bench.events), Ack)
    assert store.states(bench) == ["unposted", "posted", "unposted"]
    assert store.cases() == ["kind.unknown"]
    assert waiting(store) == {"return.polished": 2}


def test_a_version_of_a_kind_that_the_centre_does_not_know_waits_for_the_upgrade(
    store: Store, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in (7, 1, 7, 8):
        bench.record(kind_ver=version)
    assert isinstance(store.push(bench, bench.events), Ack)
    assert store.states(bench) == ["unposted", "posted", "unposted", "unposted"]
    assert store.cases() == ["kind.unknown"] * 2
    store.prove()
    monkeypatch.setitem(settling.KNOWN, "return.dispositioned", 7)
    create_app(store.database, Settings("0.1.1"), store.clock, store.ids, Ed25519Signer(bytes([7] * 32)))
    assert store.states(bench) == ["posted", "posted", "posted", "unposted"]
    with store.database.read() as conn:
        open_ = select(exception.c.key).where(exception.c.state == "open", exception.c.type == "kind.unknown")
        assert list(conn.scalars(open_)) == ["unknown_kind:return.dispositioned:8"]


def test_of_a_known_kind_what_is_no_version_is_for_a_person(store: Store, bench: Bench) -> None:
    for version in (0, "7"):
        bench.record(kind_ver=version)
    assert isinstance(store.push(bench, bench.events), Ack)
    assert store.states(bench) == ["unposted"] * 2
    assert store.cases() == ["event.unposted"] * 2


@pytest.mark.parametrize(
    "parts",
    [
        {"body": {"rma": 7, "line": "x", "sku": "K-17", "qty": 1}},
        {"kind": "return.undone", "corrects": None, "body": {"reason": "none"}},
        {"moves": (Move(1, customer("K-99"), shelf("K-99"), MoveKind.RETURN),)},
    ],
    ids=["body", "undo of nothing", "unknown item"],
)
def test_a_signed_fact_is_stored_whatever_it_says(
    store: Store, bench: Bench, parts: dict[str, object]
) -> None:
    bench.record(**parts)
    bench.record()
    assert isinstance(store.push(bench, bench.events), Ack)
    assert store.states(bench)[1] == "posted"
    assert "evidence" not in store.states(bench)


@pytest.mark.parametrize(
    "facts", [b'{"moves":[{"qty":-1}]}', b'{"moves":[]}', b"[]", b"not json", b'{"moves":[],"qty":1.5}']
)
def test_signed_facts_that_nobody_can_read_are_stored_too(store: Store, bench: Bench, facts: bytes) -> None:
    bench.resign(bench.record(), facts)
    bench.record()
    assert isinstance(store.push(bench, bench.events), Ack)
    first, second = store.states(bench)
    assert (first, second) == ("unposted", "posted")
    assert store.cases() == ["event.unposted"]


@pytest.mark.parametrize("parts", [{"subject": (5,)}, {"subject": (["rma:R-1"],)}, {"corrects": 5}])
def test_a_header_of_odd_fields_holds_up_nobody(store: Store, bench: Bench, parts: dict[str, object]) -> None:
    bench.record(**parts)
    bench.record(kind="return.polished", **parts)
    bench.record()
    assert isinstance(store.push(bench, bench.events), Ack)
    assert store.states(bench)[1:] == ["unposted", "posted"]


def test_what_waits_elsewhere_slows_nobody_down(
    store: Store, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.record(kind="return.polished", subject=("rma:R-9",))
    store.push(bench, bench.events)
    sizes, real = list[int](), posting.post

    def post(conn: Connection, facts: Sequence[Fact], posted_at: datetime, chain: CentreChain) -> None:
        sizes.append(len(facts))
        real(conn, facts, posted_at, chain)

    monkeypatch.setattr(settling, "post", post)
    for rma in ("rma:R-1", "rma:R-2"):
        bench.record(subject=(rma, "sku:K-17"))
    store.push(bench, bench.events[1:])
    bench.record(subject=("rma:R-9",))
    bench.record()
    store.push(bench, bench.events[3:])
    assert sizes == [2, 1]
    assert store.states(bench) == ["unposted", "posted", "posted", "parked", "posted"]


def test_when_the_database_fails_nothing_of_the_batch_counts(
    store: Store, bench: Bench, poison: list[Exception]
) -> None:
    poison.append(OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full")))
    bench.record()
    bench.record(operator="poison")
    with pytest.raises(Unavailable, match="disk is full"):
        store.push(bench, bench.events)
    assert store.states(bench) == []
    assert store.station(bench).head.seq == 0
    assert store.cases() == []
    poison.clear()
    assert isinstance(store.push(bench, bench.events), Ack)
    assert store.states(bench) == ["posted", "posted"]
