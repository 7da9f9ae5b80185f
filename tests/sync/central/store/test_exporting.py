"""What is exported from either database is verified with nothing but what is in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.domain.envelope import genesis
from app.domain.proof.shape import RECEIPTS, STATIONS, VERDICTS
from sync.central.commands import personal
from sync.central.commands.exceptions import resolve
from sync.central.commands.personal_asked import EventErasure
from sync.central.commands.requests import Resolution
from sync.central.store import erasing
from sync.central.store.act import Act
from sync.central.store.enrolment import lock_station
from sync.central.store.exceptions import Case, open_case
from sync.central.store.renewing import renew
from sync.central.store.tables import receipt
from sync.wire.messages import Head
from sync.wire.renewals import Cause, Renew
from sync.wire.sealed import sealed
from tests.app.domain.proof.exported import exported, worked
from tests.sync.central.receiving import Bench, Store, store_in
from tests.sync.central.vouching import granted


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with store_in(tmp_path, url) as found:
        yield found


def test_a_worked_centre_is_exported_and_verified(store: Store) -> None:
    worked(store)
    # Bytes that are no text at all are kept as evidence, and a private part is erased by the tables' owner.
    other = Bench(station_id="ab" * 16)
    store.enrol(other)
    store.push(other, [replace(sealed(other.record()), header=b"\xff\x00")])
    export = exported(store)
    assert export.findings() == []
    assert [row["state"] for row in export.rows(RECEIPTS)].count("evidence") == 1
    judged, alone = export.rows(VERDICTS)
    assert [one["verdict"] for one in judged["approvals"]] == ["valid"]
    assert (alone["verdict"], alone["reasons"], alone["approvals"]) == ("invalid", ["not_approved"], [])


def test_every_epoch_of_a_station_is_held(store: Store) -> None:
    bench, token = Bench(), "01" * 16
    granted(store)
    store.enrol(bench)
    store.push(bench, bench.work(3))
    head = bench.head
    asked = Renew(token, head.epoch, Head(head.seq, head.hash), 0, "02" * 16, Cause.DIFFERS)
    with store.database.write() as conn:
        renewed = renew(conn, lock_station(conn, bench.station_id), asked, store.clock.now())
    bench.head = genesis(bench.station_id, renewed.epoch, bench.signer.public_key)
    store.push(bench, bench.work(2), renewed.epoch)
    export = exported(store)
    assert export.findings() == []
    row = next(n for n, told in enumerate(export.rows(STATIONS)) if told["closed"])
    (closed,) = export.rows(STATIONS)[row]["closed"]
    assert closed == {"epoch": 1, "head_seq": 3, "head_hash": head.hash}
    last = next(n for n, told in enumerate(export.rows(RECEIPTS)) if told["seq"] == 3)
    cut = [told for n, told in enumerate(export.rows(RECEIPTS)) if n != last]
    assert any(
        "epoch 1: its chain ends with number 2" in one for one in export.told(RECEIPTS, cut).findings()
    )
    for name, expected in (("closed", "nobody tells where it ends"), ("renewals", "do not lead from epoch")):
        told = export.rows(STATIONS)
        told[row][name] = []
        found = export.told(STATIONS, told).findings()
        assert any(expected in one for one in found), found


def test_an_erased_private_part_leaves_an_export_whole(store: Store) -> None:
    worked(store)
    now = store.clock.now()
    with store.database.write() as conn:
        spoken = select(receipt.c.event_id).where(receipt.c.private.is_not(None)).order_by(receipt.c.id)
        held = [one for one in conn.scalars(spoken) if erasing.kept_kind(conn, one) is None]
        act = Act(conn, store.chain, "ann", "request:1", now, now)
        for event_id in held:
            personal.erase_event(act, EventErasure(event=event_id, reason="asked by letter"))
    export = exported(store)
    assert export.findings() == []
    kept = {row["event_id"]: row["private"] for row in export.rows(RECEIPTS)}
    assert len(held) > 1
    assert {kept[event_id] for event_id in held} == {None}
    # Without its word the same export is one that lost something.
    with store.database.write() as conn:
        said = receipt.c.event_id.in_(set(kept) - set(held)) & receipt.c.private.is_not(None)
        (last, *_) = conn.scalars(select(receipt.c.event_id).where(said).order_by(receipt.c.id.desc()))
        row = conn.execute(select(receipt).where(receipt.c.event_id == last)).one()
        words = {"private": row.private, "salt": row.salt}
        conn.execute(update(receipt).where(receipt.c.event_id == last).values(private=None, salt=None))
    (lost,) = exported(store).findings()
    assert lost.endswith(f"event {last} has lost its private part, and no erasure of it is on record")
    with store.database.write() as conn:
        conn.execute(update(receipt).where(receipt.c.event_id == last).values(words))


def test_a_persons_word_on_an_exception_is_verified_with_the_rest(store: Store) -> None:
    granted(store)
    now = store.clock.now()
    with store.database.write() as conn:
        open_case(conn, Case("k", "some.type", "sku:A", "planner", "Count it."), now)
        asked = Resolution(note="Counted.")
        resolve(Act(conn, store.chain, "ann", "request:1", now, now), 1, asked)
    export = exported(store)
    assert export.findings() == []
    said = [row for row in export.rows(RECEIPTS) if '"kind":"exception.resolved"' in row["header"]]
    assert [row["private"] for row in said] == ['{"note":"Counted."}']
