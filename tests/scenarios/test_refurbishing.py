"""Units that are made fit again: step by step, back to stock, or beyond repair."""

from __future__ import annotations

from tests.scenarios.floor import Floor


def test_an_opened_kettle_is_repacked_and_sold_again(floor: Floor) -> None:
    floor.sells("o-1", {"K-17": 1}, serials=["SN-1"])
    rma = floor.authorizes({"K-17": 1}, serials=["SN-1"])
    bench = floor.bench()
    bench.scans(rma, "K-17", "SN-1", "GRADE_B", "DONE")
    bench.sync()
    (order,) = floor.work()
    assert (order["sku"], order["serial"], order["work"], order["turn_owner"]) == (
        "K-17",
        "SN-1",
        "W1",
        "bench",
    )
    assert (order["site"], order["location"], order["grade"], order["overdue"]) == ("WH1", "F-01", "B", False)
    code = order["work_order"]
    floor.works(code, "start")
    for step, minor in (("clean", 60), ("repack", 120), ("label", 70)):
        assert floor.stock("K-17") == {"F-01 refurbish": 1}
        floor.works(code, "step", step=step, result="done", minutes=5, cost_minor=minor)
    done = floor.works(code, "finish", grade="B")
    assert (done["state"], done["disposition"], done["spent_minor"]) == ("done", "restock", 250)
    assert floor.stock("K-17") == {"R-03 sellable": 1}
    assert floor.cases() == floor.work() == []
    # Never as new: whoever wants it asks for its grade.
    assert floor.ships("o-2", "K-17") == "backordered"
    assert floor.ships("o-3", "K-17", grade="B") == "shipped"
    assert floor.stock("K-17") == {}
    told = [entry["sentence"] for entry in floor.history("SN-1")]
    assert [("step clean" in one, "step repack" in one, "step label" in one) for one in told[3:6]] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]
    assert "finished the work on a unit" in told[6]


def test_a_toaster_beyond_repair_takes_its_part_with_it(floor: Floor) -> None:
    floor.sells("o-1", {"T-2S": 1})
    floor.stocks("LEVER", 3)
    rma = floor.authorizes({"T-2S": 1})
    bench = floor.bench()
    bench.scans(rma, "T-2S", "GRADE_D", "ANSWER_3", "PHOTO", "OK", "DONE")
    bench.sync()
    (order,) = floor.work()
    assert (order["work"], order["turn_owner"], order["due_at"] > order["entered_at"]) == (
        "W3",
        "workshop",
        True,
    )
    code = order["work_order"]
    part = {"sku": "LEVER", "qty": 1}
    floor.works(code, "step", result="done", minutes=20, cost_minor=600, parts=[part])
    assert floor.stock("LEVER") == {"WH1-A sellable": 3}
    floor.days_pass(3)
    floor.upkeep()
    late = floor.one_case("work.overdue", "supervisor")
    assert (late["money_minor"], late["subject"]) == (4200, f"label:{bench.labels[0]}")
    ended = floor.works(code, "step", result="failed", cost_minor=150, reason="The heating is dead.")
    assert (ended["state"], ended["disposition"], ended["spent_minor"]) == ("given_up", "scrap", 750)
    assert floor.cases() == floor.work() == []
    assert floor.stock("T-2S") == {"HOLD-3 quarantined awaiting_write_off": 1}
    assert floor.stock("LEVER") == {"WH1-A sellable": 2}
    # Another person decides about the write-off that was asked for.
    floor.writes_off(ended["write_off"])
    assert floor.stock("T-2S") == {}
