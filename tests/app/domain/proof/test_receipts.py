"""One pass over receipts: what a chain, a signature and a fold of moves must be."""

from __future__ import annotations

import pytest

from app.domain.envelope import Envelope, seal
from app.domain.event import Event, EventKind
from app.domain.fields import Fields
from app.domain.proof.authority import Authority
from app.domain.proof.receipts import Key, Walk
from tests.app.domain.examples import EVIDENCE, SALT, SIGNER, STATION, chain_of


def rows(events: int) -> list[dict[str, object]]:
    return [row_of(one) for one in chain_of(events)]


def row_of(one: Envelope) -> dict[str, object]:
    return {
        "station_id": one.station_id,
        "event_id": one.event_id,
        "hash": one.hash,
        "header": one.header.decode(),
        "facts": one.facts.decode(),
        "private": one.private.decode() if one.private is not None else None,
        "salt": one.salt.hex() if one.salt is not None else None,
        "sig": one.sig.hex(),
        "received_at": "2026",
        "state": "posted",
        "digits": False,
    }


def walked(told: list[dict[str, object]], head: int) -> tuple[Walk, list[str]]:
    last = chain_of(head)[-1].head
    walk = Walk({STATION: Key(SIGNER.public_key, 1, last.seq, last.hash)}, Authority(None), {})
    found = [one for n, row in enumerate(told, 1) for one in walk.take(n, Fields(row, "row"))]
    return walk, [str(one) for one in (*found, *walk.ends())]


def test_a_whole_chain_holds_and_its_moves_are_summed() -> None:
    walk, found = walked(rows(3), 3)
    assert found == []
    assert (walk.events, len(walk.posted), walk.tree.size) == (3, 3, 3)
    assert sum(walk.balances.values()) == 0
    assert any(walk.balances.values())


def erased_since(*event_ids: str) -> tuple[Envelope, Walk]:
    """An erasure behind two events, and a walk over a chain of the centre that ends with it."""
    said = Event(
        event_id="erased",
        kind=EventKind.PERSONAL_ERASED,
        subject=("rma:R-1",),
        operator="ana",
        session="s-1",
        body={"pii_refs": [], "overdue": False, "events": list(event_ids)},
    )
    last = seal(said, chain_of(2)[-1].head, EVIDENCE, SIGNER, SALT)
    key = Key(SIGNER.public_key, 1, last.seq, last.hash)
    return last, Walk({STATION: key}, Authority(None), {}, STATION)


def read(walk: Walk, told: list[dict[str, object]]) -> list[str]:
    found = [one for n, row in enumerate(told, 1) for one in walk.take(n, Fields(row, "row"))]
    return [str(one) for one in (*found, *walk.ends())]


def test_an_erased_private_part_changes_nothing_where_its_erasure_is_on_record() -> None:
    told = [row | {"private": None, "salt": None} for row in rows(2)]
    last, walk = erased_since(*(one.event_id for one in chain_of(2)))
    assert read(walk, [*told, row_of(last)]) == []
    # The leaves of what was erased are those of before.
    assert walked(told, 2)[0].tree.tree == walked(rows(2), 2)[0].tree.tree


def test_a_private_part_that_is_gone_without_a_word_or_here_in_spite_of_one_is_named() -> None:
    one, two = rows(2)
    about = f"event {one['event_id']}"
    (lost,) = walked([one | {"private": None, "salt": None}, two], 2)[1]
    assert lost.endswith(f"{about} has lost its private part, and no erasure of it is on record")
    last, walk = erased_since(str(one["event_id"]))
    (back,) = read(walk, [one, two, row_of(last)])
    assert back.endswith(f"{about} has a private part that was erased by event erased")


def test_a_gap_a_swap_and_a_cut_are_named() -> None:
    one, two, three = rows(3)
    assert "does not follow number 1" in walked([one, three], 3)[1][0]
    assert "does not follow number 0" in walked([two, one, three], 3)[1][0]
    (cut,) = walked([one, two], 3)[1]
    assert cut.startswith(f"receipts.jsonl: station {STATION}: its chain ends with number 2")
    assert any("posted twice" in found for found in walked([one, two, two, three], 3)[1])


def test_bytes_that_are_none_are_named_and_the_rest_is_read() -> None:
    one, two = rows(2)
    for name, value in (("sig", "zz"), ("header", "{}"), ("hash", "00"), ("facts", "[]"), ("salt", "00")):
        walk, found = walked([one, two | {name: value}], 2)
        assert found, name
        assert walk.events >= 1


@pytest.mark.parametrize("state", ["unposted", "parked"])
def test_what_waits_is_counted_for_whoever_reads(state: str) -> None:
    walk, found = walked([*rows(2), rows(3)[2] | {"state": state}], 3)
    assert (found, walk.waiting) == ([], {state: 1})


def test_an_event_is_hidden_behind_no_other_state() -> None:
    one, two, three = rows(3)
    assert "is no state" in walked([one, two | {"state": "whatever"}, three], 3)[1][0]
    (hidden,) = walked([one, two | {"state": "duplicate"}, three], 3)[1]
    assert hidden.endswith(f"duplicate, and no posted event {two['event_id']} says the same")
    (apart,) = walked([one, two | {"state": "quarantined"}, three], 3)[1]
    assert apart.endswith(f"quarantined, and no posted event {two['event_id']} says another")
