"""Inspections at the bench: questions answered, skipped, taken back, and what is recorded of them."""

from __future__ import annotations

import json

import pytest

from app.domain.policy import read_policy
from app.domain.policy.inspection import answers
from app.domain.returns import Rma, RmaLine
from app.workflows.bench.inputs import FoundReturn, Said
from app.workflows.bench.state import Phase, from_draft, to_draft
from app.workflows.view import AnswerWork, SavedWork, WaitWork
from tests.app.domain.policy.worked import unworked
from tests.app.workflows.bench.floor import CATALOGUE, HAMPER, KETTLE, MUGS, POLICY, RMA, TOASTER, Floor


def toaster_in_hand() -> Floor:
    floor = Floor()
    floor.opens()
    floor.scans(TOASTER)
    return floor


def headline(floor: Floor) -> str:
    return floor.view().band.headline


def test_a_good_unit_is_three_scans_though_its_category_has_questions() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(KETTLE, "SN-994471")
    floor.says("GRI")
    assert floor.state.phase is Phase.SAVED
    assert (floor.events[-1].body["grade"], "answers" in floor.events[-1].body) == ("A", False)


def test_answers_give_the_grade_and_the_rule_decides() -> None:
    floor = toaster_in_hand()
    asked = [headline(floor)]
    for word in ("NII", "NI"):
        floor.says(word)
        asked.append(headline(floor))
    floor.says("NIII")
    assert asked == ["Is the seal intact?", "Does it switch on?", "Are there marks of use?"]
    body = floor.events[-1].body
    assert (body["grade"], body["disposition"], body["rule"]) == ("C", "refurbish", "23")
    assert body["answers"] == ["seal.no", "power.yes", "marks.heavy"]
    shown = floor.view().work
    assert isinstance(shown, SavedWork)
    assert "Are there marks of use? Heavy" in shown.details


def test_a_damaged_unit_is_asked_what_broke_and_the_answer_decides() -> None:
    floor = toaster_in_hand()
    floor.says("GRIV")
    assert (floor.state.phase, headline(floor)) == (Phase.GRADE, "What is broken?")
    assert floor.events[-1].body.get("grade") is None, "nothing is saved before the answer"
    floor.says("NIII", "PHOTO")
    body = floor.events[-1].body
    assert (body["grade"], body["disposition"], body["rule"]) == ("D", "refurbish", "29")
    floor = toaster_in_hand()
    floor.says("GRIV", "NI", "PHOTO")
    assert (floor.events[-1].body["disposition"], floor.events[-1].body["rule"]) == ("vendor_return", "30")


def test_a_grade_better_than_an_answer_allows_is_refused() -> None:
    floor = toaster_in_hand()
    floor.says("NII")
    after = floor.says("GRI")
    assert after.notice is not None
    assert (after.notice.code, after.notice.parts) == (
        "grade_too_good",
        {"grade": "A", "best": "B", "ask": "Is the seal intact?", "answer": "No"},
    )
    assert headline(floor) == "No grade A after that answer"
    work = floor.view().work
    assert isinstance(work, AnswerWork)
    assert [choice.enabled for choice in work.others] == [False, True, True, True]
    floor.says("GRII")
    assert (floor.events[-1].body["grade"], floor.events[-1].body["answers"]) == ("B", ["seal.no"])


def test_undo_takes_back_word_by_word_and_then_the_unit() -> None:
    floor = toaster_in_hand()
    floor.says("NII", "GRIV")
    assert headline(floor) == "What is broken?"
    floor.says("UNDO")
    assert headline(floor) == "Does it switch on?"
    floor.says("UNDO")
    assert headline(floor) == "Is the seal intact?"
    floor.says("UNDO")
    assert (floor.state.phase, floor.state.pick) == (Phase.ITEM, None)
    assert len(floor.events) == 1, "only the arrival"


def test_an_answer_that_is_not_there_is_said() -> None:
    floor = toaster_in_hand()
    after = floor.says("NIX")
    assert after.notice is not None
    assert (after.notice.code, after.notice.parts["most"]) == ("no_such_answer", 3)
    assert after.pick is not None
    assert after.pick.said == ()


def test_without_questions_an_answer_is_the_grade_of_its_number() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(MUGS)
    assert headline(floor).startswith("Grade ")
    floor.says("NII")
    assert floor.events[-1].body["grade"] == "B"


