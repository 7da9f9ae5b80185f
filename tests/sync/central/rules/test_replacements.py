"""Where a replacement is follows from its units; what pays for it adds up to its price, to the cent."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.event import EventKind
from sync.central.rules.books import Book, Line
from sync.central.rules.refunds import booked as refund_booked
from sync.central.rules.replacements import (
    NONE,
    SAID,
    Chunk,
    Kind,
    Price,
    Settles,
    State,
    Units,
    booked,
    chunks,
    paid,
    settled,
    state_of,
)

E, A = Kind.EXCHANGE, Kind.ADVANCE


def units(live: int = 1, shipped: int = 0, paid: int = 0, opened: int = 0, decided: int = 0) -> Units:
    return Units(live, shipped, paid, max(opened, paid), decided)


@pytest.mark.parametrize(
    ("kind", "was", "of", "decision", "to"),
    [
        (E, State.HELD, units(), None, State.HELD),
        (E, State.HELD, units(opened=1), None, State.HELD),
        (E, State.HELD, units(paid=1), None, State.RELEASED),
        (E, State.HELD, units(live=2, paid=1), None, State.HELD),
        (E, State.RELEASED, units(shipped=1), None, State.HELD),
        (E, State.RELEASED, units(shipped=1, decided=1), State.CHARGED, State.CHARGED),
        (E, State.LAPSED, units(), None, State.LAPSED),
        (E, State.LAPSED, units(paid=1), None, State.RELEASED),
        (E, State.LAPSED, units(live=0), None, State.CANCELLED),
        (A, State.ADVANCED, units(shipped=1), None, State.ADVANCED),
        (A, State.OVERDUE, units(shipped=1), None, State.OVERDUE),
        (A, State.OVERDUE, units(shipped=1, paid=1), None, State.SETTLED),
        # Its goods are here, and somebody has to approve what they are worth.
        (A, State.ADVANCED, units(shipped=1, opened=1), None, State.SETTLED),
        (A, State.SETTLED, units(shipped=1), None, State.ADVANCED),
        (A, State.OVERDUE, units(shipped=1, decided=1), State.WAIVED, State.WAIVED),
        (A, State.CHARGED, units(live=2, shipped=2, decided=1), State.CHARGED, State.ADVANCED),
        (A, State.ADVANCED, units(live=0), None, State.CANCELLED),
    ],
)
def test_where_it_is_follows_from_its_units(
    kind: Kind, was: State, of: Units, decision: State | None, to: State
) -> None:
    assert state_of(kind, was, of, decision) is to
    # Reckoned again it stays.
    assert state_of(kind, to, of, decision) is to


def test_every_state_has_its_event() -> None:
    assert {state: str(kind) for state, kind in SAID.items()} == {s: f"replacement.{s}" for s in State}


@given(
    st.integers(1, 9),
    st.integers(0, 10**6),
    st.integers(0, 10**5),
    st.lists(st.tuples(st.booleans(), st.integers(0, 9)), max_size=12),
)
def test_whatever_units_are_paid_for_in_which_order_all_of_them_have_its_price(
    qty: int, unit_minor: int, tax_minor: int, steps: list[tuple[bool, int]]
) -> None:
    price = Price(qty, unit_minor, tax_minor)
    parts = list[tuple[int, int]]()

    def pay(units: int) -> None:
        minor = price.part(units, sum(n for n, _ in parts), sum(m for _, m in parts))
        parts.append((units, minor))
        assert 0 <= sum(m for _, m in parts) <= price.up_to(qty) + 1

    for back, which in steps:
        left = qty - sum(n for n, _ in parts)
        if back and parts:
            parts.pop(which % len(parts))
        elif left:
            pay(1 + which % left)
    if left := qty - sum(n for n, _ in parts):
        pay(left)
    assert sum(m for _, m in parts) == qty * unit_minor + tax_minor


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_units_pay_for_it_first_then_for_what_was_waived(
    qty: int, live: int, opened: int, decided: int, waived: int
) -> None:
    of = units(live=live, opened=opened, decided=decided)
    found = chunks(qty, of, waived)
    by = {chunk.settles: chunk.qty for chunk in found}
    assert sum(by.values()) == qty
    assert by.get(Settles.EXCHANGE, 0) == min(qty, of.wanted)
    assert by.get(Settles.WAIVED, 0) <= waived
    assert (None not in by) or by.get(Settles.WAIVED, 0) == waived
    assert Chunk(0, None) == NONE


VALUE: dict[str, Any] = {"net": 1000, "tax": 200, "fee": 150, "method": "original"}


@pytest.mark.parametrize(
    ("replaced", "settles", "expected"),
    [
        (1050, "exchange", {Book.EXCHANGES: -1050}),
        (600, "exchange", {Book.EXCHANGES: -600, Book.REFUNDS_DUE: -450}),
        (1500, "exchange", {Book.EXCHANGES: -1500, Book.RECEIVABLE: 450}),
        (600, "waived", {Book.WAIVED: -600, Book.REFUNDS_DUE: -450}),
        (0, None, {Book.REFUNDS_DUE: -1050}),
    ],
)
def test_a_refund_pays_for_the_replacement_and_the_rest_is_somebodys(
    replaced: int, settles: str | None, expected: dict[Book, int]
) -> None:
    body = VALUE | {"replaced": replaced, "settles": settles}
    lines = refund_booked(EventKind.REFUND_POSTED, body)
    given = {line.book: line.minor for line in lines if line.minor}
    always = {Book.SALES_RETURNS: 1000, Book.SALES_TAX: 200, Book.RETURN_FEES: -150}
    assert given == always | expected
    assert sum(line.minor for line in lines) == 0
    back = refund_booked(EventKind.REFUND_REVERSED, body)
    assert {line.book: -line.minor for line in back if line.minor} == given
    paid = sum(line.minor for line in refund_booked(EventKind.REFUND_PAID, body) if line.minor > 0)
    assert paid == -expected.get(Book.REFUNDS_DUE, 0)
    taken = refund_booked(EventKind.REFUND_REVERSED, body | {"paid": True})
    assert sum(line.minor for line in taken) == 0
    assert not any(line.minor for line in taken if line.book is Book.REFUNDS_DUE)


def test_what_pays_for_no_replacement_is_as_it_was() -> None:
    lines = [Line(Book.SALES_RETURNS, 5), Line(Book.REFUNDS_DUE, -5)]
    assert settled(lines, {}) == lines


def test_finance_s_word_clears_the_account_of_exchanges() -> None:
    for kind, book in (
        (EventKind.REPLACEMENT_CHARGED, Book.RECEIVABLE),
        (EventKind.REPLACEMENT_WAIVED, Book.WAIVED),
    ):
        assert booked(kind, {"minor": 1200}) == [Line(book, 1200), Line(Book.EXCHANGES, -1200)]
        # Reckoned again by units that come or go, it moves nothing.
        assert all(line.minor == 0 for line in booked(kind, {}))


def test_units_without_anything_for_them_are_those_that_left() -> None:
    of = units(live=3, shipped=2, paid=1)
    assert (of.without, of.wanted, of.covered) == (1, 2, False)
    assert units(live=1, shipped=0, paid=1).without == 0
    assert units(live=3, shipped=1, opened=2).kept == 1
    assert units(live=3, shipped=3, opened=2).kept == 0


def test_a_dearer_exchange_waits_for_the_rest_and_what_was_released_stays_so() -> None:
    all_back = units(paid=1)
    for was in (State.HELD, State.LAPSED):
        assert state_of(Kind.EXCHANGE, was, all_back, None, owes=True) is was
        assert state_of(Kind.EXCHANGE, was, all_back, None) is State.RELEASED
    assert state_of(Kind.EXCHANGE, State.RELEASED, all_back, None, owes=True) is State.RELEASED
    assert state_of(Kind.ADVANCE, State.ADVANCED, all_back, None, owes=True) is State.SETTLED


def test_a_payment_meets_what_is_owed_and_taken_back_it_does_not() -> None:
    lines = paid(EventKind.REPLACEMENT_PAID, {"minor": 500})
    assert {line.book: line.minor for line in lines} == {Book.PAYOUTS: 500, Book.RECEIVABLE: -500}
    back = paid(EventKind.REPLACEMENT_UNPAID, {"minor": 500})
    assert [line.minor for line in back] == [-500, 500]
