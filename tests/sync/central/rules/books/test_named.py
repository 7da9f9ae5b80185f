"""A blind unit that found its sale, worked out by hand: both methods, and what its match takes back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.place import Virtual
from sync.central.rules.books import Book, Fifo, Line, MovingAverage
from sync.central.rules.books.named import Revalued, found_sales, read_revalued
from sync.central.rules.books.sale import Sale
from tests.sync.central.rules.books.test_bookkeeper import BENCH, SHELF, Books, move, undone

BOTH = pytest.mark.parametrize("make", [MovingAverage, Fifo])


def came_blind(books: Books, qty: int = 1) -> dict[tuple[str, str], tuple[object, ...]]:
    """Units that nobody announced stand at the bench; the lines of their entry."""
    books.happen(move(qty, Virtual.CUSTOMER, BENCH))
    return undone(books.last)


@BOTH
def test_a_match_moves_a_blind_unit_to_what_it_had_cost_when_it_was_sold(
    make: type[MovingAverage | Fifo],
) -> None:
    """Two at 1.00 are sold; two come at 3.00; a blind one comes at 3.00 and turns out to be of the first."""
    books, sale = Books(make), Sale(1, 1, "A", "GBP")
    books.buy(2, 200)
    books.sell(2, sale)
    books.buy(2, 600)
    blind = came_blind(books)
    assert books.worth() == (3, 900)
    assert books.happen(blind=blind, back=[(sale, 9)]) == {"inventory": -200, "cost_of_sales": 200}
    assert (books.worth(), sale.back, sale.back_cost) == ((3, 700), 1, 100)
    assert books.balance["cost_of_sales"] == 100


@BOTH
def test_a_match_that_is_taken_back_leaves_the_unit_at_what_it_came_for(
    make: type[MovingAverage | Fifo],
) -> None:
    books, sale = Books(make), Sale(1, 1, "A", "GBP")
    books.buy(2, 200)
    books.sell(2, sale)
    books.buy(2, 600)
    blind = came_blind(books)
    before = (books.worth(), dict(books.balance))
    books.happen(blind=blind, back=[(sale, 9)])
    books.happen(undone=undone(books.last), back=[(sale, 0)], reverses="e-5")
    assert (books.worth(), {**books.balance}) == before
    assert (sale.back, sale.back_cost, books.last[0].reverses) == (0, 0, "e-5")


def test_of_layers_the_one_of_the_unit_changes_and_of_what_left_it_the_rest_is_a_variance() -> None:
    """Three came blind at 2.50 each (the record), two of them left since; they had cost 1.00 each."""
    books, sale = Books(Fifo), Sale(1, 1, "A", "GBP")
    books.buy(3, 300)
    books.sell(3, sale)
    blind = came_blind(books, 3)
    books.happen(move(2, SHELF, Virtual.SCRAP))
    found = books.happen(blind=blind, back=[(sale, 9)])
    assert found == {"inventory": -150, "cost_variance": -300, "cost_of_sales": 450}
    assert books.worth() == (1, 100)


def test_units_beyond_the_sale_keep_what_they_came_for() -> None:
    books, sale = Books(), Sale(1, 1, "A", "GBP")
    books.buy(1, 100)
    books.sell(1, sale)
    blind = came_blind(books, 3)
    assert books.happen(blind=blind, back=[(sale, 9)]) == {"inventory": -150, "cost_of_sales": 150}
    assert books.worth() == (3, 100 + 2 * 250)


def test_a_unit_that_had_cost_the_same_still_tells_its_sale() -> None:
    books, sale = Books(), Sale(1, 1, "A", "GBP")
    books.buy(1, 250)
    books.sell(1, sale)
    blind = came_blind(books)
    assert books.happen(blind=blind, back=[(sale, 9)]) == {}
    (entry,) = books.last
    assert {(n.book, n.minor, n.sale) for n in entry.lines} == {
        (Book.COST_OF_SALES, 250, None),
        (Book.COST_OF_SALES, -250, (1, 1)),
    }


def test_what_was_never_booked_and_what_belongs_to_no_such_sale_change_nothing() -> None:
    lines = [Line(Book.INVENTORY, 250, "A", 1), Line(Book.COST_OF_SALES, -250)]
    other, gone = Sale(1, 1, "B", "GBP", 1, 100), Sale(2, 1, "A", "GBP", 1, 100, back=1, back_cost=100)
    assert found_sales([], [(Sale(1, 1, "A", "GBP", 1, 100), 1)]) is None
    assert found_sales(lines, [(other, 1), (gone, 1)]) is None


def test_only_an_entry_without_units_of_its_own_is_one_of_a_match() -> None:
    sold = Line(Book.COST_OF_SALES, -100, "A", -1, (1, 1))
    assert read_revalued([Line(Book.INVENTORY, -150, "A"), Line(Book.COST_OF_SALES, 250), sold]) == Revalued(
        "A", 1, 250, 100
    )
    assert read_revalued([Line(Book.INVENTORY, 100, "A", 1), sold]) is None
    assert read_revalued([Line(Book.INVENTORY, -100, "A", -1), Line(Book.COST_OF_SALES, 100)]) is None


@given(
    st.sampled_from([MovingAverage, Fifo]),
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 999)), min_size=1, max_size=5),
    st.integers(1, 3),
    st.integers(0, 6),
)
def test_whatever_was_bought_and_left_a_match_and_its_end_balance(
    make: type[MovingAverage | Fifo], buys: list[tuple[int, int]], qty: int, gone: int
) -> None:
    """`Books.happen` checks after each event that inventory is what all units are worth."""
    books, sale = Books(make), Sale(1, 1, "A", "GBP")
    for units, cost in buys:
        books.buy(units, cost)
    books.sell(buys[0][0], sale)
    blind = came_blind(books, qty)
    if gone:
        books.happen(move(gone, SHELF, Virtual.SCRAP))
    books.happen(blind=blind, back=[(sale, 9)])
    assert sale.back == min(qty, buys[0][0])
    books.happen(undone=undone(books.last), back=[(sale, 0)], reverses="x")
    assert (sale.back, sale.back_cost, sum(books.balance.values())) == (0, 0, 0)
    assert books.worth()[0] or books.worth() == (0, 0)
