"""The part list of a kit: parts marked by number or code, the grade that falls, the label that names them."""

from __future__ import annotations

import json

import pytest

from app.domain.item import Component, Item
from app.domain.policy import read_policy
from app.domain.returns import Rma, RmaLine
from app.workflows.bench.inputs import FoundItem
from app.workflows.bench.state import Phase, from_draft, to_draft
from app.workflows.effects import Print
from app.workflows.view import SavedWork
from tests.app.workflows.bench.floor import (
    KETTLE,
    MUGS,
    PICNIC,
    POLICY,
    SOLVENT,
    TOASTER,
    Floor,
    code,
    listed,
)

KITS = Rma("R-9-X", "acme", "1", (RmaLine(1, "KIT-2", 3, "partial_delivery"),))


def picnic() -> Floor:
    floor = Floor()
    floor.opens(KITS)
    floor.scans(PICNIC)
    return floor


def test_the_question_shows_the_parts_to_look_for() -> None:
    facts = [(fact.label, fact.value) for fact in listed(picnic()).item.facts]
    assert facts[:2] == [("Parts", "1. 2 x Mug set of 4   2. Toaster 2-slice"), ("", "3. CLOTH")]


def test_a_missing_part_is_marked_by_its_number_and_the_grade_falls() -> None:
    floor = picnic()
    floor.says("NOPRT")
    assert (floor.state.phase, floor.view().band.headline) == (Phase.PART, "Which part is missing?")
    assert [(choice.title, choice.detail) for choice in listed(floor).answers] == [
        ("Mug set of 4", "2 of them"),
        ("Toaster 2-slice", ""),
        ("CLOTH", ""),
        ("That is all", ""),
    ]
    assert listed(floor).consequence == "", "nothing follows before a part is marked"
    floor.says("NII")
    work = listed(floor)
    assert floor.view().band.headline == "Toaster 2-slice missing. More?"
    assert (work.consequence_label, work.rule) == ("Grade C", "rule 23: C, worn: what brings more")
    assert (work.answers[1].detail, work.answers[1].enabled) == ("missing", False)
    assert (work.answers[3].command, work.answers[3].proposed) == ("OK", True)
    assert len(floor.events) == 1, "only the arrival"
    floor.says("OK")
    body = floor.events[-1].body
    assert (body["grade"], body["answers"]) == ("C", ["parts.no"])
    assert body["missing_parts"] == [{"sku": "T-2S-BK", "qty": 1}]
    printed = next(effect for effect in floor.effects if isinstance(effect, Print))
    assert printed.document["remark"] == "Missing: Toaster 2-slice"
    saved = floor.view().work
    assert isinstance(saved, SavedWork)
    assert "Missing: Toaster 2-slice" in saved.details


def test_parts_are_marked_by_their_codes_each_as_often_as_the_kit_has_it() -> None:
    floor = picnic()
    floor.says("NII")
    assert floor.state.phase is Phase.PART, "answering that parts are missing asks which"
    floor.scans(MUGS)
    assert listed(floor).answers[0].detail == "1 of 2 missing"
    floor.scans(MUGS)
    floor.scans(MUGS)
    assert (code(floor), floor.view().band.headline) == ("part_marked", "Mug set of 4 marked already")
    floor.says("DIII", "NOTE")
    assert code(floor) == "word_not_now"
    floor.says("OK")
    assert floor.events[-1].body["missing_parts"] == [
        {"sku": "MUG-4", "qty": 2},
        {"sku": "CLOTH", "qty": 1},
    ]
    printed = next(effect for effect in floor.effects if isinstance(effect, Print))
    assert printed.document["remark"] == "Missing: 2 x Mug set of 4, CLOTH"


def test_a_grade_says_that_is_all_and_may_be_worse() -> None:
    floor = picnic()
    floor.says("NOPRT", "NIII", "GRI")
    assert (code(floor), len(floor.events)) == ("grade_too_good", 1)
    floor.says("GRIV", "NIII", "PHOTO", "DISCRD")
    body = floor.events[-1].body
    assert (body["grade"], body["missing_parts"]) == ("D", [{"sku": "CLOTH", "qty": 1}])


def test_undo_unmarks_part_by_part_and_then_leaves_the_list() -> None:
    floor = picnic()
    floor.says("NOPRT", "NI", "NII", "UNDO")
    assert [choice.enabled for choice in listed(floor).answers[:3]] == [True, True, True]
    assert floor.state.phase is Phase.PART
    floor.says("UNDO")
    assert (floor.state.phase, floor.view().band.headline) == (Phase.PART, "Which part is missing?")
    floor.says("UNDO")
    assert floor.view().band.headline == "Are all its parts in the box?"
    floor.says("NOPRT", "UNDO")
    assert floor.view().band.headline == "Are all its parts in the box?"
    floor.says("NOPRT", "NI", "GRIV", "UNDO")
    assert (floor.state.phase, len(floor.events)) == (Phase.PART, 1), "back where the grade was scanned"


