"""One box, more than one return or order."""

from __future__ import annotations

from tests.scenarios.floor import Floor

PARCEL = "1Z999AA10123456784"


def test_two_returns_share_a_parcel_and_are_worked_one_after_the_other(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    floor.sells("o-2", {"T-2S": 1})
    mugs = floor.authorizes({"MUG-4": 1}, tracking=PARCEL)
    toaster = floor.authorizes({"T-2S": 1}, tracking=PARCEL)
    bench = floor.bench()
    bench.scans(PARCEL, "MUG-4", "GRADE_A")
    bench.scans(PARCEL, "T-2S", "GRADE_B")
    bench.sync()
    assert floor.cases() == []
    assert floor.states(mugs) == floor.states(toaster) == ["dispositioned"]
    assert floor.stock("MUG-4") == {"R-03 sellable": 1}
    assert floor.stock("T-2S") == {"F-01 refurbish": 1}


def test_an_item_of_the_other_return_is_not_counted_for_the_one_that_is_open(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    floor.sells("o-2", {"T-2S": 1})
    mugs = floor.authorizes({"MUG-4": 1}, tracking=PARCEL)
    toaster = floor.authorizes({"T-2S": 1}, tracking=PARCEL)
    bench = floor.bench()
    assert bench.scans(PARCEL, "T-2S") == "not_on_rma"
    # The hand puts it back and takes the mugs first.
    bench.scans("UNDO", "MUG-4", "GRADE_A", PARCEL, "T-2S", "GRADE_A")
    bench.sync()
    assert floor.cases() == []
    assert floor.states(mugs) == floor.states(toaster) == ["dispositioned"]


def test_one_return_takes_back_units_of_two_orders(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    floor.sells("o-2", {"MUG-4": 1})
    answer = floor.asks_to_return({"MUG-4": 2}, tracking=PARCEL)
    assert [entry["order"] for entry in answer["lines"][0]["matches"]] == ["o-2", "o-1"]
    bench = floor.bench()
    bench.scans(PARCEL, "MUG-4", "MUG-4", "GRADE_A")
    bench.sync()
    assert floor.cases() == []
    assert floor.states(answer["rma"]) == ["dispositioned"]
    assert floor.stock("MUG-4") == {"R-03 sellable": 2}
    assert floor.asks_to_return({"MUG-4": 1})["rma"] is None
