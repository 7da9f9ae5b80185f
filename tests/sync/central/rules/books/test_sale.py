"""What a sale brought and cost, however its units leave and come back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync.central.rules.books.sale import Price, Sale


def test_the_tax_of_a_line_is_split_to_the_cent() -> None:
    """Three units with 1.00 of tax leave one by one; a fourth that was added later has none of it."""
    sale, price = Sale(1, 1, "A", "GBP"), Price(1999, "GBP", tax_minor=100, taxed=3)
    assert [sale.leave(1, 1000, price) for _ in range(4)] == [(1999, 33), (1999, 34), (1999, 33), (1999, 0)]
    assert (sale.qty, sale.cost, sale.net, sale.tax) == (4, 4000, 7996, 100)


def test_units_without_a_price_bring_nothing() -> None:
    sale = Sale(1, 1, "A", "GBP")
    assert sale.leave(2, 500, None) == (0, 0)
    assert sale.leave(2, 500, Price(10, "GBP")) == (20, 0)


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 999)), min_size=1, max_size=6), st.data())
def test_all_that_comes_back_had_cost_what_all_of_it_cost(
    left: list[tuple[int, int]], data: st.DataObject
) -> None:
    sale = Sale(1, 1, "A", "GBP")
    for qty, cost in left:
        sale.leave(qty, cost, None)
    total = 0
    while sale.out:
        total += sale.come_back(data.draw(st.integers(1, sale.out)))
    assert total == sale.cost == sale.back_cost


def test_what_did_not_come_back_can_come_back_again() -> None:
    sale = Sale(1, 1, "A", "GBP")
    sale.leave(3, 1000, None)
    cost = sale.come_back(2)
    sale.not_back(2, cost)
    assert (sale.out, sale.back_cost, sale.come_back(3)) == (3, 0, 1000)
