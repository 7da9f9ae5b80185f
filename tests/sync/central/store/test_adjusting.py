from __future__ import annotations

from app.domain.account import Account, Status
from sync.central.rules.picking import Pick, Shelf
from sync.central.store.adjusting import end_of, less, made_good, more

HERE = Account("acme", "A", "A-1", Status.SELLABLE)
HELD = Account("acme", "A", "A-1", Status.QUARANTINED, reason="check")
LOST = Account("acme", "A", "A-1", Status.QUARANTINED, reason="not_found")


def test_less_is_taken_from_what_can_be_sold_first() -> None:
    moves = less(HERE, 5, [Shelf.of(1, HELD, 4), Shelf.of(2, HERE, 3)], "r", "d")
    assert [(move.qty, move.source, move.target) for move in moves] == [
        (3, HERE, end_of(HERE)),
        (2, HELD, end_of(HELD)),
    ]


def test_what_nothing_accounts_for_stands_below_zero() -> None:
    assert [(move.qty, move.source) for move in less(HERE, 5, [Shelf.of(2, HERE, 3)], "r", "d")] == [
        (5, HERE)
    ]


def test_units_looked_for_in_vain_are_the_first_that_are_found() -> None:
    moves = more(HERE, 3, [Pick(Shelf.of(1, LOST, 2).account, 2)], "r", "d")
    told = [(move.qty, move.source, move.target) for move in moves]
    assert told == [(2, LOST, HERE), (1, end_of(HERE), HERE)]


def test_what_is_found_makes_good_what_stands_below_zero_first() -> None:
    short = {HELD: 2, HERE: 1}
    moves, left = made_good(short, 5, "r", "d")
    assert [(move.qty, move.source, move.target) for move in moves] == [
        (2, end_of(HELD), HELD),
        (1, end_of(HERE), HERE),
    ]
    assert (left, short) == (2, {HELD: 0, HERE: 0})
    assert made_good(short, 1, "r", "d") == ([], 1)
