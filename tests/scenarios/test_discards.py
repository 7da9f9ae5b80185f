"""Units that a bench discards: asked for by themselves, decided by somebody else."""

from __future__ import annotations

from app.bootstrap import resources
from sync.central.rules.access import Role
from tests.centre import Caller
from tests.scenarios.floor import Floor
from tests.scenarios.office import OWNER, Json
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
    assert (asked["cost_minor"], asked["currency"]) == (1200, "GBP")
    bench.sync()
    assert len(floor.write_offs()) == 1
    floor.decides(asked["write_off"], "approve")
    assert floor.stock("MUG-4") == {}
    (done,) = floor.write_offs("approved")
    assert (done["cost_minor"], done["decided_by"] != done["requested_by"]) == (1200, True)
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


def may_not(caller: Caller, path: str, asked: Json) -> str:
    answer = caller.send(path, asked)
    assert answer.status_code == 403, answer.text
    return str(answer.json()["code"])


def test_a_second_token_is_no_second_person(floor: Floor) -> None:
    """Who discards at a bench decides about it with no token of theirs, nor names another way out."""
    bench, _ = discarded(floor)
    (asked,) = floor.write_offs()
    ana = floor.another_token("Ana at home", person=asked["requested_by"])
    decision = {"decision": "approve", "at": floor.now()}
    assert may_not(ana, f"/write-offs/{asked['write_off']}/decision", decision) == "write_off.own_request"
    word = {"disposition": "donate", "reason": "r", "at": floor.now()}
    policy = resources.policy_source().replace('version = "', 'version = "giving-', 1)
    gives = '[disposition.donate]\ncaption = "GIVE"\nstatus = "damaged"\nplace = "V-02"\n\n'
    policy = policy.replace("[disposition.scrap]", gives + "[disposition.scrap]", 1)
    floor.admin.post("/policies", {"source": policy})
    unit = f"/units/{bench.labels[0]}/disposition"
    assert may_not(ana, unit, word) == "write_off.own_request"
    # A supervisor who rejects it cannot give it away alone either; another one can.
    floor.decides(asked["write_off"], "reject")
    assert may_not(ana, unit, word) == "write_off.own_request"
    assert may_not(floor.supervisor, unit, word) == "write_off.own_rejection"
    floor.another_token("Bo").post(unit, word)
    assert floor.stock("MUG-4") == {"V-02 damaged": 1}
    assert floor.cases() == []


def test_what_somebody_wants_written_off_they_cannot_consign_alone(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    rma = floor.authorizes({"MUG-4": 1})
    bench = floor.bench()
    bench.scans(rma, "MUG-4", "GRADE_B")
    bench.sync()
    (label,) = bench.labels
    floor.decides_otherwise(label, "scrap")
    packed = {
        "owner": OWNER,
        "site": "WH1",
        "route": "donate",
        "counterpart": "GIVEN",
        "units": [{"label": label}],
        "at": floor.now(),
    }
    planner = floor.another_token("Same person", person="supervisor", role=Role.PLANNER)
    assert may_not(planner, "/consignments", packed) == "write_off.own_request"
    assert (
        may_not(
            floor.supervisor,
            f"/units/{label}/disposition",
            {"disposition": "vendor_return", "reason": "r", "at": floor.now()},
        )
        == "write_off.own_request"
    )
    floor.planner.post("/consignments", packed)
    assert floor.stock("MUG-4") == _WAITS
