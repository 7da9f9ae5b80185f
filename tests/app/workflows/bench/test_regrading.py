"""A unit graded again: a reason, another inspection, a move of its own, and every grade kept in sight."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.domain.account import Account, Status
from app.domain.event import EventKind
from app.domain.policy import read_policy
from app.workflows.bench.inputs import FoundItem, FoundLabel, SeenUnit
from app.workflows.bench.known_unit import GivenGrade, KnownUnit
from app.workflows.bench.state import Phase, from_draft, to_draft
from app.workflows.effects import Drop, Print
from app.workflows.view import AnswerWork, BandState, SavedWork
from tests.app.workflows.bench.floor import KETTLE, MUGS, POLICY, RMA, Floor, code, photo

WHERE = Account("acme", "MUG-4", "F-01", Status.REFURBISH, label="L07-1-0", grade="B")
MUGS_B = KnownUnit(
    "e-0",
    "L07-1-0",
    MUGS,
    2,
    WHERE,
    "R-10422-6",
    blind=False,
    wrong_item=False,
    grades=(GivenGrade("B", "ben", "22 Nov 09:12"),),
)


def again(unit: KnownUnit = MUGS_B) -> Floor:
    floor = Floor()
    floor.give(FoundLabel(unit.label, unit.label, "B REFURB, F-01", unit))
    return floor


def test_a_reason_is_asked_before_anything_else() -> None:
    floor = again()
    assert floor.view().band.headline == "Why grade Mug set of 4 again?"
    work = floor.view().work
    assert isinstance(work, AnswerWork)
    assert [choice.title for choice in work.answers][:2] == ["Graded wrongly", "A closer look"]
    assert (work.item.facts[0].value, work.item.facts[1].value) == ("B by ben", "F-01")
    panel = floor.view().job
    assert panel is not None
    assert [(row.title, row.detail) for row in panel.rows] == [("B by ben", "22 Nov 09:12")]
    floor.says("GRIV")
    assert (code(floor), floor.events) == ("word_not_now", [])


def test_the_new_grade_moves_the_unit_from_where_it_is_and_edits_nothing() -> None:
    floor = again()
    floor.says("NII", "GRIV", "NI", "PHOTO", "DISCRD")
    event = floor.events[-1]
    assert (event.kind, len(event.moves)) == (EventKind.RETURN_REGRADED, 1)
    move = event.moves[0]
    assert (move.qty, move.source) == (2, WHERE)
    assert (move.target.location, move.target.reason, move.target.grade) == (
        "HOLD-3",
        "awaiting_write_off",
        "D",
    )
    assert move.target.label == event.body["label"] == floor.labels[-1] != "L07-1-0"
    body = event.body
    assert (body["before"], body["grade"], body["reason"]) == ("B", "D", "closer_look")
    assert (body["regrades"], body["replaces"], body["photos"]) == ("e-0", "L07-1-0", [photo(1)])
    assert "rma" not in body, "no line of the return is done twice"
    assert {"rma:R-10422-6", "label:L07-1-0", "event:e-0"} <= set(event.subject)


def test_what_was_saved_shows_both_grades_and_where_to_put_it() -> None:
    floor = again()
    floor.says("NI", "GRI")
    view = floor.view()
    assert (floor.state.phase, view.band.state) == (Phase.SAVED, BandState.OK)
    assert "Grade B stays on record" in view.band.hint
    assert isinstance(view.work, SavedWork)
    assert (view.work.place, view.job) == ("R-03", None)
    assert {"Grade **A**, like new", "Before: **B** by ben, 22 Nov 09:12"} <= set(view.work.details)
    assert any(isinstance(effect, Drop) and effect.job == "L07-1-0" for effect in floor.effects)
    printed = next(effect for effect in floor.effects if isinstance(effect, Print))
    assert (printed.document["quantity"], printed.document["rma"]) == (2, "R-10422-6")
    floor.opens()
    assert floor.state.job is not None
    assert floor.state.job.key == RMA.code


def test_the_same_grade_again_is_on_record_too() -> None:
    floor = again()
    floor.says("NI", "GRII")
    assert (floor.events[-1].body["before"], floor.events[-1].body["grade"]) == ("B", "B")


@pytest.mark.parametrize(("blind", "wrong"), [(True, False), (False, True)])
def test_no_grade_changes_why_a_unit_waits(*, blind: bool, wrong: bool) -> None:
    floor = again(replace(MUGS_B, blind=blind, wrong_item=wrong, rma=None))
    floor.says("NI", "GRI")
    disposition = "hold_blind" if blind else "hold_wrong_item"
    assert (floor.events[-1].body["disposition"], floor.labels[-1][0]) == (disposition, "H")


def test_its_serial_finds_a_unit_too() -> None:
    where = Account("acme", "K-17-ST", "R-03", Status.SELLABLE, serial="SN-1", label="L07-2-0", grade="A")
    unit = replace(MUGS_B, label="L07-2-0", item=KETTLE, qty=1, account=where)
    floor = Floor()
    floor.give(FoundItem("SN-1", KETTLE, "SN-1", seen=SeenUnit("R-1", "L07-2-0", "09:12", unit)))
    floor.says("NVI", "GRII")
    event = floor.events[-1]
    assert (event.body["serial"], event.moves[0].target.serial) == ("SN-1", "SN-1")
    assert "serial:SN-1" in event.subject


def test_what_its_route_was_chosen_by_is_recorded_as_for_the_first_grade() -> None:
    floor = again(replace(MUGS_B, item=replace(MUGS, value_minor=2_000)))
    floor.says("NI", "GRIII")
    assert "route" in floor.events[-1].body


def test_an_open_box_is_finished_first() -> None:
    floor = Floor()
    floor.opens()
    floor.give(FoundLabel("L07-1-0", "L07-1-0", "B REFURB", MUGS_B))
    assert (code(floor), floor.state.phase) == ("own_label", Phase.ITEM)


def test_undo_goes_back_to_the_reason_and_then_leaves_the_unit_alone() -> None:
    floor = again()
    floor.says("NI", "GRIV", "UNDO", "UNDO")
    assert floor.state.phase is Phase.REASON
    floor.says("UNDO")
    assert (code(floor), floor.state.job, floor.events) == ("left_as_graded", None, [])
    assert any(isinstance(effect, Drop) for effect in floor.effects)


def test_its_number_is_what_was_saved_and_nothing_joins_it() -> None:
    floor = again()
    floor.says("NI", "COUNT")
    assert code(floor) == "word_not_now"
    floor.says("DIII")
    assert code(floor) == "word_not_now"
    floor.scans(MUGS)
    assert code(floor) == "answer_first"
    floor.says("OTHER")
    assert code(floor) == "word_not_now"
    assert floor.state.pick is not None
    assert floor.state.pick.qty == 2


def test_every_refusal_has_its_own_sentence() -> None:
    floor = again()
    floor.says("NIX")
    assert (code(floor), floor.view().band.headline) == ("no_such_reason", "There is no reason 9")
    whole = POLICY.source
    start, end = whole.index("[regrade]"), whole.index('[[rule]]\nid = "1"')
    floor = Floor()
    floor.policy = read_policy(whole[:start] + whole[end:], "own")
    floor.give(FoundLabel("L07-1-0", "L07-1-0", "B REFURB", MUGS_B))
    assert (code(floor), floor.view().band.headline) == ("no_regrade", "Mug set of 4 was graded before")


def test_reasons_of_another_policy_are_asked_anew() -> None:
    floor = again()
    floor.policy = read_policy(POLICY.source.replace(f'"{POLICY.version}"', '"next"', 1), "next")
    floor.says("NI")
    assert (code(floor), floor.state.phase) == ("questions_changed", Phase.REASON)
    floor.says("NI", "GRI")
    assert floor.events[-1].policy_ver == "next"


def test_a_power_cut_asks_the_same() -> None:
    floor = again()
    for words in ((), ("NI",), ("GRIV",)):
        floor.says(*words)
        resumed = Floor()
        resumed.state = from_draft(json.loads(json.dumps(to_draft(floor.state))))
        assert resumed.view() == floor.view()
        assert resumed.state.pick == floor.state.pick
