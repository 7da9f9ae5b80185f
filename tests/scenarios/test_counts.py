"""Boxes with too little or too much in them, and returns that come in several boxes."""

from __future__ import annotations

from tests.scenarios.floor import Floor


def test_a_missing_unit_is_one_case_and_no_stock(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 2})
    rma = floor.authorizes({"MUG-4": 2})
    bench = floor.bench()
    bench.scans(rma, "MUG-4", "GRADE_A", "NOT_IN_BOX", "DONE")
    bench.sync()
    assert floor.one_case("return.missing")["subject"] == f"rma:{rma}"
    assert floor.states(rma) == ["missing"]
    assert floor.stock("MUG-4") == {"R-03 sellable": 1}
    assert floor.customer("MUG-4") == 1


def test_what_was_missing_and_turns_up_closes_its_own_case(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 2})
    rma = floor.authorizes({"MUG-4": 2})
    bench = floor.bench()
    bench.scans(rma, "MUG-4", "GRADE_A", "NOT_IN_BOX", "DONE")
    bench.sync()
    bench.scans(rma, "MUG-4", "GRADE_A")
    bench.sync()
    assert floor.cases() == []
    assert floor.states(rma) == ["dispositioned"]
    assert floor.stock("MUG-4") == {"R-03 sellable": 2}


def test_an_empty_box_brings_no_goods_for_its_credit(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    rma = floor.authorizes({"MUG-4": 1})
    bench = floor.bench()
    bench.scans(rma, "NOT_IN_BOX", "DONE")
    bench.sync()
    floor.one_case("return.missing")
    assert floor.states(rma) == ["missing"]
    assert floor.stock("MUG-4") == {}
    assert floor.customer("MUG-4") == 1


def test_one_unit_more_than_authorized_waits_and_counts_for_no_line(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 2})
    rma = floor.authorizes({"MUG-4": 1})
    bench = floor.bench()
    bench.scans(rma, "MUG-4", "GRADE_A")
    assert bench.scans("MUG-4") == "more_than_expected"
    bench.scans("WRONG_ITEM", "GRADE_B", "DONE")
    bench.sync()
    assert floor.one_case("return.over_quantity")["money_minor"] == 1200
    assert floor.states(rma) == ["dispositioned"]
    assert floor.stock("MUG-4") == {"R-03 sellable": 1, "HOLD-1 quarantined wrong_item": 1}


def test_an_over_unit_that_is_undone_leaves_no_case(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 2})
    rma = floor.authorizes({"MUG-4": 1})
    bench = floor.bench()
    bench.scans(rma, "MUG-4", "GRADE_A", "MUG-4", "WRONG_ITEM", "GRADE_B")
    bench.sync()
    floor.one_case("return.over_quantity")
    bench.scans("UNDO")
    bench.sync()
    assert floor.cases() == []
    assert floor.stock("MUG-4") == {"R-03 sellable": 1}


def test_an_over_unit_beside_an_open_line_is_kept_apart(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 2, "T-2S": 1})
    rma = floor.authorizes({"MUG-4": 1, "T-2S": 1})
    bench = floor.bench()
    bench.scans(rma, "MUG-4", "GRADE_A")
    assert bench.scans("MUG-4") == "more_than_expected"
    bench.scans("WRONG_ITEM", "GRADE_A", "T-2S", "GRADE_A")
    bench.sync()
    case = floor.one_case("return.over_quantity")
    assert case["subject"] == f"rma:{rma}"
    assert floor.states(rma) == ["dispositioned", "dispositioned"]
    assert floor.stock("MUG-4") == {"R-03 sellable": 1, "HOLD-1 quarantined wrong_item": 1}


def test_a_return_in_two_boxes_is_whole_after_the_second(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 3})
    rma = floor.authorizes({"MUG-4": 3})
    first, second = floor.bench(), floor.bench()
    first.scans(rma, "MUG-4", "MUG-4", "GRADE_A", "HOLD")
    first.sync()
    assert floor.states(rma) == ["on_bench"]
    second.sync()
    # This bench has no camera: the photo that the rules want is passed over.
    second.scans(rma, "MUG-4", "GRADE_D", "ANSWER_1", "PHOTO", "OK", "DISCARD")
    second.sync()
    assert floor.cases() == []
    assert floor.states(rma) == ["dispositioned"]
    assert floor.stock("MUG-4") == {"R-03 sellable": 2, "HOLD-3 quarantined awaiting_write_off": 1}


def test_two_benches_offline_receive_the_same_return_and_both_facts_stand(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    rma = floor.authorizes({"MUG-4": 1})
    first, second = floor.bench(), floor.bench()
    first.scans(rma, "MUG-4", "GRADE_A")
    second.scans(rma, "MUG-4", "GRADE_A")
    first.sync()
    second.sync()
    floor.one_case("return.over_quantity")
    assert floor.states(rma) == ["dispositioned"]
    assert floor.stock("MUG-4") == {"R-03 sellable": 2}
    assert floor.customer("MUG-4") == -1
