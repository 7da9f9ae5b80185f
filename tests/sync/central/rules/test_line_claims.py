"""Claims of lines as units: own ones first, kits site by site, and nothing lost between taken and left."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.reservation import Scope
from sync.central.rules.line_claims import (
    LineClaim,
    Promised,
    by_line,
    kits_of,
    of_line,
    promised,
    rest,
    take,
    together,
    units,
)


def own(row: int, qty: int, line: int = 1) -> LineClaim:
    return LineClaim(row, line, "KIT", "KIT", Scope(), qty, 1, "hard")


def kit(row: int, qty: int, site: str | None = None) -> tuple[LineClaim, LineClaim]:
    scope = Scope(site=site)
    return (
        LineClaim(row, 1, "KIT", "A", scope, qty * 2, 2, "hard"),
        LineClaim(row + 1, 1, "KIT", "B", scope, qty, 1, "hard"),
    )


MINE = (own(1, 2), *kit(2, 3), *kit(4, 1, "WH1"))


def test_own_units_come_before_kits_and_kits_site_by_site() -> None:
    assert units(MINE) == 6
    assert take(MINE, 1) == (own(1, 1),)
    assert take(MINE, 4) == (own(1, 2), *kit(2, 2))
    assert units(take(MINE, 9)) == 6


def test_components_that_were_claimed_on_different_days_make_kits_together() -> None:
    """Two kits want A of one date and one of another, while their B is any."""
    early, later = Scope(site="WH1", fresh="2027-01-01"), Scope(site="WH1", fresh="2027-01-02")
    mine = (
        LineClaim(1, 1, "KIT", "A", early, 4, 2, "hard"),
        LineClaim(2, 1, "KIT", "A", later, 2, 2, "hard"),
        LineClaim(3, 1, "KIT", "B", Scope(site="WH1"), 3, 1, "hard"),
    )
    assert units(mine) == 3
    assert [[(part.row, part.qty) for part in parts] for parts in kits_of(mine)] == [
        [(1, 4), (3, 2)],
        [(2, 2), (3, 1)],
    ]
    assert units(take(mine, 2)) == 2
    assert units(rest(mine, take(mine, 2))) == 1
    assert units(mine[1:]) == 1


def test_parts_of_one_row_are_put_together() -> None:
    assert together((*kit(2, 1), own(1, 1), *kit(2, 2))) == (*kit(2, 3), own(1, 1))


def test_lines_are_told_apart() -> None:
    both = (own(1, 2), own(2, 5, line=2))
    assert by_line(both) == {1: 2, 2: 5}
    assert of_line(both, 2) == (own(2, 5, line=2),)


@given(asked=st.integers(0, 8))
def test_what_is_taken_and_what_is_left_are_the_whole(asked: int) -> None:
    taken = take(MINE, asked)
    left = rest(MINE, taken)
    assert units(taken) == min(asked, 6)
    assert units(taken) + units(left) == 6
    assert rest(MINE, (*taken, *left)) == ()


def test_a_row_that_stands_twice_is_used_up_once() -> None:
    assert rest((own(1, 2), own(1, 2)), (own(1, 3),)) == (own(1, 1),)


def test_units_are_told_apart_by_the_dates_they_were_promised_under() -> None:
    early, later = "2027-01-01", "2027-01-02"

    def claim(row: int, item: str, qty: int, fresh: str | None, serial: str | None = None) -> LineClaim:
        per = 2 if item == "A" else 1
        return LineClaim(row, 1, "KIT", item, Scope(serial=serial, fresh=fresh), qty, per, "soft")

    mine = (
        claim(1, "KIT", 1, early, "s-1"),
        claim(2, "KIT", 1, later, "s-2"),
        claim(3, "KIT", 1, early, "s-3"),
        claim(4, "A", 4, later),
        claim(5, "B", 2, None),
    )
    assert promised(mine) == [
        Promised(2, {"KIT": early}, ("s-1", "s-3")),
        Promised(1, {"KIT": later}, ("s-2",)),
        Promised(2, {"A": later, "B": None, "KIT": None}),
    ]
