"""Goods without a sale of ours, sales without goods, and units that were returned before."""

from __future__ import annotations

from tests.scenarios.floor import Floor


def test_goods_bought_elsewhere_wait_without_a_return(floor: Floor) -> None:
    bench = floor.bench()
    bench.scans("BLIND", "T-2S", "GRADE_A", "DONE")
    bench.sync()
    assert floor.asks_to_return({"T-2S": 1}, customer="c-9")["rma"] is None
    floor.one_case("return.orphan")
    assert floor.stock("T-2S") == {"HOLD-1 quarantined blind_return": 1}
    assert floor.customer("T-2S") == -1


def test_a_return_that_never_comes_moves_nothing(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    rma = floor.authorizes({"MUG-4": 1})
    floor.days_pass(60)
    assert floor.cases() == []
    assert floor.states(rma) == ["authorized"]
    assert floor.stock("MUG-4") == {}
    assert floor.customer("MUG-4") == 1


def test_a_unit_that_was_returned_once_is_not_authorized_again(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    rma = floor.authorizes({"MUG-4": 1}, order="o-1")
    bench = floor.bench()
    bench.scans(rma, "MUG-4", "GRADE_A")
    bench.sync()
    answer = floor.asks_to_return({"MUG-4": 1}, order="o-1")
    assert (answer["rma"], answer["lines"][0]["blind"]) == (None, 1)
    # It stands on the bench all the same: a fact, and nobody's sale.
    bench.scans("BLIND", "MUG-4", "GRADE_A", "DONE")
    bench.sync()
    floor.one_case("return.over_return")
    assert floor.stock("MUG-4") == {"R-03 sellable": 1, "HOLD-1 quarantined blind_return": 1}


def test_a_return_that_is_given_up_gives_its_sale_back_and_its_box_is_one_case(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    rma = floor.authorizes({"MUG-4": 1}, order="o-1", tracking="JD1")
    floor.on_its_way(rma, "JD1")
    assert floor.states(rma) == ["in_transit"]
    floor.days_pass(45)
    floor.ends(rma, "expired")
    assert floor.states(rma) == ["expired"]
    assert floor.stock("MUG-4") == {}
    again = floor.authorizes({"MUG-4": 1}, order="o-1")
    # The box comes all the same, and the bench says that its return was given up.
    bench = floor.bench()
    assert bench.scans("JD1") == "cancelled"
    bench.scans("MUG-4", "GRADE_A")
    bench.sync()
    floor.one_case("return.after_end")
    assert floor.states(again) == ["authorized"]
    assert floor.stock("MUG-4") == {"R-03 sellable": 1}
