"""Boxes with another thing in them than was announced, or one that nobody can name."""

from __future__ import annotations

from tests.scenarios.floor import Floor


def test_another_item_than_the_authorized_one_leaves_its_line_open(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    floor.sells("o-2", {"T-2S": 1})
    rma = floor.authorizes({"MUG-4": 1})
    bench = floor.bench()
    assert bench.scans(rma, "T-2S") == "not_on_rma"
    bench.scans("WRONG_ITEM", "GRADE_A", "HOLD")
    bench.sync()
    floor.one_case("return.wrong_item")
    assert floor.states(rma) == ["received"]
    assert floor.stock("T-2S") == {"HOLD-1 quarantined wrong_item": 1}
    assert floor.stock("MUG-4") == {}


def test_an_extra_item_beside_everything_that_was_authorized(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    floor.sells("o-2", {"T-2S": 1})
    rma = floor.authorizes({"MUG-4": 1})
    bench = floor.bench()
    bench.scans(rma, "MUG-4", "GRADE_A", "T-2S", "WRONG_ITEM", "GRADE_A")
    bench.sync()
    floor.one_case("return.extra_item")
    assert floor.states(rma) == ["dispositioned"]
    assert floor.stock("T-2S") == {"HOLD-1 quarantined wrong_item": 1}
    assert floor.stock("MUG-4") == {"R-03 sellable": 1}


def test_a_thing_that_nobody_can_name_is_kept_and_the_bench_goes_on(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    bench = floor.bench()
    assert bench.scans("1Z-NOBODY", "BLIND", "9999999") == "unknown"
    bench.scans("UNKNOWN", "PHOTO", "OK", "MUG-4", "GRADE_A", "UNDO", "DONE")
    bench.sync()
    case = floor.one_case("return.unidentified")
    assert case["subject"] == f"label:{bench.labels[0]}"
    assert floor.stock("MUG-4") == {}


def test_an_unknown_thing_in_a_box_of_a_return_counts_for_no_line(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    rma = floor.authorizes({"MUG-4": 1})
    bench = floor.bench()
    bench.scans(rma, "UNKNOWN", "PHOTO", "OK", "MUG-4", "GRADE_A")
    bench.sync()
    floor.one_case("return.unidentified")
    assert floor.states(rma) == ["dispositioned"]
