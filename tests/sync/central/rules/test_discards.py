"""What a disposition leaves waiting to be written off, and why, whatever a station says beside it."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.account import Account, Status
from app.domain.event import Event, EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.rules.discards import AWAITING, awaits, why, wishes, word, words

BENCH = Account("ACME", "A", "BENCH-07", Status.RETURN_PENDING)
WAITS = Account("ACME", "A", "HOLD-3", Status.QUARANTINED, AWAITING, label="L07-1-X")


def disposed(kind: str = EventKind.RETURN_DISPOSITIONED, target: Account = WAITS, **body: Any) -> Event:
    moves = (
        Move(2, Account("ACME", "A", Virtual.CUSTOMER), BENCH, MoveKind.RETURN),
        Move(2, BENCH, target, MoveKind.DISPOSE),
    )
    return Event("e-1", kind, (), "kim", "s", moves, body)


def test_units_that_come_to_wait_are_wished_away() -> None:
    (wish,) = wishes(disposed(rule="31", answers=["broken.case"], rma="R-1", photos=["p1"]))
    assert (wish.held, wish.qty, wish.reason) == (WAITS, 2, "rule 31: broken.case")
    assert (wish.rule, wish.rma, wish.photos) == ("31", "R-1", ("p1",))


@pytest.mark.parametrize(
    "event",
    [
        disposed(EventKind.STOCK_ADJUSTED),
        disposed(EventKind.RETURN_UNDONE),
        disposed(target=Account("ACME", "A", "R-03", Status.SELLABLE)),
        disposed(target=Account("ACME", "A", "HOLD-1", Status.QUARANTINED, "blind_return")),
    ],
)
def test_nothing_else_is(event: Event) -> None:
    assert wishes(event) == []


def test_what_passes_through_does_not_wait() -> None:
    on = Move(2, WAITS, Account("ACME", "A", "R-03", Status.SELLABLE), MoveKind.DISPOSE)
    event = disposed()
    assert wishes(Event("e-2", event.kind, (), "kim", "s", (*event.moves, on))) == []


def test_only_real_places_hold_what_waits() -> None:
    assert awaits(WAITS)
    assert not awaits(BENCH)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "disposition"),
        ({"rule": "4"}, "rule 4"),
        ({"answers": ["a.b", "c.d"]}, "disposition: a.b, c.d"),
        # Why a unit was graded again is not why it is written off.
        ({"rule": "4", "reason": "closer_look"}, "rule 4"),
        ({"rule": "4", "reason": "mould", "overrides": {}}, "mould"),
        ({"rule": 4, "answers": "a.b"}, "disposition"),
    ],
)
def test_why(body: dict[str, object], said: str) -> None:
    assert why(body) == said


def test_what_a_station_tells_strangely_is_cut_or_left_out() -> None:
    assert word({"rma": ["R"]}, "rma") is None
    assert len(word({"rma": "R" * 900}, "rma") or "") == 200
    assert words({"photos": ["p", 3, None]}, "photos") == ("p",)
    assert len(words({"photos": ["p"] * 99}, "photos")) == 10
    assert wishes(disposed(rma=3))[0].rma is None
    graded: dict[str, Any] = {"return": "R-2"}
    assert wishes(disposed(**graded))[0].rma == "R-2"