def test_looking_at_the_list_changes_nothing() -> None:
    floor = picnic()
    floor.says("NOPRT", "NOPRT", "OK")
    assert floor.view().band.headline == "Are all its parts in the box?"
    floor.says("NI", "NI")
    assert (floor.events[-1].body["grade"], "missing_parts" in floor.events[-1].body) == ("A", False)


def test_every_refusal_has_its_own_sentence() -> None:
    floor = Floor()
    floor.says("NOPRT")
    assert (code(floor), floor.view().band.headline) == ("part_without_kit", "A part of what?")
    floor.opens()
    floor.scans(TOASTER)
    floor.says("NOPRT")
    assert (code(floor), floor.view().band.headline) == ("no_part_list", "Toaster 2-slice has no part list")
    floor = picnic()
    floor.says("NII", "OK")
    assert (code(floor), floor.view().band.headline) == ("part_wanted", "Which part is it?")
    floor.says("NIV")
    assert (code(floor), floor.view().band.headline) == ("no_such_part", "There is no part 4")
    floor.scans(SOLVENT)
    assert (code(floor), floor.view().band.headline) == ("not_a_part", "Spot remover is no part")
    floor.reads("5901234123457")
    assert code(floor) == "part_unknown"
    assert "5901234123457" in floor.view().band.hint
    floor.says("PHOTO")
    assert (code(floor), floor.shots) == ("word_not_now", 0)
    floor.says("DONE")
    assert code(floor) == "answer_first"
    floor = Floor()
    floor.opens()
    floor.scans(KETTLE)
    floor.says("NOPRT")
    assert (floor.state.phase, code(floor)) == (Phase.SERIAL, "word_not_now")


def test_a_kit_whose_policy_asks_for_no_parts_says_so() -> None:
    toys = Item("KIT-3", "Block set", category="toys", kit=(Component("B", 9),))
    floor = Floor()
    floor.says("BLIND")
    floor.give(FoundItem("KIT-3", toys))
    assert floor.state.pick is not None
    assert floor.state.pick.part_name(0) == "B"
    floor.says("NOPRT")
    assert (code(floor), floor.view().band.headline) == ("parts_not_asked", "No parts asked: Block set")


def test_a_kit_that_waits_for_its_match_has_its_missing_parts_too() -> None:
    floor = Floor()
    floor.says("BLIND")
    floor.scans(PICNIC)
    floor.says("NOPRT", "NIII", "OK")
    assert floor.view().band.headline == "Grade Picnic set"
    floor.says("GRIII")
    body = floor.events[-1].body
    assert (body["disposition"], body["missing_parts"]) == ("hold_blind", [{"sku": "CLOTH", "qty": 1}])


def test_a_long_list_is_shortened_on_the_card_and_whole_behind_the_word() -> None:
    many = Item("KIT-9", "Tool box", category="kits", kit=tuple(Component(f"P{n}", 1) for n in range(12)))
    floor = Floor()
    floor.opens(Rma("R-9-X", "acme", "1", ()))
    floor.opens(KITS)
    floor.give(FoundItem("KIT-2", PICNIC))
    assert floor.state.pick is not None
    pick = floor.state.pick
    floor.state = type(floor.state)(
        floor.state.phase, floor.state.job, type(pick)(many, 1, policy_ver=pick.policy_ver)
    )
    facts = [(fact.label, fact.value) for fact in listed(floor).item.facts]
    assert facts[:3] == [("Parts", "1. P0   2. P1"), ("", "3. P2   4. P3"), ("", "and 8 more")]
    floor.says("NOPRT", "DO")
    assert len(listed(floor).answers) == 11
    floor.give(FoundItem("P11", Item("P11", "The twelfth")))
    floor.says("OK")
    assert floor.events[-1].body["missing_parts"] == [{"sku": "P9", "qty": 1}, {"sku": "P11", "qty": 1}]


@pytest.mark.parametrize("words", [(), ("NI",), ("NI", "OK")])
def test_a_list_of_another_policy_marks_nothing(words: tuple[str, ...]) -> None:
    floor = picnic()
    floor.says("NOPRT", *words[:1])
    floor.policy = read_policy(POLICY.source.replace(f'"{POLICY.version}"', '"next"', 1), "next")
    floor.says(words[-1] if words else "NII")
    assert (code(floor), floor.state.phase) == ("questions_changed", Phase.GRADE)
    assert floor.state.pick is not None
    assert floor.state.pick.said == ()


def test_a_power_cut_shows_the_same_list() -> None:
    floor = picnic()
    floor.says("NOPRT", "NI")
    again = Floor()
    again.state = from_draft(json.loads(json.dumps(to_draft(floor.state))))
    assert again.view() == floor.view()
