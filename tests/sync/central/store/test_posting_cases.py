"""Cases of posting are one each for the same thing, and say what to do."""

from __future__ import annotations

from app.domain.account import Account, Status
from app.domain.event import Event
from sync.central.store import posting_cases as cases

SHORT = Account("ACME", "K-17", "A-01", Status.SELLABLE)
EVENT = Event("e-1", "return.dispositioned", (), "kim", "s", body={"sku": "K-17", "qty": 2})


def test_an_account_below_nothing_has_one_case_with_what_is_missing() -> None:
    case = cases.negative_case(SHORT, -3)
    assert (case.key, case.sku, case.qty) == (cases.negative_key(SHORT), "K-17", 3)
    assert "count K-17 at A-01" in case.fix


def test_a_serial_that_is_inside_twice_is_one_case_wherever_its_units_are() -> None:
    here = Account("ACME", "K-17", "A-01", Status.SELLABLE, serial="S-1")
    there = Account("ACME", "K-17", "R-03", Status.DAMAGED, serial="S-1")
    assert cases.twice_case(here).key == cases.twice_case(there).key == cases.twice_key("ACME", "K-17", "S-1")


def test_each_says_what_happened_and_who_looks_at_it() -> None:
    assert cases.not_booked(EVENT).key == cases.unbooked_key("e-1")
    strange = cases.not_a_stations(EVENT, "station-7")
    assert (strange.key, strange.owner_role) == (
        cases.makers_key("station-7", "return.dispositioned"),
        "admin",
    )
    assert "tells of 2 of K-17 and moves 1" in cases.inconsistent(EVENT, 1).fix
    assert cases.unknown_item("Z").subject == "sku:Z"
