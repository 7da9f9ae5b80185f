"""What a bench takes back after the centre went on from it: the chain goes, or one account answers for it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.floor import Floor
from tests.scenarios.station_bench import StationBench
from tests.scenarios.test_outward import consign, leaves

_DISCARD = ("GRADE_D", "ANSWER_1", "PHOTO", "OK", "DISCARD")


def came(floor: Floor, sku: str, *scans: str) -> tuple[StationBench, str]:
    """One unit that was judged at a bench, and the RMA it came on."""
    floor.sells("o-1", {sku: 1})
    rma = floor.authorizes({sku: 1})
    bench = floor.bench()
    bench.scans(rma, sku, *scans)
    bench.sync()
    return bench, rma


def undoes(bench: StationBench) -> None:
    """The bench, which has not heard of the centre's doings, takes its last unit back."""
    bench.scans("UNDO")
    bench.sync()


def finished(floor: Floor) -> str:
    """The only work order is done, at no cost; its code."""
    (order,) = floor.work()
    code = str(order["work_order"])
    floor.works(code, "start")
    for step in floor.service.get(f"/work-orders/{code}")["steps"]:
        floor.works(code, "step", step=step["step"], result="done", cost_minor=0)
    floor.works(code, "finish", grade="B")
    return code


def test_a_finished_work_order_goes_with_the_unit_it_was_about(floor: Floor) -> None:
    bench, rma = came(floor, "MUG-4", "GRADE_B")
    code = finished(floor)
    assert floor.stock("MUG-4") == {"R-03 sellable": 1}
    undoes(bench)
    assert floor.stock("MUG-4") == {}
    assert floor.customer("MUG-4") == 1
    assert floor.service.get(f"/work-orders/{code}")["state"] == "cancelled"
    assert (floor.cases(), floor.states(rma)) == ([], ["received"])


def test_an_approved_write_off_goes_and_its_money_comes_back(floor: Floor) -> None:
    bench, _ = came(floor, "MUG-4", *_DISCARD)
    (asked,) = floor.write_offs()
    floor.decides(asked["write_off"], "approve")
    undoes(bench)
    assert floor.stock("MUG-4") == {}
    assert floor.cases() == []
    (gone,) = floor.write_offs("withdrawn")
    assert (gone["write_off"], gone["decision_reason"], gone["event_id"]) == (
        asked["write_off"],
        "It was taken back.",
        None,
    )


def test_regulated_goods_that_wait_for_their_disposal_go_with_their_reminder(floor: Floor) -> None:
    bench, _ = came(floor, "CR-50", "GRADE_B", "DISCARD")
    (asked,) = floor.write_offs()
    floor.decides(asked["write_off"], "approve")
    assert floor.stock("CR-50") == {"HOLD-3 quarantined awaiting_disposal": 1}
    floor.days_pass(400)
    floor.upkeep()
    floor.one_case("disposal.overdue", "supervisor")
    undoes(bench)
    assert floor.stock("CR-50") == {}
    assert floor.cases() == []


def test_a_word_and_the_write_off_that_it_asked_for_go_with_their_unit(floor: Floor) -> None:
    bench, _ = came(floor, "MUG-4", "GRADE_B")
    (label,) = bench.labels
    floor.decides_otherwise(label, "quarantine")
    floor.decides_otherwise(label, "scrap")
    (asked,) = floor.write_offs()
    floor.another_token("Bo").post(f"/write-offs/{asked['write_off']}/decision", approval(floor))
    undoes(bench)
    assert floor.stock("MUG-4") == {}
    assert floor.cases() == []
    assert [one["write_off"] for one in floor.write_offs("withdrawn")] == [asked["write_off"]]


def approval(floor: Floor) -> dict[str, Any]:
    return {"decision": "approve", "at": floor.now()}


@pytest.mark.parametrize("left", ["shipped", "disposed"])
def test_what_left_for_good_stays_and_one_case_names_the_account(floor: Floor, left: str) -> None:
    if left == "shipped":
        bench, _ = came(floor, "MUG-4", "GRADE_B")
        finished(floor)
        assert floor.ships("o-2", "MUG-4", grade="B") == "shipped"
        sku, where = "MUG-4", "R-03 sellable"
    else:
        bench, _ = came(floor, "CR-50", "GRADE_B", "DISCARD")
        floor.decides(floor.write_offs()[0]["write_off"], "approve")
        leaves(floor, consign(floor, "scrap", [{"label": bench.labels[0]}]))
        sku, where = "CR-50", "HOLD-3 quarantined awaiting_disposal"
    assert floor.stock(sku) == {}
    undoes(bench)
    assert floor.stock(sku) == {where: -1}
    case = floor.one_case("stock.negative", "planner")
    assert case["subject"] == f"label:{bench.labels[0]}"
    assert ("order.shipped (o-2)" if left == "shipped" else "consignment.departed") in case["fix"]


def test_a_write_off_of_a_consigned_unit_names_the_consignment(floor: Floor) -> None:
    bench, _ = came(floor, "MUG-4", *_DISCARD)
    code = consign(floor, "donate", [{"label": bench.labels[0]}])
    write_off = floor.write_offs()[0]["write_off"]
    no = floor.supervisor.send(f"/write-offs/{write_off}/decision", approval(floor))
    assert (no.status_code, no.json()["code"]) == (409, "consignment.held")
    assert leaves(floor, code)["carrier"] == "DHL"
    shown = floor.service.get(f"/consignments/{code}")
    assert (shown["carrier"], shown["seal"]) == ("DHL", "S-1")


def test_a_unit_that_waits_for_its_disposal_is_said_to_be_written_off(floor: Floor) -> None:
    bench, _ = came(floor, "CR-50", "GRADE_B", "DISCARD")
    floor.decides(floor.write_offs()[0]["write_off"], "approve")
    assert floor.may_not_decide(bench.labels[0], "quarantine") == "unit.written_off"
