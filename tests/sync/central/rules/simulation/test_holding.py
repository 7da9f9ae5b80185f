"""One item's units: placed by scope, lost when gone, never promised past their date."""

from __future__ import annotations

from app.domain.reservation import ANY, Scope
from sync.central.rules.promise import BASKET, RESERVED, SAFETY
from sync.central.rules.simulation import Fixed
from sync.central.rules.simulation.holding import Holding
from tests.sync.central.rules.simulation.worlds import ONE, TWO

AT_ONE = Scope(site="S1")


def test_claims_that_stand_are_placed_before_any_line() -> None:
    kinds = ((RESERVED, AT_ONE, 1), (BASKET, ANY, 1), (SAFETY, AT_ONE, 1))
    fixed = [Fixed(kind, "A", "web", scope, qty) for kind, scope, qty in kinds]
    holding = Holding.of({ONE: 3, TWO: 2}, fixed, 1)
    assert (holding.cover.spare(), holding.cover.room(AT_ONE)) == (1, 1)
    assert (holding.sellable, holding.lost) == (5, 0)


def test_what_is_gone_is_lost_to_its_scope() -> None:
    holding = Holding.of({ONE: 3, TWO: 2}, (), 0)
    holding.held[AT_ONE] = 3
    holding.stale()
    holding.change(ONE, -2)
    assert holding.lost == 2
    holding.change(ONE, 2)
    assert holding.lost == 0


def test_units_that_leave_are_gone_from_where_they_were_promised() -> None:
    holding = Holding.of({ONE: 3, TWO: 2}, (), 0)
    assert holding.cover.place(RESERVED, AT_ONE, 3) == 3
    holding.held[AT_ONE] = 3
    holding.leave(AT_ONE, 3)
    assert (dict(holding.have), holding.units, holding.held[AT_ONE]) == ({TWO: 2}, 2, 0)


def test_units_past_their_date_and_serials_that_are_claimed_are_not_free() -> None:
    old, named = ONE._replace(good_until="2026-01-05"), ONE._replace(serial="x")
    holding = Holding.of({old: 2, named: 1}, (), 0)
    holding.today = "2026-01-05"
    assert (holding.sellable, holding.serials(), holding.dated) == (3, {"x": "S1"}, True)
    holding.today = "2026-01-06"
    holding.held[Scope(serial="x")] = 1
    assert (holding.sellable, holding.serials()) == (1, {})


def test_graded_units_are_not_sold_as_new() -> None:
    worn = ONE._replace(grade="C", as_new=False)
    holding = Holding.of({worn: 2, ONE: 1}, (), 0)
    assert (holding.sellable, holding.cover.room(ANY), holding.cover.room(Scope(grade="C"))) == (1, 1, 2)
