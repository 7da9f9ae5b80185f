"""Decisions of stations about write-offs: noted where they hold, and never in the way of a fact."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.domain.account import Account
from app.domain.event import Event, EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.checks.records import check_records
from sync.central.store import station_decisions
from sync.central.store.act import Act
from sync.central.store.posting import record
from sync.central.store.tables import exception, write_off
from tests.sync.central.approving import PRICE, Desk, desk_in

LABEL = "L07-1-X"


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with desk_in(tmp_path, url) as found:
        yield found


def discarded(desk: Desk, qty: int = 1) -> Event:
    """Units wait because an event says so, and the write-off that takes them."""
    gone = desk.written_off(qty=qty)
    (taken,) = gone.moves
    taken = replace(taken, source=replace(taken.source, label=LABEL))
    came = replace(taken, source=replace(taken.source, location="@customer", status=None, reason=None))
    came = replace(came, target=taken.source, kind=MoveKind.RETURN)
    cause = replace(gone, event_id="cause", kind=EventKind.RETURN_MATCHED, moves=(came,), body={"rule": "31"})
    desk.send(desk.record(cause))
    body = {**gone.body, "cause": "cause", "label": LABEL, "requested_by": "sam", "regulated": None}
    return replace(gone, moves=(taken,), body=body)


def loses_one(desk: Desk, held: Account) -> None:
    """The centre books a unit that waits as lost."""
    lost = Account(held.owner, held.item, Virtual.COUNT)
    move = Move(1, held, lost, MoveKind.ADJUST)
    desk.act(lambda act: record(act, act.event(EventKind.STOCK_ADJUSTED, ("sku:K-17",), (move,), {})))


def states(desk: Desk) -> list[tuple[str, str | None]]:
    return [(row.state, row.decided_by) for row in desk.ask(select(write_off))]


def rejected(event: Event, operator: str = "RUTH", **more: str) -> Event:
    body = {"cause": "cause", "label": LABEL, "reason": "It can be repaired"} | more
    return replace(
        event, event_id="no", kind=EventKind.WRITE_OFF_REJECTED, operator=operator, moves=(), body=body
    )


def test_a_request_signed_at_its_station_is_approved_by_who_signed(desk: Desk) -> None:
    gone = discarded(desk)
    assert states(desk) == [("requested", None)]
    desk.send(desk.record(gone, desk.sign(gone)))
    assert states(desk) == [("approved", "RUTH")]
    with desk.store.database.write() as conn:
        assert list(check_records(conn)) == []
        planted = conn.begin_nested()
        conn.execute(update(write_off).values(qty=2, cause="another"))
        (found,) = check_records(conn)
        assert found.found == "qty 2, cause another, moved 2"
        planted.rollback()


def test_who_signs_for_more_than_still_waits_answers_for_what_was_moved(desk: Desk) -> None:
    gone = discarded(desk, 2)
    held = gone.moves[0].source
    loses_one(desk, held)
    assert sorted(states(desk)) == [("requested", None), ("withdrawn", "centre")]
    desk.send(desk.record(gone, desk.sign(gone, value=2 * PRICE)))
    assert desk.verdicts() == [(gone.event_id, "valid")]
    assert sorted(states(desk)) == [("approved", "RUTH"), ("withdrawn", "centre")]
    found = desk.ask(select(write_off.c.qty).where(write_off.c.state == "approved"))
    assert [row.qty for row in found] == [2]
    with desk.store.database.read() as conn:
        assert list(check_records(conn)) == []


def test_of_requests_made_at_one_instant_the_one_that_waits_is_answered(desk: Desk) -> None:
    """The withdrawn one has the higher code here; what else waits is asked for by a request of its own."""
    gone = discarded(desk, 2)
    (held, taken) = gone.moves[0].source, gone.moves[0]
    loses_one(desk, held)

    def same_instant(act: Act) -> None:
        act.conn.execute(update(write_off).values(requested_at="2026-11-22T10:00:00.000Z"))
        was = write_off.c.state == "withdrawn"
        act.conn.execute(update(write_off).where(was).values(code="W-9-9"))

    desk.act(same_instant)
    one = replace(gone, moves=(replace(taken, qty=1),), body={**gone.body, "qty": 1})
    desk.send(desk.record(one, desk.sign(one)))
    assert sorted(states(desk)) == [("approved", "RUTH"), ("withdrawn", "centre")]
    with desk.store.database.read() as conn:
        assert list(check_records(conn)) == []


def test_one_whose_approval_does_not_hold_is_not(desk: Desk) -> None:
    gone = discarded(desk)
    desk.send(desk.record(gone, "forged"))
    assert states(desk) == [("withdrawn", "centre")]


def test_a_cause_that_nobody_knows_makes_no_request(desk: Desk) -> None:
    gone = replace(desk.written_off(), body={"sku": "K-17", "qty": 1, "cause": "nothing"})
    desk.send(desk.record(gone, desk.sign(gone)))
    assert states(desk) == []


def test_a_rejection_has_its_case_and_own_work_is_not_rejected(desk: Desk) -> None:
    gone = discarded(desk)
    desk.send(desk.record(rejected(gone, "sam")))
    assert states(desk) == [("requested", None)]
    desk.send(desk.record(replace(rejected(gone), event_id="no-2")))
    assert states(desk) == [("rejected", "RUTH")]
    kinds = [row.type for row in desk.ask(select(exception.c.type))]
    assert kinds.count("write_off.rejected") == 1


def test_whatever_fails_the_fact_stands(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]
) -> None:
    expect_log("says of a write-off was not noted")

    def broken(*_: object) -> None:
        raise ArithmeticError("a mistake of ours")

    gone = discarded(desk)
    monkeypatch.setattr(station_decisions, "_row", broken)
    desk.send(desk.record(gone, desk.sign(gone)))
    assert desk.verdicts() == [(gone.event_id, "valid")]
    assert states(desk) == [("withdrawn", "centre")]
