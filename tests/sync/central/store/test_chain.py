"""The centre's own chain: begun once, followed link by link, verified like any station's."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.envelope import genesis, reopen
from app.domain.fields import Fields
from app.domain.laws import chain
from app.domain.signing import Ed25519Signer, Verifier
from sync.central.store.act import Act
from sync.central.store.chain import CentreChain, key_of_chain
from sync.central.store.database import create_database
from sync.central.store.tables import receipt, station
from tests.sync.central.shop import Shop

KEY = Ed25519Signer(bytes([7] * 32))


def test_the_centre_is_made_once(shop: Shop) -> None:
    again = CentreChain(KEY, shop.ids, shop.clock, "0.2.0")
    with shop.database.write() as conn:
        assert again.establish(conn) == shop.centre_id
    row = shop.ask(lambda conn: conn.execute(select(station)).one())
    assert (row.bench, row.epoch, row.head_seq) == (0, 1, 0)
    assert row.head_hash == genesis(shop.centre_id, 1, KEY.public_key).hash


def test_the_key_of_a_chain_is_known_from_its_first_start(shop: Shop, tmp_path: Path) -> None:
    assert shop.ask(key_of_chain) == KEY.public_key
    with closing(create_database(f"sqlite:///{tmp_path / 'new.db'}")) as new, new.read() as conn:
        assert key_of_chain(conn) is None


def test_events_follow_one_another_and_verify(shop: Shop) -> None:
    shop.items("A")
    for qty in (1, 2, 3):
        shop.receive({"A": qty})
    rows = shop.ask(lambda conn: conn.execute(select(receipt).order_by(receipt.c.seq)).all())
    envelopes = [reopen(r.header, r.facts, r.private, None, bytes.fromhex(r.sig)) for r in rows]
    start = genesis(shop.centre_id, 1, KEY.public_key)
    assert [envelope.seq for envelope in envelopes] == [1, 2, 3]
    assert chain(envelopes, start, Verifier(KEY.public_key)) == ()
    spoilt = [envelopes[0], replace(envelopes[1], facts=b"{}"), envelopes[2]]
    assert len(chain(spoilt, start, Verifier(KEY.public_key))) == 1


def test_what_the_centre_knew_stands_in_the_header(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 1})
    row = shop.ask(lambda conn: conn.execute(select(receipt)).one())
    header = Fields(json.loads(row.header), "header")
    assert (header.whole("feed_gen"), header.whole("feed_pos")) == (1, 3)
    assert header.text("wall") == "2026-11-22T10:00:00.000Z"


def test_its_hybrid_time_never_goes_back(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 1})
    shop.clock.pass_by(days=-2)
    shop.receive({"A": 1})
    rows = shop.ask(lambda conn: list(conn.scalars(select(receipt.c.header).order_by(receipt.c.seq))))
    times = [Fields(json.loads(row), "header").text("hlc") for row in rows]
    assert times == sorted(times)
    assert len(set(times)) == 2


def test_its_hybrid_time_goes_on_after_a_restart(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 1})
    shop.clock.pass_by(days=-2)
    shop.chain = CentreChain(KEY, shop.ids, shop.clock, "0.1.0")
    with shop.database.write() as conn:
        assert shop.chain.establish(conn) == shop.centre_id
    shop.receive({"A": 1})
    rows = shop.ask(lambda conn: list(conn.scalars(select(receipt.c.header).order_by(receipt.c.seq))))
    times = [Fields(json.loads(row), "header").text("hlc") for row in rows]
    assert times == sorted(set(times))


def test_two_processes_go_on_from_what_the_other_sealed(shop: Shop) -> None:
    shop.items("A")
    one, two = shop.chain, CentreChain(KEY, shop.ids, shop.clock, "0.1.0")
    for chain_, hours in ((one, 0), (two, -2), (one, -3), (two, 0), (two, 1), (one, -1)):
        shop.chain = chain_
        shop.clock.pass_by(hours=hours)
        shop.receive({"A": 1})
    rows = shop.ask(lambda conn: list(conn.scalars(select(receipt.c.header).order_by(receipt.c.seq))))
    headers = [Fields(json.loads(row), "header") for row in rows]
    times = [header.text("hlc") for header in headers]
    assert times == sorted(set(times))
    assert len(times) == 6
    assert len({header.text("boot_id") for header in headers}) == 2
    shop.prove()


def test_a_transaction_that_was_rolled_back_leaves_the_chain_whole(shop: Shop) -> None:
    shop.items("A")
    with pytest.raises(ZeroDivisionError):
        shop.act(fails)
    shop.receive({"A": 1})
    other = CentreChain(KEY, shop.ids, shop.clock, "0.1.0")
    shop.chain, before = other, shop.chain
    shop.receive({"A": 1})
    shop.chain = before
    shop.receive({"A": 1})
    shop.prove()


def fails(act: Act) -> None:
    act.chain.seal(act.conn, act.event("stock.adjusted", ("document:x",), (), {}), act.posted_at)
    raise ZeroDivisionError
