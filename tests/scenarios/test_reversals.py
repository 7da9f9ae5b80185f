"""What was credited or put away by mistake, and is taken back."""

from __future__ import annotations

from tests.scenarios.floor import Floor


def test_a_disposition_is_taken_back_and_its_line_waits_again(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    rma = floor.authorizes({"MUG-4": 1}, order="o-1")
    bench = floor.bench()
    bench.scans(rma, "MUG-4", "GRADE_A")
    bench.sync()
    document = floor.reverses(rma, floor.last_step(rma))
    assert document["state"] == "open"
    assert floor.states(rma) == ["received"]
    # Its refund was booked and not paid yet: it is reversed with it.
    assert floor.cases() == []
    assert floor.stock("MUG-4") == {}
    assert floor.customer("MUG-4") == 1
    # Nothing of it came back, so that the sale may, once the return is given up.
    floor.ends(rma)
    assert floor.asks_to_return({"MUG-4": 1}, order="o-1")["lines"][0]["authorized"] == 1


def test_a_wrong_match_is_taken_back_and_the_unit_waits_as_before(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    floor.sells("o-2", {"MUG-4": 1})
    bench = floor.bench()
    bench.scans("BLIND", "MUG-4", "GRADE_A", "DONE")
    bench.sync()
    answer = floor.matches(bench.labels[0], order="o-1")
    floor.reverses(answer["rma"], answer["event_id"])
    assert floor.states(answer["rma"]) == ["cancelled"]
    floor.one_case("return.blind")
    assert floor.stock("MUG-4") == {"HOLD-1 quarantined blind_return": 1}
    assert [unit["label"] for unit in floor.blind()] == bench.labels
    floor.matches(bench.labels[0], order="o-2")
    assert floor.cases() == []
    assert floor.stock("MUG-4") == {"R-03 sellable": 1}
    assert floor.asks_to_return({"MUG-4": 1}, order="o-1")["lines"][0]["authorized"] == 1


def test_what_was_sold_again_is_reversed_no_more(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    rma = floor.authorizes({"MUG-4": 1}, order="o-1")
    bench = floor.bench()
    bench.scans(rma, "MUG-4", "GRADE_A")
    bench.sync()
    line = {"line": 1, "sku": "MUG-4", "qty": 1}
    head = {"order": "o-9", "owner": "ACME", "channel": "web", "at": floor.now(), "ship": "available"}
    floor.service.post("/orders", head | {"lines": [line]})
    asked = {"event_id": floor.last_step(rma), "reason": "r", "at": floor.now()}
    no = floor.planner.send(f"/returns/{rma}/reverse", asked)
    assert (no.status_code, no.json()["code"]) == (409, "reverse.moved")
    assert floor.service.send(f"/returns/{rma}/reverse", asked).status_code == 403
    assert floor.states(rma) == ["dispositioned"]
    assert floor.stock("MUG-4") == {}
