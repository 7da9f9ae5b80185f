"""Which of a station's events lose goods that nobody may lose alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.account import Account, Status
from app.domain.approvals import Action, action_of, needs_word
from app.domain.approvals.needing import LOSSES, centres_unlock, losses
from app.domain.event import Event, EventKind, undo
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from tests.approvals.world import write_off

LANE = "@transit:WH1>WH2"


def moved(kind: str, source: str, target: str, how: MoveKind = MoveKind.DISPOSE) -> Event:
    start, end = (Account("ACME", "K-17", place, _status(place)) for place in (source, target))
    return replace(write_off(), kind=kind, moves=(Move(2, start, end, how),))


def _status(place: str) -> Status | None:
    return None if place.startswith("@") else Status.DAMAGED


@pytest.mark.parametrize("end", sorted(Virtual))
@pytest.mark.parametrize("kind", [EventKind.RETURN_DISPOSITIONED, EventKind.UNIT_REDECIDED, "stock.moved"])
def test_goods_that_nobody_bought_are_lost_whatever_it_is_called(end: Virtual, kind: str) -> None:
    event = moved(kind, "R-03", end)
    assert (end in LOSSES) == bool(losses(event)) == (end != Virtual.CUSTOMER)
    if end in LOSSES:
        assert needs_word(event)
        assert action_of(event) == Action.WRITE_OFF


@pytest.mark.parametrize("target", ["HOLD-3", LANE, Virtual.CUSTOMER])
def test_goods_that_stay_or_travel_are_not_lost(target: str) -> None:
    assert not needs_word(moved(EventKind.RETURN_DISPOSITIONED, "R-03", target))


def test_a_receipt_books_what_is_missing_of_its_lane_and_nothing_else() -> None:
    kind, how = EventKind.TRANSFER_RECEIVED, MoveKind.ADJUST
    assert not needs_word(moved(kind, LANE, Virtual.COUNT, how))
    assert needs_word(moved(kind, "R-03", Virtual.COUNT, how))
    assert needs_word(moved(kind, LANE, Virtual.SCRAP, how))
    assert needs_word(moved("stock.moved", LANE, Virtual.COUNT, how))


def test_what_is_taken_back_goes_where_it_came_from_once() -> None:
    over = moved(EventKind.TRANSFER_RECEIVED, Virtual.COUNT, "DOCK-1", MoveKind.ADJUST)
    back = undo("back", over, "sam", "s", "mistake")
    assert not needs_word(back)
    assert losses(back, over.moves) == ()
    assert losses(back, ()) == back.moves
    twice = replace(back, moves=(*back.moves, *back.moves))
    assert losses(twice, over.moves) == back.moves
    elsewhere = replace(back, moves=(replace(back.moves[0], qty=3),))
    assert losses(elsewhere, over.moves) == elsewhere.moves
    # An event that takes nothing back takes nothing back.
    assert needs_word(replace(back, corrects=None))
    assert needs_word(replace(back, kind="return.finished"))


def test_what_always_needs_a_word() -> None:
    for kind, action in (
        (EventKind.STOCK_WRITTEN_OFF, Action.WRITE_OFF),
        (EventKind.STOCK_ADJUSTED, Action.ADJUST),
        (EventKind.UNIT_REDECIDED, Action.OVERRIDE),
        (EventKind.RETURN_SERIAL_ACCEPTED, Action.OVERRIDE),
        (EventKind.APPROVAL_UNLOCKED, Action.UNLOCK),
    ):
        event = replace(write_off(), kind=kind, moves=())
        assert (action_of(event), needs_word(event)) == (action, True)
    assert action_of(replace(write_off(), kind=EventKind.STOCK_ADJUSTED, moves=())) == Action.ADJUST
    assert not needs_word(replace(write_off(), kind=EventKind.RETURN_FINISHED, moves=()))


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ({"by": "centre", "number": 3}, 3),
        ({"by": "centre", "number": 0}, None),
        ({"by": "centre", "number": True}, None),
        ({"by": "centre", "number": "3"}, None),
        ({"by": "centre"}, None),
        ({"by": "OMAR", "number": 3}, None),
    ],
)
def test_the_centres_own_unlock_has_a_number(body: dict[str, object], number: int | None) -> None:
    event = replace(write_off(), kind=EventKind.APPROVAL_UNLOCKED, moves=(), body=body)
    assert centres_unlock(event) == number
    assert needs_word(event) == (number is None)
    assert centres_unlock(replace(event, kind=EventKind.APPROVAL_LOCKED)) is None
