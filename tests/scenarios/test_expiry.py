"""Returns that nobody sends, and what comes after their time is over."""

from __future__ import annotations

from tests.scenarios.floor import Floor


def test_a_return_expires_by_itself_and_its_goods_are_taken_in_all_the_same(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    floor.sells("o-2", {"T-2S": 1})
    mug = floor.authorizes({"MUG-4": 1}, order="o-1")
    toaster = floor.authorizes({"T-2S": 1}, order="o-2", tracking="1Z-7")
    floor.on_its_way(toaster, "1Z-7")
    bench = floor.bench()
    # 30 days to send it, 14 more for a parcel of the last day to arrive.
    floor.days_pass(44)
    assert not floor.upkeep()
    floor.days_pass(1)
    assert floor.upkeep()
    assert not floor.upkeep()
    # The parcel that a carrier has is still to come.
    assert (floor.states(mug), floor.states(toaster)) == (["expired"], ["in_transit"])
    assert floor.cases() == []
    (happened,) = [
        entry
        for entry in floor.admin.get("/timeline", rma=mug)["events"]
        if entry["event_kind"] == "return.ended"
    ]
    assert (happened["operator"], happened["policy_version"]) == ("centre", floor.policy_version)
    # A box that comes late is a fact like any other.
    bench.scans(mug, "MUG-4", "GRADE_A")
    bench.sync()
    floor.one_case("return.after_end")
    assert floor.stock("MUG-4") == {"R-03 sellable": 1}
    assert floor.customer("MUG-4") == 0
