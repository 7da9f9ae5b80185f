"""Units that an RMA took and that did not come go back to the sales they were taken from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.central.rules.giving_back import Given, Taken, give_back

FIRST, SECOND = Taken(2, 1, 2), Taken(1, 1, 1)
NAMED = Taken(3, 1, 2, ("s1", "s2"))


@pytest.mark.parametrize(
    ("taken", "came", "serials", "expected"),
    [
        ([FIRST, SECOND], 0, (), (Given(1, 1, 1), Given(2, 1, 2))),
        ([FIRST, SECOND], 1, (), (Given(1, 1, 1), Given(2, 1, 1))),
        ([FIRST, SECOND], 2, (), (Given(1, 1, 1),)),
        ([FIRST, SECOND], 3, (), ()),
        ([NAMED], 0, (), (Given(3, 1, 1, "s1"), Given(3, 1, 1, "s2"))),
        ([NAMED], 1, ("s1",), (Given(3, 1, 1, "s2"),)),
        # One came and nobody could read its serial: one of the two is not given back.
        ([NAMED], 1, (), (Given(3, 1, 1, "s1"),)),
        ([NAMED, SECOND], 1, (), (Given(3, 1, 1, "s1"), Given(3, 1, 1, "s2"))),
        ([NAMED], 9, ("s1",), ()),
    ],
)
def test_what_did_not_come_goes_back(
    taken: list[Taken], came: int, serials: tuple[str, ...], expected: tuple[Given, ...]
) -> None:
    assert give_back(taken, came, serials) == expected


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3)), min_size=1, max_size=4),
    st.integers(0, 12),
    st.sets(st.integers(0, 15)),
)
def test_as_many_go_back_as_did_not_come_and_no_sale_gets_more_than_it_gave(
    sizes: list[tuple[int, int]], came: int, seen: set[int]
) -> None:
    taken = [
        Taken(n, 1, qty, tuple(f"{n}-{i}" for i in range(min(qty, named))))
        for n, (qty, named) in enumerate(sizes)
    ]
    every = [serial for of in taken for serial in of.serials]
    serials = {every[i % len(every)] for i in seen} if every else set()
    came = max(came, len(serials))
    found = give_back(taken, came, serials)
    total = sum(of.qty for of in taken)
    assert sum(entry.qty for entry in found) == max(0, total - came)
    for of in taken:
        assert sum(entry.qty for entry in found if entry.order == of.order) <= of.qty
    assert serials.isdisjoint({entry.serial for entry in found})
