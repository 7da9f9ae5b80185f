"""Sentences name who, what, how many, from where to where."""

from __future__ import annotations

import pytest

from app.domain.account import Account, Status
from app.domain.event import EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.rules.telling import place, tell_move, told

SHELF = Account("ACME", "K-17", "A-01", Status.SELLABLE)
CUSTOMER = Account("ACME", "K-17", Virtual.CUSTOMER)


def sold(qty: int) -> Move:
    return Move(qty, SHELF, CUSTOMER, MoveKind.SHIP)


def test_an_event_is_one_sentence() -> None:
    assert told(EventKind.ORDER_SHIPPED, "kim", "the centre", {"order": "8841"}, [sold(2)]) == (
        "kim at the centre shipped (order 8841): 2 of K-17 from A-01 (sellable) to a customer."
    )


def test_what_is_left_out_is_counted() -> None:
    many = told("order.shipped", "kim", "Bench 7", {}, [sold(n) for n in range(1, 6)], omitted=1)
    assert many.endswith("3 of K-17 from A-01 (sellable) to a customer; and 3 more moves.")
    assert told("order.shipped", "kim", "Bench 7", {}, [], omitted=1) == (
        "kim at Bench 7 shipped: and 1 more move."
    )


def test_a_kind_that_is_not_known_is_named_with_its_reason() -> None:
    assert told("tariff.changed", "kim", "Bench 7", {"reason": "a new year", "rma": 5}, []) == (
        "kim at Bench 7 recorded tariff.changed. Reason: a new year."
    )


@pytest.mark.parametrize("kind", list(EventKind))
def test_every_kind_has_its_words(kind: EventKind) -> None:
    assert str(kind) not in told(kind, "kim", "Bench 7", {}, [])


def test_a_unit_is_named_by_whatever_end_knows_it() -> None:
    bench = Account("ACME", "K-17", "BENCH-7", Status.RETURN_PENDING, serial="s1", label="L-1")
    assert tell_move(Move(1, CUSTOMER, bench, MoveKind.RETURN)) == (
        "1 of K-17 (serial s1, label L-1) from a customer to BENCH-7 (return pending)"
    )
    assert tell_move(Move(1, bench, CUSTOMER, MoveKind.UNDO)).startswith("1 of K-17 (serial s1, label L-1) ")


@pytest.mark.parametrize(
    ("account", "words"),
    [
        (Account("O", "K", "@transit:WH1>WH2"), "the lane from WH1 to WH2"),
        (
            Account("O", "K", "Q-1", Status.QUARANTINED, "wet", grade="C"),
            "Q-1 (quarantined for wet, grade C)",
        ),
        (Account("O", "K", Virtual.SCRAP, Status.DISPOSED), "scrap"),
        (Account("O", "K", "@elsewhere"), "@elsewhere"),
    ],
)
def test_places_have_words(account: Account, words: str) -> None:
    assert place(account) == words


@pytest.mark.parametrize("end", list(Virtual))
def test_no_virtual_end_is_shown_as_a_code(end: Virtual) -> None:
    assert "@" not in place(Account("O", "K", end))
