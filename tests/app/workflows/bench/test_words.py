"""What the mat words do: quantities, grades, UNDO, DONE, HOLD, BLIND."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.domain.event import EventKind
from app.workflows.bench.inputs import (
    FoundReturn,
)
from app.workflows.bench.state import Phase, from_draft
from app.workflows.effects import Keep, Print, PrintOld, Record, Reprint, Undo
from tests.app.workflows.bench.floor import (
    CATALOGUE,
    KETTLE,
    MUGS,
    RMA,
    TOASTER,
    Floor,
)


@pytest.mark.parametrize("word", ["OK", "DI", "GRI", "COUNT", "GONE", "DONE", "OTHER", "HOLD", "VENDOR"])
def test_a_word_that_means_nothing_now_writes_nothing(word: str) -> None:
    floor = Floor()
    floor.says(word)
    assert not [effect for effect in floor.effects if isinstance(effect, (Record, Print, Undo))]
    assert floor.state.phase is Phase.IDLE


def test_done_names_what_is_missing() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(KETTLE, "SN-994471")
    floor.says("GRI", "DONE")
    event = floor.events[-1]
    assert event.kind == EventKind.RETURN_FINISHED
    assert event.body["missing"] == [{"line": 2, "qty": 2}, {"line": 3, "qty": 1}]
    assert floor.state.phase is Phase.IDLE


def test_not_in_box_goes_line_by_line_and_then_finishes() -> None:
    floor = Floor()
    floor.opens()
    floor.says("GONE")
    assert floor.state.job is not None
    assert floor.state.job.missing == frozenset({1})
    floor.says("GONE", "GONE")
    assert [event.kind for event in floor.events] == [EventKind.RETURN_ARRIVED]
    floor.says("DONE")
    assert floor.events[-1].kind == EventKind.RETURN_FINISHED


def test_done_waits_for_the_unit_in_the_hand() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(MUGS)
    after = floor.says("DONE")
    assert after.notice is not None
    assert after.notice.code == "grade_first"


def test_hold_parks_and_the_same_return_resumes() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(KETTLE, "SN-994471")
    floor.says("GRI", "HOLD")
    assert floor.state.phase is Phase.IDLE
    kept = next(effect for effect in floor.effects if isinstance(effect, Keep))
    draft = from_draft(json.loads(json.dumps(kept.draft)))
    items = dict(CATALOGUE)
    after = floor.give(FoundReturn(RMA.code, RMA, items, {1: 1}, arrived=True, draft=draft))
    assert after.job is not None
    assert after.job.done == {1: 1}
    assert after.job.outcomes == {1: "A, RESTOCK"}


def test_blind_return_gets_a_holding_label() -> None:
    floor = Floor()
    floor.says("BLIND")
    floor.scans(MUGS)
    floor.says("GRII")
    body = floor.events[-1].body
    assert (body["blind"], body["rma"], body["place"]) == (True, None, "HOLD-1")
    assert str(body["label"]).startswith("H")
    assert floor.says("DONE").phase is Phase.IDLE


def test_undo_while_in_hand_drops_the_scan_and_records_nothing() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(MUGS)
    floor.says("UNDO")
    assert floor.state.pick is None
    assert len(floor.events) == 1


def test_undo_takes_back_the_last_saved_unit() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(MUGS)
    floor.scans(MUGS)
    floor.says("GRI")
    saved_event = floor.events[-1].event_id
    floor.says("UNDO")
    assert Undo(saved_event) in floor.effects
    assert floor.state.job is not None
    assert floor.state.job.done[2] == 0
    assert floor.state.job.left(RMA.lines[1]) == 2


def test_undo_after_not_in_box_takes_that_back_and_no_unit() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(KETTLE, "SN-994471")
    floor.says("GRI", "GONE", "UNDO")
    assert floor.effects == () or not any(isinstance(effect, Undo) for effect in floor.effects)
    assert floor.state.job is not None
    assert floor.state.job.missing == frozenset()


def test_undo_of_another_box_is_asked_first() -> None:
    floor = Floor()
    only = replace(RMA, lines=(RMA.lines[2],))
    floor.opens(only)
    floor.scans(TOASTER)
    floor.says("GRI")
    floor.opens(replace(RMA, code="R-2"))
    asked = floor.says("UNDO")
    assert asked.notice is not None
    assert asked.notice.code == "undo_other"
    assert not any(isinstance(effect, Undo) for effect in floor.effects)
    floor.says("UNDO")
    assert any(isinstance(effect, Undo) for effect in floor.effects)


def test_a_closed_box_is_opened_again_before_its_units_are_taken_back() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(TOASTER)
    floor.says("GRI", "DONE")
    assert floor.undoable is not None
    floor.undoable = replace(floor.undoable, closed=True)
    after = floor.says("UNDO")
    assert after.notice is not None
    assert after.notice.code == "closed_since"


def test_a_parked_question_is_asked_again_whole() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(MUGS)
    floor.scans(MUGS)
    floor.says("HOLD")
    kept = next(effect for effect in floor.effects if isinstance(effect, Keep))
    draft = from_draft(json.loads(json.dumps(kept.draft)))
    after = floor.give(FoundReturn(RMA.code, RMA, CATALOGUE, {}, arrived=True, draft=draft))
    assert (after.phase, after.pick.qty if after.pick else 0) == (Phase.GRADE, 2)
    assert after.notice is None


def test_a_parked_unit_that_was_done_elsewhere_is_put_down() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(MUGS)
    floor.says("HOLD")
    kept = next(effect for effect in floor.effects if isinstance(effect, Keep))
    draft = from_draft(json.loads(json.dumps(kept.draft)))
    after = floor.give(FoundReturn(RMA.code, RMA, CATALOGUE, {2: 2}, arrived=True, draft=draft))
    assert (after.phase, after.pick) == (Phase.ITEM, None)


def test_a_blind_box_with_units_is_not_left_without_a_word() -> None:
    floor = Floor()
    floor.says("BLIND")
    floor.scans(MUGS)
    floor.says("GRII")
    after = floor.opens()
    assert after.notice is not None
    assert after.notice.code == "other_open"
    floor.says("BLIND")
    assert len(floor.events) == 1


def test_two_blind_boxes_on_hold_are_two_drafts() -> None:
    floor = Floor()
    keys = set()
    for _ in range(2):
        floor.says("BLIND")
        floor.scans(MUGS)
        floor.says("HOLD")
        keys |= {effect.job for effect in floor.effects if isinstance(effect, Keep)}
    assert len(keys) == 2


def test_an_unknown_parcel_is_remembered_by_its_blind_box() -> None:
    floor = Floor()
    floor.reads("1Z-UNKNOWN")
    floor.says("BLIND")
    floor.scans(MUGS)
    floor.says("GRII")
    assert floor.events[-1].private == {"found_on": "1Z-UNKNOWN"}


def test_a_box_is_not_finished_twice_with_the_same_missing() -> None:
    floor = Floor()
    floor.opens()
    floor.says("DONE")
    assert floor.events[-1].kind == EventKind.RETURN_FINISHED
    before = len(floor.events)
    closed = {1: 1, 2: 2, 3: 1}
    floor.give(FoundReturn(RMA.code, RMA, CATALOGUE, {}, arrived=True, closed_with=closed))
    after = floor.says("DONE")
    assert (after.phase, after.notice.code if after.notice else "") == (Phase.IDLE, "closed_before")
    assert "4 missing" in floor.view().band.hint
    assert len(floor.events) == before


def test_a_box_opened_again_is_finished_again_when_something_changed() -> None:
    floor = Floor()
    closed = {1: 1, 2: 2, 3: 1}
    floor.give(FoundReturn(RMA.code, RMA, CATALOGUE, {}, arrived=True, closed_with=closed))
    floor.scans(TOASTER)
    floor.says("GRI", "DONE")
    assert floor.events[-1].body["missing"] == [{"line": 1, "qty": 1}, {"line": 2, "qty": 2}]
    floor.give(FoundReturn("T2", RMA, CATALOGUE, {}, arrived=False, parcel="T2", closed_with=closed))
    floor.says("DONE")
    assert [event.kind for event in floor.events[-2:]] == [
        EventKind.RETURN_ARRIVED,
        EventKind.RETURN_FINISHED,
    ]


def test_a_parked_box_remembers_that_it_was_finished() -> None:
    floor = Floor()
    closed = {1: 1, 2: 2, 3: 1}
    floor.give(FoundReturn(RMA.code, RMA, CATALOGUE, {}, arrived=True, closed_with=closed))
    floor.says("HOLD")
    kept = next(effect for effect in floor.effects if isinstance(effect, Keep))
    job = from_draft(json.loads(json.dumps(kept.draft))).job
    assert job is not None
    assert job.closed_with == closed
    draft = from_draft(json.loads(json.dumps(kept.draft)))
    floor.give(FoundReturn(RMA.code, RMA, CATALOGUE, {}, arrived=True, draft=draft, closed_with=closed))
    after = floor.says("DONE")
    assert after.notice is not None
    assert after.notice.code == "closed_before"


def test_reprint_prints_what_waited_too_long_before_it_copies() -> None:
    floor = Floor()
    floor.old_labels = 4
    after = floor.says("REPRINT")
    assert isinstance(floor.effects[0], PrintOld)
    assert after.notice is not None
    assert floor.view().band.headline == "Printing what waited: 4"
    floor.old_labels = 0
    floor.says("REPRINT")
    assert isinstance(floor.effects[0], Reprint)
