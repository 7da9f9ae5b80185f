from __future__ import annotations

import pytest

from app.domain.account import Account, Status
from app.domain.event import Event, EventKind, undo
from app.domain.move import Move, MoveKind
from app.domain.place import lane
from app.domain.refusal import Refused
from app.domain.transfer import Coming, ComingLine, Transfer

LANE = Account("acme", "MUG-4", lane("WH2", "WH1"), Status.IN_TRANSIT)
DOCK = Account("acme", "MUG-4", "DOCK-1", Status.SELLABLE)
SENT = Transfer(
    "TR-1", "acme", "WH2", "WH1", "in_transit", (ComingLine(1, "MUG-4", 6, 6),), (Coming(LANE, 6),)
)


def receipt(qty: int) -> Event:
    move = Move(qty, LANE, DOCK, MoveKind.TRANSFER, document="TR-1")
    body = {"transfer": "TR-1", "lines": [{"line": 1, "sku": "MUG-4", "received": qty}]}
    return Event("e-1", EventKind.TRANSFER_RECEIVED, ("transfer:TR-1",), "ana", "s", (move,), body)


def test_a_record_survives_its_journey() -> None:
    assert Transfer.from_json(SENT.to_json()) == SENT
    assert SENT.line(1).sku == "MUG-4"
    with pytest.raises(KeyError):
        SENT.line(2)


def test_own_receipts_count_until_the_centre_has_them() -> None:
    after = SENT.after([receipt(4)])
    assert (after.line(1).left, after.line(1).here, after.units) == (2, 4, (Coming(LANE, 2),))
    known = Transfer.from_json({**after.to_json(), "receipts": ["e-1"]})
    assert known.after([receipt(4)]) == known


def test_an_undo_puts_everything_back() -> None:
    done = receipt(6)
    assert SENT.after([done, undo("e-2", done, "ana", "s", "r")]) == SENT


def test_an_ended_transfer_is_not_open_and_a_line_number_stands_once() -> None:
    document = SENT.to_json()
    assert not Transfer.from_json({**document, "state": "closed"}).open
    lines = document["lines"]
    assert isinstance(lines, list)
    with pytest.raises(Refused):
        Transfer.from_json({**document, "lines": lines * 2})