def test_one_answer_holds_for_all_units_in_the_hand() -> None:
    rma = Rma("R-9-X", "acme", "1", (RmaLine(1, "T-2S-BK", 9, "late"),))
    floor = Floor()
    floor.opens(rma)
    floor.scans(TOASTER)
    floor.says("NII", "COUNT", "DIII", "OK")
    assert headline(floor) == "3 units together", "what was said of one holds for all: said once"
    floor.says("NI", "NI")
    body = floor.events[-1].body
    assert (body["qty"], body["grade"], body["answers"]) == (3, "B", ["seal.no", "power.yes", "marks.none"])


def test_a_kit_lacking_a_part_falls_in_grade() -> None:
    floor = Floor()
    floor.opens(Rma("R-9-X", "acme", "1", (RmaLine(1, "KIT-1", 1, "partial_delivery"),)))
    floor.scans(HAMPER)
    assert headline(floor) == "Are all its parts in the box?"
    floor.says("NII", "NI", "OK")
    assert (floor.events[-1].body["grade"], floor.events[-1].body["answers"]) == ("C", ["parts.no"])


@pytest.mark.parametrize("word", ["GRIV", "NIV"])
def test_a_unit_no_rule_decides_about_is_only_graded(word: str) -> None:
    floor = Floor()
    floor.says("BLIND")
    floor.scans(TOASTER)
    floor.says(word)
    body = floor.events[-1].body
    assert (body["grade"], body["disposition"], "answers" in body) == ("D", "hold_blind", False)


def mugs_to_discard() -> Floor:
    floor = Floor()
    floor.opens()
    floor.scans(MUGS)
    floor.says("GRIV", "NI", "PHOTO")
    return floor


def test_goods_are_written_off_by_a_word_of_its_own() -> None:
    floor = mugs_to_discard()
    assert (floor.state.phase, headline(floor)) == (Phase.GRADE, "DISCARD Mug set of 4?")
    assert len(floor.events) == 1, "only the arrival"
    work = floor.view().work
    assert isinstance(work, WaitWork)
    # No key that an answer has, and not the proposal that Enter takes.
    assert [(choice.command, choice.key, choice.proposed) for choice in work.choices] == [
        ("UNDO", "UNDO", False),
        ("REDO", "RETAKE", False),
        ("DISCRD", "X", False),
    ]
    floor.says("DISCRD")
    body = floor.events[-1].body
    assert (body["disposition"], body["rule"], body["answers"]) == ("scrap", "31", ["broken.case"])


@pytest.mark.parametrize("word", ["RESTOCK", "REFURB", "BLOCK", "VENDOR", "GIVE"])
def test_another_disposition_does_not_overrule_the_rule(word: str) -> None:
    floor = mugs_to_discard()
    after = floor.says(word)
    assert after.notice is not None
    assert (after.notice.code, headline(floor)) == ("rule_decides", "Rule 31 says DISCARD")
    assert len(floor.events) == 1


def test_a_number_is_no_grade_while_a_write_off_waits() -> None:
    floor = mugs_to_discard()
    after = floor.says("NI")
    assert after.notice is not None
    assert (after.notice.code, after.notice.parts["allowed"]) == (
        "word_not_now",
        ("DISCRD", "GRI", "UNDO", "HOLD"),
    )
    assert "**DISCARD**" in floor.view().band.hint
    assert len(floor.events) == 1


def test_a_write_off_that_waits_can_be_graded_otherwise_or_taken_back() -> None:
    floor = mugs_to_discard()
    floor.says("GRII")
    assert floor.events[-1].body["disposition"] == "refurbish"
    floor = mugs_to_discard()
    floor.says("UNDO")
    assert headline(floor) == "Photograph Mug set of 4"
    floor.says("UNDO")
    assert headline(floor) == "What is broken?"


def test_a_grade_given_anew_leaves_no_answer_of_the_one_before() -> None:
    floor = mugs_to_discard()
    floor.says("GRI")
    assert (floor.events[-1].body["grade"], "answers" in floor.events[-1].body) == ("A", False)
    floor = mugs_to_discard()
    floor.says("GRIV", "UNDO")
    assert headline(floor) == "Photograph Mug set of 4", "the same grade again is no step"


def test_units_that_join_a_waiting_answer_are_said() -> None:
    floor = mugs_to_discard()
    after = floor.scans(MUGS)
    assert after.notice is not None
    assert (after.notice.code, headline(floor)) == ("answers_for_all", "2 units together")
    floor.says("UNDO")
    assert floor.view().band.hint.startswith("**2 units**, grade **D**")
    floor.says("PHOTO", "DISCRD")
    assert floor.events[-1].body["qty"] == 2


def test_another_item_during_an_inspection_names_the_way_out() -> None:
    floor = toaster_in_hand()
    floor.says("NII")
    after = floor.scans(MUGS)
    assert after.notice is not None
    assert (after.notice.code, headline(floor)) == ("answer_first", "Finish Toaster 2-slice first")


