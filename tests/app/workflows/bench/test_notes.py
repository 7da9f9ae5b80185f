"""Canned notes: chosen by number, kept with the unit, printed on its label, recorded by their ids."""

from __future__ import annotations

import json

import pytest

from app.domain.policy import read_policy
from app.workflows.bench.state import Phase, from_draft, to_draft
from app.workflows.effects import Print
from app.workflows.view import SavedWork
from tests.app.workflows.bench.floor import KETTLE, MUGS, POLICY, TOASTER, Floor, code, listed


def toaster_in_hand() -> Floor:
    floor = Floor()
    floor.opens()
    floor.scans(TOASTER)
    return floor


def test_the_shipped_policy_has_a_note_for_each_digit() -> None:
    floor = toaster_in_hand()
    floor.says("NOTE")
    keys = listed(floor).answers
    assert [choice.key for choice in keys] == ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"]
    assert (keys[0].command, keys[8].command, keys[9].command) == ("NI", "NIX", "DO")


def test_a_note_is_two_scans_and_the_question_goes_on() -> None:
    floor = toaster_in_hand()
    floor.says("NII", "NOTE")
    assert floor.view().band.headline == "Which note for Toaster 2-slice?"
    floor.says("NI")
    assert floor.view().band.headline == "Does it switch on?"
    assert any(fact.value == "Pack torn" for fact in listed(floor).item.facts)
    floor.says("NOTE", "DO", "NI", "NI")
    body = floor.events[-1].body
    assert (body["notes"], body["answers"]) == (
        ["pack_torn", "not_reset"],
        ["seal.no", "power.yes", "marks.none"],
    )
    printed = next(effect for effect in floor.effects if isinstance(effect, Print))
    assert printed.document["remark"] == "Pack torn. Not reset to new"
    work = floor.view().work
    assert isinstance(work, SavedWork)
    assert "Notes: Pack torn, Not reset to new" in work.details


def test_a_unit_without_notes_says_nothing_of_them() -> None:
    floor = toaster_in_hand()
    floor.says("GRI")
    assert "notes" not in floor.events[-1].body
    printed = next(effect for effect in floor.effects if isinstance(effect, Print))
    assert printed.document["remark"] == ""


def test_a_grade_scanned_over_the_list_counts() -> None:
    floor = toaster_in_hand()
    floor.says("NOTE", "GRI")
    assert (floor.state.phase, floor.events[-1].body["grade"]) == (Phase.SAVED, "A")


@pytest.mark.parametrize("word", ["NOTE", "UNDO"])
def test_the_list_is_left_without_a_note(word: str) -> None:
    floor = toaster_in_hand()
    floor.says("NOTE", word)
    assert floor.view().band.headline == "Is the seal intact?"
    assert floor.state.pick is not None
    assert floor.state.pick.said == ()


def test_undo_takes_the_last_note_back() -> None:
    floor = toaster_in_hand()
    floor.says("NOTE", "NI", "NOTE", "NII", "UNDO")
    floor.says("GRI")
    assert floor.events[-1].body["notes"] == ["pack_torn"]


def test_a_note_may_be_given_while_a_photo_is_wanted() -> None:
    floor = toaster_in_hand()
    floor.says("GRIV", "NI", "NOTE", "NVII", "PHOTO")
    assert (floor.events[-1].body["notes"], len(floor.labels)) == (["scratched"], 1)


def test_every_refusal_has_its_own_sentence() -> None:
    floor = Floor()
    floor.says("NOTE")
    assert (code(floor), floor.view().band.headline) == ("note_without_item", "A note about what?")
    floor = toaster_in_hand()
    floor.says("NOTE", "NI", "NOTE", "NI")
    assert (code(floor), floor.view().band.headline) == ("note_given", "That note is there already")
    assert [choice.enabled for choice in listed(floor).answers][:2] == [False, True]
    floor.says("NII", "NOTE", "NIII", "NOTE")
    assert (code(floor), floor.state.phase) == ("notes_enough", Phase.GRADE)
    floor = toaster_in_hand()
    floor.says("NOTE", "PHOTO")
    assert (code(floor), floor.shots) == ("word_not_now", 0)
    floor = Floor()
    floor.opens()
    floor.scans(KETTLE)
    floor.says("NOTE")
    assert (floor.state.phase, code(floor)) == (Phase.SERIAL, "word_not_now")


def test_a_policy_may_have_few_notes_or_none() -> None:
    whole = POLICY.source
    first, last = whole.index("[note]"), whole.index('[[rule]]\nid = "1"')
    floor = toaster_in_hand()
    floor.policy = read_policy(whole[:first] + whole[last:], "own")
    floor.says("NOTE")
    assert (code(floor), floor.state.phase) == ("no_notes", Phase.GRADE)
    floor.policy = read_policy(whole[:first] + '[note]\nsmells = "Smells"\n\n' + whole[last:], "own")
    floor.says("NOTE", "NII")
    assert (code(floor), floor.view().band.headline) == ("no_such_note", "There is no note 2")


def test_a_list_of_another_policy_is_not_chosen_from() -> None:
    floor = toaster_in_hand()
    floor.says("NOTE")
    floor.policy = read_policy(POLICY.source.replace(f'"{POLICY.version}"', '"next"', 1), "next")
    floor.says("NI")
    assert (code(floor), floor.state.phase) == ("questions_changed", Phase.GRADE)
    assert floor.state.pick is not None
    assert floor.state.pick.said == ()


def test_a_power_cut_shows_the_same_list() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(MUGS)
    floor.says("NOTE")
    again = Floor()
    again.state = from_draft(json.loads(json.dumps(to_draft(floor.state))))
    assert again.view() == floor.view()
