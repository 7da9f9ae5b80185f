"""A supervisor's word on units that a rule had decided about, and on a serial that was not sold."""

from __future__ import annotations

from tests.scenarios.floor import Floor


def test_another_disposition_moves_the_unit_and_both_stay_in_sight(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    rma = floor.authorizes({"MUG-4": 1})
    bench = floor.bench()
    bench.scans(rma, "MUG-4", "GRADE_B")
    bench.sync()
    (label,) = bench.labels
    assert floor.stock("MUG-4") == {"F-01 refurbish": 1}
    answer = floor.decides_otherwise(label, "restock")
    assert (answer["rma"], answer["overrides"]["rule"], answer["place"]) == (rma, "18", "R-03")
    assert floor.stock("MUG-4") == {"R-03 sellable": 1}
    assert floor.states(rma) == ["dispositioned"]
    first, second = floor.told(label)
    assert (first["event_kind"], second["event_kind"]) == ("return.dispositioned", "unit.redecided")
    assert (second["operator"], second["policy_version"]) == ("supervisor", floor.policy_version)
    body = floor.admin.get(f"/events/{second['event_id']}")
    assert "Seen and judged." in str(body)
    # Sellable is what no word is needed for any more.
    assert floor.may_not_decide(label, "quarantine") == "unit.status"
    assert floor.planner.send(f"/units/{label}/disposition", {}).status_code == 403
    floor.word_back(label)
    assert floor.stock("MUG-4") == {"F-01 refurbish": 1}
    assert floor.cases() == []


def test_a_rejected_write_off_is_ended_by_a_word_and_a_word_asks_for_one(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    rma = floor.authorizes({"MUG-4": 1})
    bench = floor.bench()
    bench.scans(rma, "MUG-4", "GRADE_D", "ANSWER_1", "PHOTO", "OK", "DISCARD")
    bench.sync()
    (label,) = bench.labels
    floor.decides(floor.write_offs()[0]["write_off"], "reject")
    floor.decides_otherwise(label, "vendor_return")
    assert floor.cases() == []
    assert floor.write_offs() == []
    assert floor.stock("MUG-4") == {"V-02 damaged": 1}
    floor.decides_otherwise(label, "scrap")
    (asked,) = floor.write_offs()
    assert (asked["requested_by"], asked["reason"]) == ("supervisor", "Seen and judged.")
    no = floor.supervisor.send(
        f"/write-offs/{asked['write_off']}/decision", {"decision": "approve", "at": floor.now()}
    )
    assert (no.status_code, no.json()["code"]) == (403, "write_off.own_request")


def test_what_the_policy_blocks_no_word_makes_possible(floor: Floor) -> None:
    tea = {"sku": "TEA", "name": "Tea", "category": "consumables", "value_minor": 500}
    floor.admin.post("/items", {"items": [tea]})
    floor.sells("o-1", {"TEA": 1})
    rma = floor.authorizes({"TEA": 1})
    bench = floor.bench()
    bench.scans(rma, "TEA", "GRADE_B", "DISCARD")
    bench.sync()
    (label,) = bench.labels
    assert floor.stock("TEA") == {"HOLD-3 quarantined awaiting_write_off": 1}
    assert floor.may_not_decide(label, "restock") == "unit.blocked"
    assert floor.may_not_decide(label, "hold_blind") == "unit.hold"
    assert floor.may_not_decide(label, "burn") == "policy.unknown_disposition"
    assert floor.may_not_decide("L99-1-X", "restock") == "unit.unknown"
    assert floor.stock("TEA") == {"HOLD-3 quarantined awaiting_write_off": 1}


def test_a_blind_unit_is_matched_before_anybody_decides_otherwise(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    bench = floor.bench()
    bench.scans("BLIND", "MUG-4", "GRADE_D")
    bench.sync()
    (label,) = bench.labels
    assert floor.may_not_decide(label, "vendor_return") == "unit.blind"
    rma = floor.matches(label, order="o-1")["rma"]
    floor.one_case("return.put_away", "supervisor")
    assert floor.decides_otherwise(label, "vendor_return")["rma"] == rma
    assert floor.cases() == []
    assert floor.stock("MUG-4") == {"V-02 damaged": 1}
    # What the bench takes back was matched with nothing, and decided about by nobody.
    bench.scans("UNDO")
    bench.sync()
    floor.one_case("return.blind")
    assert floor.stock("MUG-4") == {}
    assert floor.states(rma) == ["cancelled"]


def test_a_serial_that_was_not_sold_is_accepted_in_the_place_of_the_one_that_was(floor: Floor) -> None:
    floor.sells("o-1", {"K-17": 1}, serials=["SN-994471"])
    rma = floor.authorizes({"K-17": 1}, serials=["SN-994471"])
    bench = floor.bench()
    bench.scans(rma, "K-17", "SN-994417", "WRONG_ITEM", "GRADE_A", "HOLD")
    bench.sync()
    floor.one_case("return.other_serial")
    (label,) = bench.labels
    assert floor.may_not_decide(label, "restock", line=2) == "line.unknown"
    answer = floor.decides_otherwise(label, "restock", line=1)
    assert (answer["rma"], answer["line"]) == (rma, 1)
    assert floor.cases() == []
    assert floor.states(rma) == ["dispositioned"]
    assert floor.stock("K-17") == {"R-03 sellable": 1}
    assert len(floor.refunds()) == 1
    accepted = str(floor.admin.get(f"/events/{answer['event_id']}"))
    assert "SN-994417" in accepted
    assert "SN-994471" in accepted
    # The one that was sold stays out of every later return.
    assert floor.asks_to_return({"K-17": 1}, serials=["SN-994471"])["rma"] is None
    floor.word_back(label)
    floor.one_case("return.other_serial")
    assert floor.states(rma) == ["received"]
    assert [entry["state"] for entry in floor.refunds()] == ["reversed"]


def test_what_a_bench_takes_back_was_accepted_by_nobody(floor: Floor) -> None:
    floor.sells("o-1", {"K-17": 1}, serials=["SN-1"])
    rma = floor.authorizes({"K-17": 1}, serials=["SN-1"])
    bench = floor.bench()
    bench.scans(rma, "K-17", "SN-2", "WRONG_ITEM", "GRADE_A")
    bench.sync()
    floor.decides_otherwise(bench.labels[0], "restock", line=1)
    bench.scans("UNDO")
    bench.sync()
    assert floor.cases() == []
    assert floor.states(rma) == ["received"]
    assert floor.stock("K-17") == {}
