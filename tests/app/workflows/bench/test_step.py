"""Floor stories through the pure bench machine."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import laws
from app.domain.account import Status
from app.domain.event import EventKind
from app.domain.place import Virtual
from app.domain.returns import Rma, RmaLine
from app.workflows.bench.effects import Drop, Keep, Print, Record, Undo
from app.workflows.bench.inputs import (
    Entered,
    FoundItem,
    FoundLabel,
    FoundReturn,
    NotFound,
    Said,
    SeenUnit,
    Unreadable,
)
from app.workflows.bench.state import BenchState, Phase, from_draft, to_draft
from app.workflows.bench.words import ANSWER_WORDS, DIGIT_WORDS, GRADE_WORDS
from app.workflows.view import BandState, StopWork
from tests.app.workflows.bench.floor import (
    CATALOGUE,
    HAMPER,
    KETTLE,
    MUGS,
    RMA,
    SOLVENT,
    TEXTS,
    TOASTER,
    Floor,
)


def test_a_good_unit_takes_three_scans_and_no_keys() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(KETTLE, "SN-994471")
    saved = floor.says("GRI")
    assert saved.phase is Phase.SAVED
    assert [event.kind for event in floor.events] == [
        EventKind.RETURN_ARRIVED,
        EventKind.RETURN_DISPOSITIONED,
    ]
    came_in, went = floor.events[1].moves
    assert (came_in.source.location, came_in.target.status) == (Virtual.CUSTOMER, Status.RETURN_PENDING)
    assert (went.target.location, went.target.status, went.target.grade) == ("R-03", Status.SELLABLE, "A")
    assert went.target.serial == "SN-994471"
    assert floor.events[1].body["rule"] == "12"
    assert floor.labels == [str(floor.events[1].body["label"])]


def test_arrival_is_recorded_once() -> None:
    floor = Floor()
    floor.opens(arrived=True)
    assert floor.events == []
    assert floor.state.phase is Phase.ITEM


def test_receipt_and_arrival_make_nothing_sellable() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(MUGS)
    assert not any(event.moves for event in floor.events)


def test_a_job_of_three_lines_closes_itself_and_drops_its_draft() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(KETTLE, "SN-994471")
    floor.says("GRI")
    floor.scans(MUGS)
    floor.scans(MUGS)
    floor.says("GRII")
    floor.scans(TOASTER)
    floor.says("GRIV")
    assert isinstance(floor.effects[-1], Drop)
    assert [event.body.get("disposition") for event in floor.events[1:]] == [
        "restock",
        "refurbish",
        "vendor_return",
    ]
    assert floor.events[2].body["qty"] == 2
    view = floor.view()
    assert view.band.context == "Box done"
    assert floor.opens(replace(RMA, code="R-2")).job is not None


def test_idle_item_scan_never_writes() -> None:
    floor = Floor()
    after = floor.scans(MUGS)
    assert after.phase is Phase.IDLE
    assert after.notice is not None
    assert after.notice.code == "item_idle"
    assert floor.effects == ()


def test_item_not_on_the_return_is_kept_only_by_wrong_item() -> None:
    floor = Floor()
    floor.opens()
    after = floor.scans(SOLVENT)
    assert after.notice is not None
    assert after.notice.code == "not_on_rma"
    assert floor.says("GRI").notice is not None
    floor.scans(SOLVENT)
    floor.says("OTHER", "GRI")
    body = floor.events[-1].body
    assert (body["wrong_item"], body["line"], body["place"]) == (True, None, "HOLD-1")
    assert floor.events[-1].moves[1].target.status is Status.QUARANTINED


def test_after_a_wrong_item_the_right_one_is_taken_without_a_click() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(SOLVENT)
    after = floor.scans(MUGS)
    assert after.phase is Phase.GRADE
    assert after.pick is not None
    assert after.pick.item == MUGS


def test_another_serial_latches_and_only_its_ways_out_release_it() -> None:
    floor = Floor()
    floor.opens()
    stopped = floor.scans(KETTLE, "SN-994417")
    assert stopped.phase is Phase.STOP
    assert floor.view().band.state is BandState.STOP
    work = floor.view().work
    assert isinstance(work, StopWork)
    assert work.comparison is not None
    assert work.comparison.verdict.startswith("2 of 9")
    assert floor.scans(MUGS).phase is Phase.STOP
    assert floor.says("GRI", "DONE", "OK").phase is Phase.STOP
    assert floor.says("UNDO").phase is Phase.ITEM
    assert len(floor.events) == 1


def test_the_right_serial_releases_the_stop() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(KETTLE, "SN-994417")
    assert floor.scans(KETTLE, "SN-994471").phase is Phase.GRADE


def test_item_code_without_serial_asks_for_it() -> None:
    floor = Floor()
    floor.opens()
    assert floor.scans(KETTLE).phase is Phase.SERIAL
    assert floor.scans(KETTLE).notice is not None
    assert floor.reads("4006381333931").phase is Phase.SERIAL
    assert floor.scans(KETTLE, "SN-994471").phase is Phase.GRADE
    assert floor.says("GRI").phase is Phase.SAVED


def test_quantity_digits_replace_and_a_new_scan_adds() -> None:
    rma = Rma("R-9-X", "acme", "1", (RmaLine(1, "MUG-4", 200, "late"),))
    floor = Floor()
    floor.opens(rma)
    floor.scans(MUGS)
    floor.says("COUNT", "DI", "DII", "OK")
    assert floor.state.pick is not None
    assert floor.state.pick.qty == 12
    floor.scans(MUGS)
    assert floor.state.pick.qty == 13
    floor.says("COUNT", "DII", "OK")
    assert floor.state.pick.qty == 2


def test_more_than_99_asks_once() -> None:
    rma = Rma("R-9-X", "acme", "1", (RmaLine(1, "MUG-4", 200, "late"),))
    floor = Floor()
    floor.opens(rma)
    floor.scans(MUGS)
    asked = floor.says("COUNT", "DI", "DII", "DO", "OK")
    assert asked.phase is Phase.COUNT
    assert asked.notice is not None
    floor.says("OK", "GRI")
    assert floor.events[-1].body["qty"] == 120


def test_a_grade_confirms_an_open_number() -> None:
    rma = Rma("R-9-X", "acme", "1", (RmaLine(1, "MUG-4", 20, "late"),))
    floor = Floor()
    floor.opens(rma)
    floor.scans(MUGS)
    floor.says("DV", "GRI")
    assert floor.events[-1].body["qty"] == 5
    assert floor.state.job is not None
    assert floor.state.job.left(rma.lines[0]) == 15


def test_more_than_the_line_expects_is_said_and_never_cut() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(MUGS)
    after = floor.says("COUNT", "DIX", "OK")
    assert after.notice is not None
    assert after.notice.code == "over_line"
    assert after.pick is not None
    assert after.pick.qty == 1


def test_a_serial_is_one_unit() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(KETTLE, "SN-994471")
    after = floor.says("COUNT")
    assert after.notice is not None
    assert after.notice.code == "one_serial_one_unit"


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


def test_another_box_never_closes_an_open_one() -> None:
    floor = Floor()
    floor.opens()
    after = floor.opens(replace(RMA, code="R-2"))
    assert after.job is not None
    assert after.job.key == RMA.code
    assert after.notice is not None
    assert after.notice.code == "other_open"


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


def test_hazardous_goods_are_quarantined_unless_like_new() -> None:
    rma = Rma("R-9-X", "acme", "1", (RmaLine(1, "SOL-1", 2, "late", lot="B7"),))
    floor = Floor()
    floor.opens(rma)
    floor.scans(SOLVENT, lot="B7")
    floor.says("GRII")
    target = floor.events[-1].moves[1].target
    assert (target.status, target.reason, target.lot) == (Status.QUARANTINED, "inspection", "B7")


def test_kit_is_one_unit_with_its_parts_on_the_card() -> None:
    rma = Rma("R-9-X", "acme", "1", (RmaLine(1, "KIT-1", 1, "late"),))
    floor = Floor()
    floor.opens(rma)
    floor.scans(HAMPER)
    assert "1 x MUG-4" in str(floor.view().work)


def test_unknown_and_damaged_codes_say_what_was_read() -> None:
    floor = Floor()
    assert "4006381333931" in floor.view().band.hint or floor.reads("4006381333931")
    assert "4006381333931" in floor.view().band.hint
    floor.give(Unreadable("]d201", "Expected 14 digits.", "Try again."))
    assert "Expected 14 digits." in floor.view().band.hint
    floor.give(FoundLabel("L07-1-0", "L07-1-0", "A RESTOCK"))
    assert "L07-1-0" in floor.view().band.headline


def test_what_was_declared_missing_may_turn_up() -> None:
    floor = Floor()
    floor.opens()
    floor.says("GONE")
    after = floor.scans(KETTLE, "SN-994471")
    assert after.phase is Phase.GRADE
    assert after.job is not None
    assert after.job.missing == frozenset()
    assert floor.says("GRI").saved is not None
    assert floor.events[-1].body["line"] == 1


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


def test_a_serial_that_is_here_already_is_no_second_unit() -> None:
    rma = Rma("R-9-X", "acme", "1", (RmaLine(1, "K-17-ST", 2, "late", serials=("S1", "S2")),))
    floor = Floor()
    floor.opens(rma)
    floor.scans(KETTLE, "S1")
    floor.says("GRI")
    after = floor.give(FoundItem("S1", KETTLE, "S1", seen=SeenUnit("R-9-X", "L07-1-0", "10:41")))
    assert after.notice is not None
    assert after.notice.code == "serial_seen"
    assert after.phase is Phase.ITEM
    floor.says("OTHER", "GRIV")
    assert floor.events[-1].body["serial"] is None
    assert floor.events[-1].moves[1].target.location == "HOLD-1"


def test_a_unit_that_was_sold_again_may_come_back_again() -> None:
    floor = Floor()
    floor.opens()
    seen = SeenUnit("R-1-1", "L07-1-0", "09:00")
    assert floor.give(FoundItem("S", KETTLE, "SN-994471", seen=seen)).phase is Phase.GRADE


def test_two_lots_are_two_units() -> None:
    rma = Rma("R-9-X", "acme", "1", (RmaLine(1, "SOL-1", 4, "late"),))
    floor = Floor()
    floor.opens(rma)
    floor.scans(SOLVENT, lot="A")
    after = floor.scans(SOLVENT, lot="B")
    assert after.notice is not None
    assert after.notice.code == "grade_first"
    assert after.pick is not None
    assert after.pick.qty == 1


def test_the_other_code_of_a_pack_adds_its_lot_and_counts_nothing() -> None:
    rma = Rma("R-9-X", "acme", "1", (RmaLine(1, "SOL-1", 4, "late"),))
    floor = Floor()
    floor.opens(rma)
    floor.scans(SOLVENT)
    after = floor.give(FoundItem("x", SOLVENT, lot="B7", same_pack=True))
    assert after.pick is not None
    assert (after.pick.qty, after.pick.lot) == (1, "B7")


def test_a_grade_scanned_over_a_confirmed_large_number_counts() -> None:
    rma = Rma("R-9-X", "acme", "1", (RmaLine(1, "MUG-4", 200, "late"),))
    floor = Floor()
    floor.opens(rma)
    floor.scans(MUGS)
    floor.says("COUNT", "DI", "DII", "DO", "OK", "GRI")
    assert floor.events[-1].body["qty"] == 120


def test_numbers_have_an_end() -> None:
    rma = Rma("R-9-X", "acme", "1", (RmaLine(1, "MUG-4", 2_000_000, "late"),))
    floor = Floor()
    floor.opens(rma)
    floor.scans(MUGS)
    after = floor.says("COUNT", *["DIX"] * 7)
    assert after.notice is not None
    assert after.notice.code == "number_too_long"
    entered = floor.give(Entered("1000000", 1_000_000))
    assert entered.notice is not None
    assert entered.notice.code == "number_too_long"


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


def test_a_second_parcel_of_an_open_return_is_an_arrival_of_its_own() -> None:
    floor = Floor()
    floor.give(FoundReturn("T1", RMA, CATALOGUE, {}, arrived=False, parcel="T1"))
    floor.give(FoundReturn("T2", RMA, CATALOGUE, {}, arrived=False, parcel="T2"))
    assert [event.body["parcel"] for event in floor.events] == ["T1", "T2"]
    floor.scans(TOASTER)
    floor.says("GRI")
    assert floor.events[-1].body["found_on"] == "T2"


def test_an_unknown_parcel_is_remembered_by_its_blind_box() -> None:
    floor = Floor()
    floor.reads("1Z-UNKNOWN")
    floor.says("BLIND")
    floor.scans(MUGS)
    floor.says("GRII")
    assert floor.events[-1].body["found_on"] == "1Z-UNKNOWN"


def test_a_unit_whose_serial_cannot_be_read_can_be_kept() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(KETTLE)
    assert floor.says("OTHER").phase is Phase.GRADE
    floor.says("GRIV")
    assert floor.events[-1].body["wrong_item"] is True


def test_done_waits_for_an_offered_wrong_item() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(SOLVENT)
    after = floor.says("DONE")
    assert after.job is not None
    assert after.notice is not None
    assert after.notice.code == "not_on_rma"


def test_a_cancelled_return_is_said_and_still_taken() -> None:
    floor = Floor()
    after = floor.give(FoundReturn("R", RMA, CATALOGUE, {}, arrived=False, cancelled=True))
    assert after.notice is not None
    assert after.notice.code == "cancelled"
    assert after.phase is Phase.ITEM


WORDS = st.sampled_from(
    [
        *GRADE_WORDS,
        *ANSWER_WORDS,
        *DIGIT_WORDS,
        "OK",
        "UNDO",
        "DONE",
        "GONE",
        "BLIND",
        "HOLD",
        "OTHER",
        "COUNT",
        "REPRINT",
        "VENDOR",
    ]
)
SCANS = st.one_of(
    st.builds(Said, WORDS),
    st.sampled_from([FoundItem("x", item) for item in CATALOGUE.values()]),
    st.sampled_from(["SN-994471", "SN-1"]).map(lambda serial: FoundItem(serial, KETTLE, serial)),
    st.sampled_from(["SN-994471", "??", "123"]).map(lambda raw: NotFound(raw, digits=False)),
    st.just(FoundReturn("R", RMA, CATALOGUE, {}, arrived=False)),
    st.just(FoundReturn("R2", replace(RMA, code="R-2"), CATALOGUE, {}, arrived=True)),
)


@given(st.lists(SCANS, max_size=40))
def test_any_order_of_scans_keeps_the_laws(scans: list[FoundReturn | FoundItem | NotFound | Said]) -> None:
    floor = Floor()
    for scan in scans:
        before = floor.state
        floor.give(scan)
        view = floor.view()
        plain = view.band.hint.replace("**", "")
        assert len(view.band.headline) <= 45
        assert len(plain) <= 100
        assert sum(isinstance(effect, Record) for effect in floor.effects) <= 1
        if floor.state.job is not None:
            survived = from_draft(json.loads(json.dumps(to_draft(floor.state))))
            assert survived.job == floor.state.job
            assert survived.pick == floor.state.pick
        if before.job != floor.state.job and floor.state.job is not None:
            assert any(isinstance(effect, (Keep, Drop)) for effect in floor.effects)
    balances = laws.fold(move for event in floor.events for move in event.moves)
    assert laws.conservation(balances) == ()


def test_every_message_of_the_catalogue_fits_its_place() -> None:
    for code in TEXTS.codes():
        text = TEXTS.say(code, **dict.fromkeys(TEXTS.parts(code), "123456")).replace("**", "")
        if code.endswith(".headline"):
            assert len(text) <= 45, code
        if code.endswith(".hint"):
            assert len(text) <= 115, code


def test_an_idle_bench_has_no_draft() -> None:
    with pytest.raises(ValueError, match="idle"):
        to_draft(BenchState())
