"""Units are picked oldest and unlabelled first, and never more than there are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.account import Account, Status
from sync.central.rules.picking import Picker, Shelf


def shelf(number: int, qty: int, serial: str | None = None, label: str | None = None) -> Shelf:
    return Shelf(number, Account("ACME", "K", f"P{number}", Status.SELLABLE, serial=serial, label=label), qty)


def taken(picker: Picker, qty: int, serials: tuple[str, ...] = ()) -> list[tuple[str, int]]:
    return [(pick.account.location, pick.qty) for pick in picker.take("K", qty, serials)]


def test_unlabelled_before_labelled_and_oldest_first() -> None:
    picker = Picker([shelf(1, 2, label="L07-1-X"), shelf(3, 2), shelf(2, 2)])
    assert taken(picker, 3) == [("P2", 2), ("P3", 1)]
    assert taken(picker, 3) == [("P3", 1), ("P1", 2)]
    assert taken(picker, 1) == []


def test_accounts_below_zero_are_passed_over() -> None:
    assert taken(Picker([shelf(1, -4), shelf(2, 1)]), 2) == [("P2", 1)]


def test_serials_are_taken_by_name() -> None:
    picker = Picker([shelf(1, 1, "s1"), shelf(2, 1, "s2"), shelf(3, 1, "s3")])
    assert taken(picker, 2, ("s3", "s1")) == [("P1", 1), ("P3", 1)]
    assert taken(picker, 1, ("s3",)) == []


def test_a_unit_that_is_claimed_by_name_is_left_to_its_claim() -> None:
    picker = Picker([shelf(1, 1, "s1"), shelf(2, 1, "s2")], frozenset({("K", "s1")}))
    assert taken(picker, 2) == [("P2", 1)]
    assert taken(picker, 1, ("s1",)) == [("P1", 1)]


def test_another_item_has_nothing() -> None:
    assert Picker([shelf(1, 1)]).take("other", 1) == ()


@given(
    there=st.lists(st.integers(-3, 6), max_size=6),
    asked=st.lists(st.integers(1, 8), max_size=4),
)
def test_picks_never_exceed_what_is_there(there: list[int], asked: list[int]) -> None:
    picker = Picker([shelf(number, qty) for number, qty in enumerate(there)])
    total = sum(qty for qty in there if qty > 0)
    for qty in asked:
        got = sum(units for _, units in taken(picker, qty))
        assert got == min(qty, total)
        total -= got


def test_one_unit_of_each_named_serial_is_taken() -> None:
    picker = Picker([shelf(1, 1, "s1"), shelf(2, 1, "s1"), shelf(3, 2, "s2")])
    assert taken(picker, 2, ("s1", "s2")) == [("P1", 1), ("P3", 1)]
