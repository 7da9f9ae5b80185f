"""Parcels that customers send back: expected until they came, or until nothing more is to come."""

from __future__ import annotations

from typing import Any

from tests.scenarios.floor import Floor


def parcels(floor: Floor, rma: str) -> list[tuple[str, str]]:
    found: dict[str, Any] = floor.service.get(f"/returns/{rma}")
    return [(parcel["tracking"], parcel["state"]) for parcel in found["parcels"]]


def expected(floor: Floor) -> int:
    found = floor.admin.get("/stock/expected-returns", sku="MUG-4")["lines"]
    return sum(int(line["expected"]) for line in found)


def test_the_parcel_of_a_return_that_came_is_expected_no_more(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 2})
    rma = floor.authorizes({"MUG-4": 2}, tracking="1Z-7")
    assert (parcels(floor, rma), expected(floor)) == ([("1Z-7", "expected")], 2)
    floor.on_its_way(rma, "1Z-7")
    assert (parcels(floor, rma), expected(floor)) == ([("1Z-7", "in_transit")], 2)
    bench = floor.bench()
    bench.scans("1Z-7", "MUG-4", "GRADE_A")
    bench.sync()
    assert (parcels(floor, rma), expected(floor)) == ([("1Z-7", "arrived")], 0)
    bench.scans("MUG-4", "GRADE_A")
    bench.sync()
    assert floor.states(rma) == ["dispositioned"]
    assert (parcels(floor, rma), expected(floor)) == ([("1Z-7", "arrived")], 0)


def test_of_two_parcels_none_is_expected_once_the_return_is_closed(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 2})
    rma = floor.authorizes({"MUG-4": 2}, tracking="1Z-7")
    floor.on_its_way(rma, "1Z-8")
    bench = floor.bench()
    bench.scans("1Z-7", "MUG-4", "GRADE_A")
    bench.sync()
    assert parcels(floor, rma) == [("1Z-7", "expected"), ("1Z-8", "in_transit")]
    bench.scans("MUG-4", "GRADE_A")
    bench.sync()
    assert parcels(floor, rma) == [("1Z-7", "arrived"), ("1Z-8", "arrived")]


def test_the_parcel_of_a_return_that_was_given_up_is_not_expected(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    rma = floor.authorizes({"MUG-4": 1}, tracking="1Z-7")
    floor.ends(rma)
    assert (parcels(floor, rma), expected(floor)) == ([("1Z-7", "not_expected")], 0)
