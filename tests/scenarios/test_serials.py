"""Units that carry a serial, and another one than they should."""

from __future__ import annotations

from tests.scenarios.floor import Floor


def test_another_serial_than_the_one_sold_stops_the_bench_and_both_are_kept(floor: Floor) -> None:
    floor.sells("o-1", {"K-17": 1}, serials=["SN-994471"])
    rma = floor.authorizes({"K-17": 1}, serials=["SN-994471"])
    bench = floor.bench()
    bench.scans(rma, "K-17", "SN-994417")
    assert bench.engine.bench.state.phase == "stop"
    # Nothing but a decision ends the stop: neither a grade nor another item.
    bench.scans("GRADE_A", "MUG-4")
    assert bench.engine.bench.state.phase == "stop"
    bench.scans("WRONG_ITEM", "GRADE_A", "HOLD")
    bench.sync()
    case = floor.one_case("return.other_serial")
    assert "SN-994417" in case["fix"]
    assert "SN-994471" in case["fix"]
    assert floor.states(rma) == ["received"]
    assert floor.stock("K-17") == {"HOLD-1 quarantined wrong_item": 1}


def test_the_right_unit_ends_the_stop_by_itself(floor: Floor) -> None:
    floor.sells("o-1", {"K-17": 1}, serials=["SN-994471"])
    rma = floor.authorizes({"K-17": 1}, serials=["SN-994471"])
    bench = floor.bench()
    bench.scans(rma, "K-17", "SN-994417", "SN-994471", "GRADE_A")
    bench.sync()
    assert floor.cases() == []
    assert floor.states(rma) == ["dispositioned"]
    assert floor.stock("K-17") == {"R-03 sellable": 1}


def test_a_serial_that_came_back_already_is_not_sold_to_a_return_again(floor: Floor) -> None:
    floor.sells("o-1", {"K-17": 1}, serials=["SN-1"])
    rma = floor.authorizes({"K-17": 1}, serials=["SN-1"])
    bench = floor.bench()
    bench.scans(rma, "K-17", "SN-1", "GRADE_A")
    bench.sync()
    assert floor.asks_to_return({"K-17": 1}, serials=["SN-1"])["rma"] is None
    # The same serial on a second unit: the bench says where it saw the first.
    assert bench.scans("BLIND", "K-17", "SN-1") == "serial_seen"
    bench.scans("WRONG_ITEM", "GRADE_A", "DONE")
    bench.sync()
    floor.one_case("return.over_return")
    assert floor.stock("K-17") == {"R-03 sellable": 1, "HOLD-1 quarantined wrong_item": 1}


def test_the_same_serial_at_two_benches_offline_is_one_case_and_two_facts(floor: Floor) -> None:
    floor.sells("o-1", {"K-17": 1}, serials=["SN-1"])
    rma = floor.authorizes({"K-17": 1}, serials=["SN-1"])
    first, second = floor.bench(), floor.bench()
    first.scans(rma, "K-17", "SN-1", "GRADE_A")
    second.scans(rma, "K-17", "SN-1", "GRADE_B")
    first.sync()
    second.sync()
    kinds = sorted(case["type"] for case in floor.cases())
    # The line has too many units, and the serial stands in two places: two misfits, one case each.
    assert kinds == ["return.over_quantity", "serial.twice"]
    assert floor.stock("K-17") == {"R-03 sellable": 1, "F-01 refurbish": 1}
