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


def test_a_return_that_names_no_serial_is_held_against_those_its_order_was_sent(floor: Floor) -> None:
    """The bench stops by itself with the centre away, and the refund stays gated."""
    floor.sells("o-1", {"K-17": 2}, serials=["SN-1", "SN-2"])
    floor.sells("o-2", {"K-17": 1}, serials=["SN-3"], customer="c-2")
    rma = floor.authorizes({"K-17": 1}, order="o-1")
    bench = floor.bench()
    assert bench.scans(rma, "K-17", "SN-3") == ""
    assert bench.engine.bench.state.phase == "stop"
    bench.scans("WRONG_ITEM", "GRADE_A", "HOLD")
    bench.sync()
    case = floor.one_case("return.other_serial")
    assert (case["subject"], case["money_minor"]) == (f"rma:{rma}", 3900)
    assert "SN-3 came back (it was sold on order o-2), SN-1 or SN-2 was sold." in case["fix"]
    assert floor.refunds() == []
    assert floor.stock("K-17") == {"HOLD-1 quarantined wrong_item": 1}


def test_what_came_by_one_return_is_awaited_by_no_other_of_its_order(floor: Floor) -> None:
    floor.sells("o-1", {"K-17": 2}, serials=["SN-1", "SN-2"])
    first = floor.authorizes({"K-17": 1}, order="o-1")
    second = floor.authorizes({"K-17": 1}, order="o-1")
    bench = floor.bench()
    bench.scans(first, "K-17", "SN-2", "GRADE_A")
    bench.sync()
    (line,) = floor.service.get(f"/returns/{second}")["lines"]
    assert line["sold_serials"] == ["SN-1"]
    other = floor.bench()
    other.scans(second, "K-17", "SN-2")
    assert other.engine.bench.state.phase == "stop"
    other.scans("SN-1", "GRADE_A")
    other.sync()
    assert floor.cases() == []
    assert (floor.states(first), floor.states(second)) == (["dispositioned"], ["dispositioned"])


def test_a_unit_that_is_kept_is_one_case_and_is_accepted_after_the_box_is_closed(floor: Floor) -> None:
    floor.sells("o-1", {"K-17": 1}, serials=["SN-1"])
    rma = floor.authorizes({"K-17": 1})
    bench = floor.bench()
    bench.scans(rma, "K-17", "SN-9", "WRONG_ITEM", "GRADE_A", "NOT_IN_BOX", "DONE")
    bench.sync()
    floor.one_case("return.other_serial")
    assert floor.states(rma) == ["missing"]
    (label,) = bench.labels
    answer = floor.decides_otherwise(label, "restock", line=1)
    assert answer["rma"] == rma
    assert floor.cases() == []
    assert floor.states(rma) == ["dispositioned"]
    assert [refund["state"] for refund in floor.refunds()] != []
    # Taken back, the unit waits for an answer again, and nothing else is asked.
    floor.word_back(label)
    floor.one_case("return.other_serial")
