"""Another disposition than a rule's, as steps of the pure machine."""

from __future__ import annotations

from dataclasses import replace

from app.domain.account import Account, Status
from app.workflows.bench.inputs import FoundLabel, Otherwise, OverrideSigned, SupervisorRead
from app.workflows.bench.known_unit import Decided, GivenGrade, KnownUnit
from app.workflows.bench.otherwise import redecided, ways
from app.workflows.bench.override import Holder
from app.workflows.bench.state import Phase, from_draft, to_draft
from app.workflows.effects import Drop, Print, Record
from app.workflows.view import SavedWork
from tests.app.workflows.bench.floor import MUGS, POLICY, Floor, code

DANA = Holder("DANA", "Dana R.")
WHERE = Account("acme", "MUG-4", "F-01", Status.REFURBISH, label="L07-1-0", grade="B")
UNIT = KnownUnit(
    "e-0",
    "L07-1-0",
    MUGS,
    2,
    WHERE,
    "R-10422-6",
    blind=False,
    wrong_item=False,
    grades=(GivenGrade("B", "ben", "22 Nov 09:12"),),
    decided=Decided("refurbish", "4", "2026.11-1", "ben"),
)


def names(unit: KnownUnit) -> dict[str, str]:
    return {way.outcome.disposition: way.blocked for way in ways(POLICY, unit)}


def signed(floor: Floor) -> OverrideSigned:
    over = floor.state.override
    assert over is not None
    event = redecided(over, "needed there", floor.moment())
    return OverrideSigned(replace(event, approvals=({"v": 1},)), "needed there")


def test_what_may_be_chosen_is_what_rules_lead_to_but_where_it_stands() -> None:
    assert names(UNIT) == dict.fromkeys(("restock", "vendor_return", "liquidate", "quarantine", "scrap"), "")
    hazardous = names(replace(UNIT, item=replace(MUGS, hazardous=True)))
    assert {name for name, blocked in hazardous.items() if blocked} == {"vendor_return", "liquidate"}
    # A bench holds what it may not decide about; nobody chooses that.
    assert not any(name.startswith("hold_") for name in hazardous)


def test_from_its_label_the_unit_goes_where_the_supervisor_says() -> None:
    floor = Floor()
    floor.give(FoundLabel(UNIT.label, UNIT.label, "B REFURB, F-01", UNIT))
    assert floor.state.phase is Phase.REASON
    floor.give(Otherwise(UNIT))
    assert from_draft(to_draft(floor.state)).phase is Phase.REASON
    floor.give(SupervisorRead(DANA))
    floor.says("RESTOCK", "NII")
    given = signed(floor)
    assert floor.events == []
    floor.give(given)
    assert floor.effects[:1] == (Record(given.event),)
    assert [type(effect) for effect in floor.effects] == [Record, Print, Drop]
    (move,) = given.event.moves
    assert (move.qty, move.source, move.target.location) == (2, WHERE, "R-03")
    assert (move.target.grade, move.target.status) == ("B", Status.SELLABLE)
    assert given.event.body["decided_by"] == "DANA"
    overrides = given.event.body["overrides"]
    assert overrides == {
        "by": "ben",
        "disposition": "refurbish",
        "event": "e-0",
        "grade": "B",
        "policy_ver": "2026.11-1",
        "rule": "4",
    }
    work = floor.view().work
    assert isinstance(work, SavedWork)
    assert "Decided by **Dana R.**" in work.details
    assert floor.state.job is None


def test_a_unit_that_this_station_cannot_decide_about_is_the_centres() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(MUGS)
    floor.says("GRI")
    assert floor.state.phase is Phase.SAVED
    for unit, message in ((None, "override.no_unit"), (replace(UNIT, blind=True), "override.blind")):
        floor.give(Otherwise(unit))
        assert (code(floor), floor.state.phase) == (message, Phase.SAVED)


def test_a_unit_known_from_an_older_draft_says_nothing_of_how_it_came_there() -> None:
    told = UNIT.to_json()
    assert KnownUnit.from_json(told) == UNIT
    del told["decided"]
    assert KnownUnit.from_json(told).decided == Decided()


def test_a_unit_known_from_a_later_draft_is_read_as_far_as_it_is_understood() -> None:
    told = UNIT.to_json() | {"decided": {"by": "ben", "disposition": "refurbish", "weather": "rain"}}
    assert KnownUnit.from_json(told).decided == Decided("refurbish", by="ben")
