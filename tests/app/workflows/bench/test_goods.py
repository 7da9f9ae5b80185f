"""Items, serials, lots and kits at the bench."""

from __future__ import annotations

import pytest

from app.domain.account import Status
from app.domain.item import Item, Tracking
from app.domain.policy import read_policy
from app.domain.returns import Rma, RmaLine
from app.workflows.bench.holds import held
from app.workflows.bench.inputs import (
    FoundItem,
    SeenUnit,
)
from app.workflows.bench.state import Job, Phase, Pick
from app.workflows.view import AnswerWork, BandState, StopWork, WaitWork
from tests.app.workflows.bench.floor import (
    HAMPER,
    KETTLE,
    MUGS,
    POLICY,
    SOLVENT,
    Floor,
)


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


def test_a_serial_is_one_unit() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(KETTLE, "SN-994471")
    after = floor.says("COUNT")
    assert after.notice is not None
    assert after.notice.code == "one_serial_one_unit"


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
    assert "Mug set of 4" in str(floor.view().work)


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


def test_the_other_code_of_a_pack_counts_nothing() -> None:
    rma = Rma("R-9-X", "acme", "1", (RmaLine(1, "SOL-1", 4, "late"),))
    floor = Floor()
    floor.opens(rma)
    floor.scans(SOLVENT, lot="B7")
    after = floor.give(FoundItem("x", SOLVENT, lot="B7", same_pack=True))
    assert after.pick is not None
    assert (after.pick.qty, after.pick.lot) == (1, "B7")


def test_a_unit_whose_serial_cannot_be_read_waits_on_its_line() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(KETTLE)
    waiting = floor.view()
    assert isinstance(waiting.work, WaitWork)
    assert waiting.work.choices[-1].title == "No serial on it"
    assert floor.says("OTHER").phase is Phase.GRADE
    asked = floor.view().work
    assert isinstance(asked, AnswerWork)
    assert (asked.consequence, asked.rule) == ("HOLD, HOLD-1", "")
    after = floor.says("GRIV")
    body = floor.events[-1].body
    assert (body["line"], body["serial"], body["wrong_item"]) == (1, None, False)
    assert body["disposition"] == "hold_serial_unknown"
    assert floor.events[-1].moves[1].target.reason == "serial_unknown"
    assert floor.labels[-1].startswith("H07")
    assert after.job is not None
    assert after.job.done == {1: 1}


def test_done_waits_for_an_offered_wrong_item() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(SOLVENT)
    after = floor.says("DONE")
    assert after.job is not None
    assert after.notice is not None
    assert after.notice.code == "not_on_rma"


def _lots(*lots: str | None) -> Rma:
    return Rma(
        "R-9-X", "acme", "1", tuple(RmaLine(n, "SOL-1", 1, "late", lot=x) for n, x in enumerate(lots, 1))
    )


def test_item_code_without_lot_asks_for_it() -> None:
    floor = Floor()
    floor.opens(_lots("B7"))
    assert floor.scans(SOLVENT).phase is Phase.LOT
    view = floor.view()
    assert "expects **B7**" in view.band.hint
    assert isinstance(view.work, WaitWork)
    assert [choice.command for choice in view.work.choices] == ["type_code", "UNDO", "OTHER"]
    for after in (floor.scans(SOLVENT), floor.reads("4006381333931")):
        assert (after.phase, after.notice.code if after.notice else "") == (Phase.LOT, "lot_wanted_again")
    assert floor.says("GRI").notice is not None
    assert floor.scans(SOLVENT, lot="B7").phase is Phase.GRADE
    floor.says("GRI")
    assert floor.events[-1].moves[1].target.lot == "B7"


def test_the_lot_decides_which_line_it_is() -> None:
    floor = Floor()
    floor.opens(_lots("A", "B"))
    floor.scans(SOLVENT)
    floor.scans(SOLVENT, lot="B")
    floor.says("GRI")
    assert (floor.events[-1].body["line"], floor.events[-1].body["lot"]) == (2, "B")


