"""Units that a bench discards: asked for by themselves, decided by somebody else."""

from __future__ import annotations

from tests.scenarios.floor import Floor
from tests.scenarios.station_bench import StationBench

_DISCARD = ("MUG-4", "GRADE_D", "ANSWER_1", "PHOTO", "OK", "DISCARD")
_WAITS = {"HOLD-3 quarantined awaiting_write_off": 1}


def discarded(floor: Floor) -> tuple[StationBench, str]:
    """One unit that its bench wants written off, and the RMA it came on."""
    floor.sells("o-1", {"MUG-4": 2})
    rma = floor.authorizes({"MUG-4": 2})
    bench = floor.bench()
    bench.scans(rma, *_DISCARD)
    bench.sync()
    assert floor.stock("MUG-4") == _WAITS
    return bench, rma


def test_discard_asks_for_the_write_off_and_another_person_decides(floor: Floor) -> None:
    bench, rma = discarded(floor)
    (asked,) = floor.write_offs()
    assert (asked["label"], asked["rma"], asked["qty"]) == (bench.labels[0], rma, 1)
    assert (asked["requested_by"], asked["rule"], asked["site"]) == ("ana-1", "31", "WH1")
    assert asked["reason"] == "rule 31: broken.case"
    assert (asked["value_minor"], asked["currency"]) == (1200, "GBP")
    bench.sync()
    assert len(floor.write_offs()) == 1
    floor.decides(asked["write_off"], "approve")
    assert floor.stock("MUG-4") == {}
    (done,) = floor.write_offs("approved")
    assert (done["value_minor"], done["decided_by"] != done["requested_by"]) == (1200, True)
    assert floor.cases() == []


def test_what_the_bench_takes_back_is_asked_for_no_more(floor: Floor) -> None:
    bench, _ = discarded(floor)
    bench.scans("UNDO")
    bench.sync()
    assert floor.write_offs() == []
    (gone,) = floor.write_offs("withdrawn")
    assert (gone["decided_by"], gone["decision_reason"]) == ("centre", "It was taken back.")
    code = gone["write_off"]
    no = floor.supervisor.send(f"/write-offs/{code}/decision", {"decision": "approve", "at": floor.now()})
    assert (no.status_code, no.json()["code"]) == (409, "write_off.decided")
    assert floor.stock("MUG-4") == {}


def test_a_unit_graded_again_is_asked_for_no_more_until_that_is_taken_back(floor: Floor) -> None:
    bench, rma = discarded(floor)
    bench.scans("MUG-4", "GRADE_A")
    bench.scans(bench.labels[0], "ANSWER_2", "GRADE_B")
    bench.sync()
    assert floor.write_offs() == []
    assert floor.stock("MUG-4") == {"R-03 sellable": 1, "F-01 refurbish": 1}
    bench.scans("UNDO")
    bench.sync()
    (again,) = floor.write_offs()
    assert (again["rule"], again["rma"], again["label"]) == ("31", rma, bench.labels[0])


def test_the_very_unit_is_written_off_and_no_other(floor: Floor) -> None:
    bench, rma = discarded(floor)
    bench.scans(*_DISCARD)
    bench.sync()
    first, second = floor.write_offs()
    assert [first["label"], second["label"]] == bench.labels
    floor.decides(second["write_off"], "approve")
    assert [entry["label"] for entry in floor.write_offs()] == [bench.labels[0]]
    assert floor.stock("MUG-4") == _WAITS
    assert floor.states(rma) == ["dispositioned"]


def test_a_rejected_write_off_is_somebodys_case(floor: Floor) -> None:
    bench, _ = discarded(floor)
    (asked,) = floor.write_offs()
    floor.decides(asked["write_off"], "reject")
    case = floor.one_case("write_off.rejected", "supervisor")
    assert case["subject"] == f"label:{bench.labels[0]}"
    bench.scans("MUG-4", "GRADE_A", bench.labels[0], "ANSWER_2", "GRADE_B")
    bench.sync()
    assert floor.cases() == []
    assert floor.stock("MUG-4") == {"R-03 sellable": 1, "F-01 refurbish": 1}
    (before,) = floor.write_offs("rejected")
    assert before["write_off"] == asked["write_off"]
