"""Overrides at a stop as steps: what each input does, and that nothing is said before the PIN."""

from __future__ import annotations

from dataclasses import replace

from app.domain.item import Tracking
from app.workflows.bench import events
from app.workflows.bench.inputs import (
    DigitsScanned,
    FoundItem,
    Input,
    OverrideSigned,
    PinRefused,
    Said,
    SupervisorRead,
)
from app.workflows.bench.override import Holder
from app.workflows.bench.state import Phase, from_draft, to_draft
from app.workflows.effects import Keep, Record, Undo
from app.workflows.view import AnswerWork, BandState, SignInWork
from tests.app.workflows.bench.floor import KETTLE, MUGS, Floor, code, listed

DANA = Holder("DANA", "Dana R.")


def stopped() -> Floor:
    floor = Floor()
    floor.opens()
    floor.scans(KETTLE, "SN-994417")
    assert floor.state.phase is Phase.STOP
    return floor


def asked_for_pin() -> Floor:
    floor = stopped()
    floor.give(SupervisorRead(DANA))
    floor.says("NII")
    return floor


def signed(floor: Floor) -> OverrideSigned:
    state = floor.state
    assert state.job is not None
    assert state.pick is not None
    said = ("DANA", "exchanged", "exchanged since")
    event = events.serial_accepted(state.job, state.pick, state.expected_serial, said, floor.moment())
    return OverrideSigned(replace(event, approvals=({"v": 1},)), "exchanged since")


def test_badge_reason_pin_and_the_unit_goes_on_on_its_line() -> None:
    floor = stopped()
    floor.give(SupervisorRead(DANA))
    assert [answer.command for answer in listed(floor).answers] == ["NI", "NII", "NIII", "NIV"]
    floor.says("NII")
    assert floor.state.wants_pin
    work = floor.view().work
    assert isinstance(work, SignInWork)
    assert (work.pin.detail if work.pin else "", work.notes[0][1][-9:]) == ("Dana R.", "SN-994417")
    given = signed(floor)
    after = floor.give(given)
    assert after.phase is Phase.GRADE
    assert Record(given.event) in floor.effects
    assert any(isinstance(effect, Keep) for effect in floor.effects)
    floor.says("GRI")
    body = floor.events[-1].body
    assert (body["line"], body["serial"], body["instead_of"]) == (1, "SN-994417", "SN-994471")
    assert (body["accepted"], body["accepted_by"]) == (given.event.event_id, "DANA")
    assert (body["reason"], body["sold"]) == ("exchanged since", ["SN-994471"])


def test_nothing_is_recorded_and_the_draft_is_the_stop_before_the_pin() -> None:
    floor = asked_for_pin()
    assert [event.kind for event in floor.events] == ["return.arrived"]
    assert from_draft(to_draft(floor.state)).phase is Phase.STOP
    assert floor.says("UNDO").phase is Phase.WHY
    before = stopped().state
    assert floor.says("UNDO") == before


def test_what_is_not_for_the_supervisor_changes_nothing() -> None:
    floor = asked_for_pin()
    before = floor.state
    steps: tuple[tuple[Input, str], ...] = (
        (DigitsScanned(), "approvals.scan_is_no_pin"),
        (FoundItem("MUG-4", MUGS), "override.first"),
        (Said("GRI"), "word_not_now"),
        (PinRefused("approval.pin", left=7), "override.pin"),
        (PinRefused("pin.empty"), "pin.empty"),
    )
    for given, message in steps:
        floor.give(given)
        assert code(floor) == message
        assert replace(floor.state, notice=None) == replace(before, notice=None)


def test_a_refusal_at_the_badge_or_by_the_record_is_said_over_the_stop() -> None:
    floor = stopped()
    floor.give(SupervisorRead(DANA, PinRefused("approval.own_work")))
    assert floor.state.phase is Phase.STOP
    band = floor.view().band
    assert band.state is BandState.STOP
    assert "Dana R." in band.headline
    floor = asked_for_pin()
    floor.give(PinRefused("approval.revoked", detail="The key was revoked."))
    assert (floor.state.phase, code(floor)) == (Phase.STOP, "override.refused")
    # The next scan shows the comparison of the stop again.
    floor.scans(MUGS)
    assert floor.view().band.headline.startswith("This is a different")


def test_undo_of_an_accepted_unit_takes_the_word_back_first() -> None:
    floor = asked_for_pin()
    floor.give(signed(floor))
    word = floor.events[-1].event_id
    floor.says("UNDO")
    assert floor.state == replace(stopped().state)
    assert Undo(word) in floor.effects


def test_an_accepted_unit_whose_lot_is_asked_for_keeps_its_line() -> None:
    floor = asked_for_pin()
    pick = floor.state.pick
    assert pick is not None
    lots = replace(KETTLE, tracking=Tracking.LOT_AND_SERIAL)
    floor.state = replace(floor.state, pick=replace(pick, item=lots))
    assert floor.give(signed(floor)).phase is Phase.LOT
    after = floor.scans(lots, "SN-994417", lot="L-5")
    assert after.phase is Phase.GRADE
    assert after.pick is not None
    assert (after.pick.lot, after.pick.line) == ("L-5", 1)
    assert after.pick.accepted is not None
    assert from_draft(to_draft(after)) == replace(after, notice=None)


def test_a_reason_that_is_none_is_refused() -> None:
    floor = stopped()
    floor.give(SupervisorRead(DANA))
    floor.says("NIX")
    assert code(floor) == "approvals.no_such"
    assert isinstance(floor.view().work, AnswerWork)


def test_an_unknown_badge_opens_nothing() -> None:
    floor = stopped()
    floor.give(SupervisorRead(None))
    assert floor.state.phase is Phase.STOP
    assert floor.state.override is None
