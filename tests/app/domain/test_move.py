"""Moves: only what could have happened, and each can be taken back."""

from __future__ import annotations

import pytest
from hypothesis import given

from app.domain import canonical
from app.domain.account import Account
from app.domain.fields import EXACT_MAX
from app.domain.laws import fold
from app.domain.move import Move, MoveKind
from app.domain.refusal import Refused
from tests.app.domain.examples import customer, moves, shelf


@given(moves())
def test_moves_round_trip(move: Move) -> None:
    assert Move.from_json(move.to_json()) == move
    assert Move.from_json(canonical.decode(canonical.encode(move.to_json()))) == move


@given(moves())
def test_a_move_and_its_counter_move_leave_nothing(move: Move) -> None:
    back = move.reversed("scanned twice")
    assert (back.kind, back.reason, back.document) == (MoveKind.UNDO, "scanned twice", move.document)
    assert fold([move, back]) == {}


def test_parts_that_are_none_are_left_out() -> None:
    bare = Move(2, customer(), shelf(), MoveKind.RETURN)
    assert set(bare.to_json()) == {"from", "kind", "qty", "to"}
    full = Move(2, customer(), shelf(), MoveKind.RETURN, "rule 12", "R-10422-1")
    assert set(full.to_json()) - set(bare.to_json()) == {"reason", "document"}


@pytest.mark.parametrize("qty", [0, -1, EXACT_MAX + 1])
def test_no_quantity_is_not_a_move(qty: int) -> None:
    with pytest.raises(Refused, match=f"quantity {qty}.*Expected a whole number.*Correct the move") as no:
        Move(qty, customer(), shelf(), MoveKind.RETURN)
    assert no.value.code == "move.quantity"


def test_the_largest_exact_quantity_moves() -> None:
    assert Move(EXACT_MAX, customer(), shelf(), MoveKind.RETURN).qty == EXACT_MAX


@pytest.mark.parametrize("source", [customer("T-2"), Account("OTHER", "K-17", "@customer")])
def test_a_move_keeps_item_and_owner(source: Account) -> None:
    with pytest.raises(Refused, match="conversion end") as no:
        Move(1, source, shelf(), MoveKind.RETURN)
    assert no.value.code == "move.other_item"


def test_a_move_leads_somewhere() -> None:
    with pytest.raises(Refused, match="two different accounts") as no:
        Move(1, shelf(), shelf(), MoveKind.ADJUST)
    assert no.value.code == "move.nowhere"


def test_an_unknown_kind_is_refused_with_those_that_exist() -> None:
    record = Move(1, customer(), shelf(), MoveKind.RETURN).to_json()
    with pytest.raises(Refused, match=r"kind 'lend'.*receive, return") as no:
        Move.from_json(record | {"kind": "lend"})
    assert no.value.code == "move.kind"


@pytest.mark.parametrize("part", ["from", "kind", "qty", "to"])
def test_a_move_needs_its_parts(part: str) -> None:
    record = Move(1, customer(), shelf(), MoveKind.RETURN).to_json()
    del record[part]
    with pytest.raises(Refused, match=f"move: field '{part}' holds nothing"):
        Move.from_json(record)
