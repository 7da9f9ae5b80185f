"""Claims cover stock as well as any spreading could, and whoever was first stays."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.reservation import ANY, Scope
from sync.central.rules.cover import Cell, Cover
from tests.sync.central.judge import matched

A, B = Scope(site="A"), Scope(site="B")


def test_an_open_claim_counts_once_and_gives_way_to_one_that_has_no_choice() -> None:
    cover = Cover([Cell(5, "A"), Cell(5, "B")])
    assert cover.place("reserved", ANY, 5) == 5
    assert (cover.room(A), cover.room(B), cover.room(ANY)) == (5, 5, 5)
    assert cover.place("reserved", A, 4) == 4
    assert (cover.room(A), cover.room(B), cover.room(ANY)) == (1, 1, 1)
    assert cover.place("reserved", B, 3) == 1
    assert cover.room(ANY) == 0


def test_what_limits_a_promise_is_named() -> None:
    cover = Cover([Cell(5, "A"), Cell(5, "B"), Cell(9, "C", grade="B", as_new=False)])
    cover.place("reserved", A, 4)
    cover.place("reserved", ANY, 3)
    cover.place("basket", B, 1)
    tight = cover.tight(A)
    assert (tight.room, [cell.site for cell in tight.cells], tight.claimed) == (1, ["A"], {"reserved": 4})
    everything = cover.tight(ANY)
    assert (everything.units, everything.claimed, everything.room) == (10, {"reserved": 7, "basket": 1}, 2)


def test_a_grade_a_lot_a_date_and_a_supply_each_narrow() -> None:
    cells = [
        Cell(1, lot="L1", good_until="2026-12-01"),
        Cell(2, lot="L2", good_until="2027-06-01"),
        Cell(4, grade="B", as_new=False),
        Cell(8, supply="PO-1:1"),
    ]
    cover = Cover(cells)
    assert cover.room(ANY) == 3
    assert cover.room(Scope(lot="L1")) == 1
    assert cover.room(Scope(fresh="2027-01-01")) == 2
    assert cover.room(Scope(grade="B")) == 4
    assert cover.room(Scope(supply="PO-1:1")) == 8
    assert cover.room(Scope(site="A")) == 0


def test_a_cell_below_zero_owes_its_own_site_first_and_then_anybody() -> None:
    cover = Cover([Cell(-2, "A", lot="L1"), Cell(3, "A", lot="L2"), Cell(5, "B")])
    assert (cover.room(A), cover.room(ANY)) == (1, 6)
    deep = Cover([Cell(-4, "A"), Cell(5, "B")])
    assert (deep.room(A), deep.room(ANY)) == (0, 1)
    assert deep.tight(ANY).units == 1


def test_units_are_given_back_and_drawn_out() -> None:
    cover = Cover([Cell(2, "A"), Cell(2, "B")])
    cover.place("reserved", ANY, 3)
    cover.release("reserved", ANY, 1)
    assert (cover.room(ANY), cover.placed("reserved"), cover.spare()) == (2, 2, 2)
    assert sum(units for _, units in cover.draw("reserved", ANY, 2)) == 2
    assert (cover.room(ANY), cover.placed("reserved")) == (2, 0)


# --- against an independent judge --------------------------------------------------------------------------


maybe_site = st.sampled_from([None, "A", "B", "C"])
maybe_lot = st.sampled_from([None, "L1", "L2"])
cells_ = st.lists(
    st.builds(
        Cell,
        qty=st.integers(0, 4),
        site=maybe_site,
        lot=maybe_lot,
        grade=st.sampled_from([None, "B"]),
        as_new=st.booleans(),
        good_until=st.sampled_from([None, "2026-12-01", "2027-06-01"]),
    ),
    max_size=6,
)
scopes_ = st.builds(
    Scope,
    site=maybe_site,
    lot=maybe_lot,
    grade=st.sampled_from([None, None, "B"]),
    fresh=st.sampled_from([None, None, "2027-01-01"]),
)
claims_ = st.lists(st.tuples(scopes_, st.integers(1, 4)), max_size=6)


@given(cells_, claims_, scopes_)
def test_as_much_is_placed_as_any_spreading_could_place(
    cells: list[Cell], claims: list[tuple[Scope, int]], asked: Scope
) -> None:
    cover = Cover(cells)
    served: list[Scope] = []
    for scope, qty in claims:
        room = cover.room(scope)
        got = cover.place("reserved", scope, qty)
        assert got == min(qty, room)
        for _ in range(qty):
            # One by one, the same: first come, first served, and nobody is displaced.
            if matched(cells, [*served, scope]) == len(served) + 1:
                served.append(scope)
        assert cover.placed("reserved") == len(served)
    room = cover.room(asked)
    assert matched(cells, [*served, *[asked] * room]) == len(served) + room
    assert matched(cells, [*served, *[asked] * (room + 1)]) == len(served) + room
    tight = cover.tight(asked)
    assert tight.room == room
    assert tight.units == sum(cell.qty for cell in tight.cells)


@given(cells_, claims_)
def test_what_is_released_is_free_again(cells: list[Cell], claims: list[tuple[Scope, int]]) -> None:
    cover = Cover(cells)
    before = {scope: cover.room(scope) for scope, _ in claims}
    placed = [(scope, cover.place("reserved", scope, qty)) for scope, qty in claims]
    for scope, got in placed:
        if got:
            cover.release("reserved", scope, got)
    assert {scope: cover.room(scope) for scope, _ in claims} == before