OTHER = read_policy(
    POLICY.source.replace(f'version = "{POLICY.version}"', 'version = "next"')
    .replace("[grade.D]", "[grade.E]")
    .replace('"D"', '"E"')
    .replace('id = "seal"', 'id = "pack"')
    .replace('"seal.', '"pack.'),
    "next",
)


@pytest.mark.parametrize("words", [("NI",), ("NII", "NI"), ("GRIV", "NI"), ("NII", "GRIV", "NIII")])
def test_a_policy_that_comes_between_screen_and_scan_writes_nothing(words: tuple[str, ...]) -> None:
    floor = toaster_in_hand()
    *before, last = words
    floor.says(*before)
    floor.policy = OTHER
    assert headline(floor) == "Is the seal intact?", "what was said under the one before does not count"
    after = floor.says(last)
    assert after.notice is not None
    assert after.notice.code == "questions_changed"
    assert len(floor.events) == 1, "only the arrival"
    floor.says("NI")
    assert (floor.events[-1].policy_ver, floor.events[-1].body["answers"]) == ("next", ["pack.yes"])


def test_a_grade_alone_counts_under_whichever_policy_is_in_force() -> None:
    floor = toaster_in_hand()
    floor.policy = OTHER
    floor.says("GRI")
    assert (floor.events[-1].policy_ver, floor.events[-1].body["grade"]) == ("next", "A")


def test_a_parked_answer_of_an_earlier_policy_is_asked_anew() -> None:
    floor = toaster_in_hand()
    floor.says("GRIV")
    again = Floor()
    again.state, again.policy = from_draft(json.loads(json.dumps(to_draft(floor.state)))), OTHER
    assert headline(again) == "Is the seal intact?"
    again.says("NI")
    assert again.events == []


BY_ANSWER = """
[[rule]]
id = "30"
name = "what is broken decides"
grades = ["D"]
categories = ["*"]
answers = ["broken.case", "broken.works", "broken.parts", "broken.dirt"]
disposition = "vendor_return"

[[rule]]
id = "31"
name = "the others"
grades = ["D"]
categories = ["clothing", "consumables"]
disposition = "scrap"
"""


def test_a_question_that_rules_need_an_answer_to_is_drawn_without_a_consequence() -> None:
    floor = Floor()
    source = unworked(POLICY.source).partition('[[rule]]\nid = "30"')[0]
    floor.policy = read_policy(source + BY_ANSWER, "own")
    floor.opens()
    floor.scans(MUGS)
    floor.says("GRIV")
    work = floor.view().work
    assert isinstance(work, AnswerWork)
    assert (headline(floor), work.consequence, work.rule) == ("What is broken?", "", "")
    floor.says("NI", "PHOTO")
    assert floor.events[-1].body["disposition"] == "vendor_return"


def test_a_disposition_means_nothing_before_a_grade() -> None:
    floor = toaster_in_hand()
    after = floor.says("DISCRD")
    assert after.notice is not None
    assert after.notice.code == "word_not_now"


def test_a_power_cut_resumes_at_the_same_question() -> None:
    floor = toaster_in_hand()
    floor.says("NII")
    draft = json.loads(json.dumps(to_draft(floor.state)))
    again = Floor()
    again.state = from_draft(draft)
    assert (headline(again), again.state.pick) == (headline(floor), floor.state.pick)
    parked = toaster_in_hand()
    parked.says("NII")
    kept = to_draft(parked.state)
    parked.give(Said("HOLD"))
    known = {line.sku: CATALOGUE[line.sku] for line in RMA.lines}
    parked.give(FoundReturn(RMA.code, RMA, known, {}, arrived=True, draft=from_draft(kept)))
    assert headline(parked) == "Does it switch on?"
    assert parked.state.pick is not None
    assert answers(parked.state.pick.said) == ("seal.no",)


def test_the_screen_says_what_follows_from_the_best_grade_left() -> None:
    floor = toaster_in_hand()
    work = floor.view().work
    assert isinstance(work, AnswerWork)
    assert [choice.title for choice in work.answers] == ["Yes", "No", "It has no seal"]
    assert [choice.command for choice in work.answers] == ["NI", "NII", "NIII"]
    assert (work.consequence_label, work.rule) == ("Grade A", "rule 12: A, like new")
    floor.says("NII")
    work = floor.view().work
    assert isinstance(work, AnswerWork)
    assert (work.consequence_label, work.rule) == ("Grade B", "rule 18: B, opened: repack")
    floor.says("GRIV")
    work = floor.view().work
    assert isinstance(work, AnswerWork)
    assert (work.consequence_label, work.others) == ("Grade D", ())
