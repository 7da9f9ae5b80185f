"""Parts of an amount add up to it, however it is split."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.central.rules.books.shares import ratio, share

AMOUNTS = st.integers(-(10**9), 10**9)


@given(AMOUNTS, st.lists(st.integers(0, 40), min_size=1).filter(any))
def test_parts_that_follow_each_other_add_up_to_the_amount(amount: int, parts: list[int]) -> None:
    of, start, total = sum(parts), 0, 0
    for part in parts:
        total += share(amount, of, start, start + part)
        start += part
    assert total == amount


@given(AMOUNTS, st.integers(1, 60), st.data())
def test_no_part_is_a_unit_off_what_is_fair(amount: int, of: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, of))
    end = data.draw(st.integers(start, of))
    assert abs(share(amount, of, start, end) * of - amount * (end - start)) <= of


def test_halves_go_to_the_even_cent_and_three_thirds_are_whole() -> None:
    assert [ratio(n, 1, 2) for n in (1, 3, 5, -1, -3)] == [0, 2, 2, 0, -2]
    assert [share(1000, 3, n, n + 1) for n in range(3)] == [333, 334, 333]
    assert ratio(-30, -1, -3) == -10
    assert ratio(10, 1, -4) == -2


@pytest.mark.parametrize(("start", "end"), [(2, 1), (-1, 1), (0, 4)])
def test_units_that_are_not_there_have_no_part(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="not among 3"):
        share(100, 3, start, end)