def test_the_other_code_of_a_pack_answers_the_question_for_its_lot() -> None:
    floor = Floor()
    floor.opens(_lots(None))
    floor.scans(SOLVENT)
    assert "WRONG ITEM" in floor.view().band.hint
    after = floor.give(FoundItem("x", SOLVENT, lot="B7", same_pack=True))
    assert after.phase is Phase.GRADE
    assert after.pick is not None
    assert (after.pick.qty, after.pick.lot) == (1, "B7")


def test_a_unit_that_shows_no_lot_waits_on_its_line_and_is_not_missing() -> None:
    floor = Floor()
    floor.opens(_lots("B7"))
    floor.scans(SOLVENT)
    floor.says("OTHER", "GRI")
    body, target = floor.events[-1].body, floor.events[-1].moves[1].target
    assert (body["line"], body["lot"], body["wrong_item"]) == (1, None, False)
    assert body["disposition"] == "hold_lot_unknown"
    assert (target.location, target.status, target.reason) == ("HOLD-1", Status.QUARANTINED, "lot_unknown")
    floor.says("DONE")
    assert [event.kind for event in floor.events].count("return.finished") == 0


def test_several_that_show_no_lot_are_counted_as_far_as_their_line_goes() -> None:
    floor = Floor()
    floor.opens(Rma("R-9-X", "acme", "1", (RmaLine(1, "SOL-1", 2, "late"),)))
    floor.scans(SOLVENT)
    floor.says("OTHER")
    floor.scans(SOLVENT)
    after = floor.scans(SOLVENT)
    assert (after.pick.qty if after.pick else 0, after.notice.code if after.notice else "") == (
        2,
        "over_line",
    )


def test_a_lot_that_turns_up_on_the_packs_other_code_ends_the_hold() -> None:
    floor = Floor()
    floor.opens(_lots(None))
    floor.scans(SOLVENT)
    floor.says("OTHER")
    floor.give(FoundItem("x", SOLVENT, lot="B7", same_pack=True))
    floor.says("GRI")
    assert (floor.events[-1].body["lot"], floor.events[-1].body["disposition"]) == ("B7", "restock")


def test_in_a_blind_box_a_unit_without_lot_or_serial_waits_for_its_sale() -> None:
    for item in (SOLVENT, KETTLE):
        floor = Floor()
        floor.says("BLIND")
        floor.scans(item)
        floor.says("OTHER", "GRI")
        body = floor.events[-1].body
        assert (body["disposition"], body["wrong_item"], body["blind"]) == ("hold_blind", False, True)


@pytest.mark.parametrize("name", ["hold_lot_unknown", "hold_serial_unknown"])
def test_a_policy_without_such_a_hold_holds_the_unit_where_it_holds_wrong_items(name: str) -> None:
    lacking = read_policy(POLICY.source.replace(f"disposition.{name}", "disposition.elsewhere"), "own")
    item = SOLVENT if "lot" in name else KETTLE
    job = Job("R-9-X", _lots("B7"), {}, "R-9-X")
    decision = held(job, Pick(item, 1), lacking)
    assert decision is not None
    assert decision.outcome == lacking.outcome("hold_wrong_item")
    full = held(job, Pick(item, 1), POLICY)
    assert full is not None
    assert full.outcome.disposition == name


def test_a_lot_is_asked_for_in_a_blind_box_and_dropped_by_undo() -> None:
    floor = Floor()
    floor.says("BLIND")
    assert floor.scans(SOLVENT).phase is Phase.LOT
    after = floor.says("UNDO")
    assert (after.phase, after.pick) == (Phase.ITEM, None)


def test_serial_and_lot_are_asked_one_after_the_other() -> None:
    bank = Item("PB-1", "Power bank", tracking=Tracking.LOT_AND_SERIAL)
    floor = Floor()
    floor.says("BLIND")
    assert floor.scans(bank).phase is Phase.SERIAL
    assert floor.scans(bank, "S1").phase is Phase.LOT
    other = floor.scans(bank, "S2", "B7")
    assert (other.phase, other.notice.code if other.notice else "") == (Phase.LOT, "grade_first")
    done = floor.scans(bank, None, "B7")
    assert (done.phase, done.pick.serial if done.pick else "") == (Phase.GRADE, "S1")
