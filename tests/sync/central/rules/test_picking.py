"""Units are picked soonest to expire, oldest and unlabelled first, and never more than there are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.account import Account, Status
from sync.central.rules.cover import Cell
from sync.central.rules.picking import Picker, Shelf, Shelving, shelve

TODAY = "2026-06-01"


def shelf(
    number: int,
    qty: int,
    serial: str | None = None,
    label: str | None = None,
    *,
    site: str | None = None,
    lot: str | None = None,
    grade: str | None = None,
    good_until: str | None = None,
) -> Shelf:
    account = Account(
        "ACME", "K", f"P{number}", Status.SELLABLE, serial=serial, label=label, lot=lot, grade=grade
    )
    return Shelf.of(number, account, qty, site, good_until)


def put(shelves: list[Shelf], *, claimed: tuple[str, ...] = (), as_new: tuple[str, ...] = ()) -> Shelving:
    return shelve(shelves, (None, *as_new), dict.fromkeys(claimed), TODAY)


def taken(picker: Picker, qty: int, serials: tuple[str, ...] = ()) -> list[tuple[str, int]]:
    return [(pick.account.location, pick.qty) for pick in picker.take("K", qty, serials)]


def test_unlabelled_before_labelled_and_oldest_first() -> None:
    picker = Picker.of([shelf(1, 2, label="L07-1-X"), shelf(3, 2), shelf(2, 2)])
    assert taken(picker, 3) == [("P2", 2), ("P3", 1)]
    assert taken(picker, 3) == [("P3", 1), ("P1", 2)]
    assert taken(picker, 1) == []


def test_accounts_below_zero_are_passed_over() -> None:
    assert taken(Picker.of([shelf(1, -4), shelf(2, 1)]), 2) == [("P2", 1)]


def test_serials_are_taken_by_name() -> None:
    picker = Picker.of([shelf(1, 1, "s1"), shelf(2, 1, "s2"), shelf(3, 1, "s3")])
    assert taken(picker, 2, ("s3", "s1")) == [("P1", 1), ("P3", 1)]
    assert taken(picker, 1, ("s3",)) == []


def test_a_unit_that_is_claimed_by_name_is_left_to_its_claim() -> None:
    # Its cell is its own, so that whoever takes from other cells' shelves leaves it where it is.
    shelves = [shelf(1, 1, "s1"), shelf(2, 1, "s2")]
    shelving, picker = put(shelves, claimed=("s1",)), Picker.of(shelves)
    assert [cell.serial for cell in shelving.cells] == ["s1", "s2"]
    assert [pick.account.serial for pick in picker.take("K", 2, among=[2])] == ["s2"]
    assert picker.take("K", 2, among=[2]) == ()
    assert taken(picker, 1, ("s1",)) == [("P1", 1)]


def test_what_expires_first_is_taken_first() -> None:
    dates = ("2027-01-01", None, "2026-12-01")
    picker = Picker.of([shelf(n, 1, good_until=date) for n, date in enumerate(dates)])
    assert taken(picker, 3) == [("P2", 1), ("P0", 1), ("P1", 1)]


def test_shelves_of_other_items_come_beside_and_what_was_taken_stays_taken() -> None:
    one, other = Picker.of([shelf(1, 3)]), Account("ACME", "L", "P9", Status.SELLABLE)
    taken(one, 2)
    both = one.beside(Picker.of([shelf(1, 3), Shelf.of(9, other, 4)]))
    assert taken(both, 3) == [("P1", 1)]
    assert [pick.qty for pick in both.take("L", 9)] == [4]


def test_another_item_has_nothing() -> None:
    assert Picker.of([shelf(1, 1)]).take("other", 1) == ()


@given(
    there=st.lists(st.integers(-3, 6), max_size=6),
    asked=st.lists(st.integers(1, 8), max_size=4),
)
def test_picks_never_exceed_what_is_there(there: list[int], asked: list[int]) -> None:
    picker = Picker.of([shelf(number, qty) for number, qty in enumerate(there)])
    total = sum(qty for qty in there if qty > 0)
    for qty in asked:
        got = sum(units for _, units in taken(picker, qty))
        assert got == min(qty, total)
        total -= got


def test_one_unit_of_each_named_serial_is_taken() -> None:
    picker = Picker.of([shelf(1, 1, "s1"), shelf(2, 1, "s1"), shelf(3, 2, "s2")])
    assert taken(picker, 2, ("s1", "s2")) == [("P1", 1), ("P3", 1)]


# --- shelves as cells --------------------------------------------------------------------------------------


def test_units_that_claims_cannot_tell_apart_are_one_cell_in_the_order_of_picking() -> None:
    shelves = [
        shelf(1, 5, site="A", label="L07-1-X"),
        shelf(2, 3, site="A"),
        shelf(3, 2, site="B"),
        shelf(4, 4, site="A", lot="L1", good_until="2026-07-01"),
        shelf(5, 1, site="A", grade="A"),
        shelf(6, 7, site="A", grade="B"),
    ]
    shelving = put(shelves, as_new=("A",))
    assert shelving.cells == (
        Cell(4, "A", lot="L1", good_until="2026-07-01"),
        Cell(8, "A"),
        Cell(2, "B"),
        Cell(1, "A", grade="A"),
        Cell(7, "A", grade="B", as_new=False),
    )
    assert shelving.of == {4: 0, 2: 1, 1: 1, 3: 2, 5: 3, 6: 4}
    assert (shelving.barred, shelving.expired) == (0, 0)


def test_what_is_owed_lowers_what_is_alike() -> None:
    assert put([shelf(1, -2, site="A"), shelf(2, 5, site="A")]).cells == (Cell(3, "A"),)
    assert put([shelf(1, -2, site="A"), shelf(2, 5, site="B")]).cells == (Cell(-2, "A"), Cell(5, "B"))


def test_what_is_past_its_date_is_in_no_cell_and_counted() -> None:
    shelving = put([shelf(1, 4, lot="L1", good_until="2026-05-31"), shelf(2, 3, lot="L2", good_until=TODAY)])
    assert (shelving.cells, shelving.expired) == ((Cell(3, lot="L2", good_until=TODAY),), 4)
    assert shelving.of == {2: 0}


def test_a_claimed_serial_that_is_here_twice_counts_once() -> None:
    shelves = [shelf(1, 1, "s1", site="A"), shelf(2, 1, "s1", site="B"), shelf(3, 2, "s2")]
    shelving = put(shelves, claimed=("s1",))
    assert [(cell.serial, cell.qty) for cell in shelving.cells] == [("s1", 1), ("s1", 0), ("s2", 2)]
    assert shelving.barred == 1
    assert put(shelves).barred == 0


def test_the_unit_that_was_given_answers_its_claim_wherever_another_turns_up() -> None:
    shelves = [shelf(1, 1, "s1", site="A"), shelf(2, 1, "s1", site="B"), shelf(3, 1, "s1", site="B", lot="L")]
    for site, counts in (("A", [1, 0, 0]), ("B", [0, 1, 0]), ("C", [1, 0, 0]), (None, [1, 0, 0])):
        shelving = shelve(shelves, (None,), {"s1": site}, TODAY)
        assert ([cell.qty for cell in shelving.cells], shelving.barred) == (counts, 2)


@given(
    shelves=st.lists(
        st.builds(
            shelf,
            number=st.integers(0, 99),
            qty=st.integers(-3, 6),
            serial=st.sampled_from([None, None, "s1", "s2"]),
            site=st.sampled_from([None, "A", "B"]),
            lot=st.sampled_from([None, "L1"]),
            grade=st.sampled_from([None, "A", "B"]),
            good_until=st.sampled_from([None, "2026-05-01", "2026-07-01"]),
        ),
        max_size=8,
        unique_by=lambda s: s.number,
    )
)
def test_every_unit_is_in_a_cell_or_accounted_for(shelves: list[Shelf]) -> None:
    shelving = put(shelves, claimed=("s1",), as_new=("A",))
    in_cells = sum(cell.qty for cell in shelving.cells)
    assert in_cells + shelving.barred + shelving.expired == sum(s.qty for s in shelves)
    for entry in shelves:
        if entry.number in shelving.of:
            cell = shelving.cells[shelving.of[entry.number]]
            assert (cell.site, cell.lot, cell.serial) == (
                entry.site,
                entry.account.lot,
                entry.account.serial,
            )
            assert cell.as_new == (entry.account.grade in {None, "A"})
    assert sum(max(0, cell.qty) for cell in shelving.cells if cell.serial == "s1") <= 1
