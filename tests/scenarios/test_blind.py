"""Boxes that nobody announced."""

from __future__ import annotations

from tests.scenarios.floor import Floor


def test_a_blind_return_waits_in_its_holding_place(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    bench = floor.bench()
    bench.scans("1Z-NOBODY", "BLIND", "MUG-4", "GRADE_A", "DONE")
    assert floor.cases() == []
    bench.sync()
    case = floor.one_case("return.blind")
    assert case["subject"] == f"label:{bench.labels[0]}"
    assert floor.stock("MUG-4") == {"HOLD-1 quarantined blind_return": 1}
    assert floor.customer("MUG-4") == 0
