"""Notes of stations about approvers are kept as far as they can be read; a lock is answered for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.envelope import Envelope
from sync.central.commands.approvers import unlock
from sync.central.commands.approvers_asked import Unlocking
from sync.central.store.approval_notes import lock_key
from sync.central.store.tables import approval_note, exception
from tests.sync.central.approving import Desk, desk_in


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path) as found:
        yield found


def told(desk: Desk, kind: str, body: Mapping[str, object]) -> Envelope:
    number = len(desk.bench.events)
    return desk.bench.record(
        event_id=f"told-{number}", kind=kind, subject=("approver:RUTH",), moves=(), body=body, private=None
    )


def unlocked(desk: Desk) -> None:
    """The centre's word that Ruth may try again at the bench."""
    asked = Unlocking(station_id=desk.bench.station_id)
    desk.act(lambda act: unlock(act, desk.issuer(act), "RUTH", asked))


def test_each_statement_that_was_given_is_kept(desk: Desk) -> None:
    event = desk.written_off()
    word = desk.sign(event)
    desk.send(desk.note(word, event))
    (row,) = desk.ask(select(approval_note))
    assert (row.kind, row.approver, row.statement) == ("approval.given", "RUTH", word.statement.proof)
    assert (row.about, row.counter, row.station) == (event.event_id, 1, desk.bench.station_id)


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ({}, 0),
        ({"approver": 7, "statements": "all"}, 0),
        ({"approver": "RUTH", "statements": [7, None, {}]}, 1),
        ({"approver": "RUTH", "statements": [{"proof": 1, "counter": True, "event_id": []}]}, 1),
        ({"approver": "RUTH", "statements": [{"counter": 2**53 - 1}] * 30}, 20),
    ],
)
def test_strange_notes_are_facts_too(desk: Desk, body: dict[str, object], rows: int) -> None:
    desk.send(told(desk, "approval.given", body))
    assert desk.store.states(desk.bench) == ["posted"]
    assert len(desk.ask(select(approval_note))) == rows


def test_a_lock_opens_one_case_that_unlocking_closes(desk: Desk) -> None:
    desk.send(told(desk, "approval.pin_failed", {"approver": "RUTH", "failed": 1}))
    desk.send(told(desk, "approval.locked", {"approver": "RUTH", "failed": 8}))
    (case,) = desk.ask(select(exception).where(exception.c.type == "approver.locked"))
    assert (case.key, case.state) == (lock_key(desk.bench.station_id, "RUTH"), "open")
    unlocked(desk)
    desk.send(told(desk, "approval.unlocked", {"approver": "RUTH", "by": "centre", "number": 1}))
    (case,) = desk.ask(select(exception).where(exception.c.type == "approver.locked"))
    assert case.state == "resolved"
    assert [row.kind for row in desk.ask(select(approval_note))] == [
        "approval.pin_failed",
        "approval.locked",
        "approval.unlocked",
    ]
