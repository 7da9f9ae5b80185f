"""A return takes back what was sold: most recent first, each sold unit at most once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync.central.rules.matching import Sale, match


def sale(order: int, left: int, serials: set[str] | None = None, sku: str = "K") -> Sale:
    return Sale(order, f"o{order}", 1, sku, left, serials or set())


def test_the_most_recent_sale_comes_first() -> None:
    sales = [sale(9, 2), sale(5, 3)]
    assert [(m.code, m.qty) for m in match("K", 4, (), sales)] == [("o9", 2), ("o5", 2)]
    assert [(m.code, m.qty) for m in match("K", 4, (), sales)] == [("o5", 1)]


def test_another_item_was_not_sold() -> None:
    assert match("J", 1, (), [sale(1, 5)]) == ()


def test_a_named_serial_goes_back_to_the_order_it_went_out_on() -> None:
    sales = [sale(9, 1, {"s2"}), sale(5, 1, {"s1"})]
    (found,) = match("K", 1, ("s1",), sales)
    assert (found.code, found.serials) == ("o5", ("s1",))


def test_a_serial_nobody_sold_is_not_matched_by_count() -> None:
    assert match("K", 1, ("s7",), [sale(9, 1, {"s2"})]) == ()


def test_units_without_a_name_match_by_count_beside_named_ones() -> None:
    found = match("K", 2, ("s1",), [sale(9, 2, {"s1", "s2"})])
    assert [(m.qty, m.serials) for m in found] == [(1, ("s1",)), (1, ())]


@given(
    left=st.lists(st.integers(0, 4), max_size=5),
    asked=st.lists(st.integers(1, 6), max_size=5),
)
def test_no_sold_unit_comes_back_twice(left: list[int], asked: list[int]) -> None:
    sales = [sale(number, units) for number, units in enumerate(left)]
    matched = [found for qty in asked for found in match("K", qty, (), sales)]
    for number, units in enumerate(left):
        assert sum(found.qty for found in matched if found.order == number) <= units
    assert sum(found.qty for found in matched) == min(sum(left), sum(asked))
