"""A supervisor decides otherwise than a rule at the bench, with no centre; it follows as its own word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.bootstrap import resources
from app.domain.event import EventKind
from tests.scenarios.floor import MUGS, Floor
from tests.scenarios.station_bench import StationBench
from tests.scenarios.supervised import RUTH, badge, supervised_bench, supervised_floor, types_pin

FORGED = "01a202b2-ffff-7742-8319-8f1cd9dcc2e1"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    with supervised_floor(tmp_path) as found:
        yield found


def saved(floor: Floor, bench: StationBench, grade: str = "GRADE_A") -> str:
    """A mug came back and the rule sent it to stock, or to refurbish for a B; its label."""
    floor.sells("o-1", {"MUG-4": 1})
    rma = floor.authorizes({"MUG-4": 1})
    bench.sync()
    bench.scans(rma, "MUG-4", grade)
    return bench.labels[-1]


def decides(bench: StationBench, word: str, why: str = "ANSWER_1") -> str:
    """REJECT, badge, where to, why, PIN; the unit's new label."""
    assert bench.scans("REJECT") == ""
    assert badge(bench) == ""
    assert bench.scans(word, why) == ""
    assert types_pin(bench) == ""
    return bench.labels[-1]


@pytest.mark.parametrize("together", [True, False])
def test_the_unit_its_write_off_and_its_money_follow(floor: Floor, *, together: bool) -> None:
    bench = supervised_bench(floor)
    saved(floor, bench, "GRADE_B")
    if not together:
        bench.sync()
        assert floor.stock("MUG-4") == {"F-01 refurbish": 1}
    label = decides(bench, "DISCARD")
    bench.sync()
    assert floor.cases() == []
    assert floor.stock("MUG-4") == {"HOLD-3 quarantined awaiting_write_off": 1}
    (asked,) = floor.write_offs()
    assert (asked["label"], asked["requested_by"]) == (label, "RUTH")
    # What is due follows from how the goods came back, not from where they go.
    assert [refund["state"] for refund in floor.refunds()] == ["posted"]
    (verdict,) = floor.admin.get("/approvals")["approvals"]
    assert (verdict["verdict"], verdict["action"]) == ("valid", "override")
    assert "decided otherwise about a unit than a rule did" in floor.told(label)[-1]["sentence"]
    # UNDO at the bench takes it back by new moves, with the request.
    bench.scans("UNDO")
    bench.sync()
    assert floor.stock("MUG-4") == {"F-01 refurbish": 1}
    assert floor.write_offs() == []
    assert [entry["state"] for entry in floor.write_offs("withdrawn")] == ["withdrawn"]
    assert floor.cases() == []


def test_a_unit_sent_to_refurbish_gets_its_work_and_is_decided_about_at_the_centre_again(
    floor: Floor,
) -> None:
    bench = supervised_bench(floor)
    saved(floor, bench, "GRADE_C")
    label = decides(bench, "REFURB")
    bench.sync()
    assert [order["state"] for order in floor.work()] == ["open"]
    (came,) = floor.bodies("unit.redecided")
    answer = floor.decides_otherwise(label, "quarantine")
    assert answer["overrides"]["disposition"] == came["disposition"]
    assert floor.stock("MUG-4") == {"HOLD-2 quarantined inspection": 1}
    # Her word at the centre goes first, then the one at the bench stands again.
    floor.word_back(label)
    assert floor.stock("MUG-4") == {"F-01 refurbish": 1}


def test_a_word_of_somebody_without_the_right_is_one_case_and_the_goods_are_where_they_are(
    floor: Floor,
) -> None:
    bench = supervised_bench(floor)
    saved(floor, bench)
    floor.admin.post("/approvers/RUTH/revoke", {"reason": "badge lost"})
    decides(bench, "QUARANTINE")
    bench.sync()
    case = floor.one_case("approval.review", role="supervisor")
    assert "without the word of anybody with the right to it" in case["fix"]
    assert floor.stock("MUG-4") == {"HOLD-2 quarantined inspection": 1}
    assert RUTH.code in case["fix"]


@pytest.mark.parametrize("to", ["restock", "quarantine"])
def test_a_unit_that_the_centre_moved_meanwhile_is_moved_once(floor: Floor, to: str) -> None:
    """The bench hears of it, before REJECT or while the PIN is typed: its supervisor decides nothing."""
    bench = supervised_bench(floor)
    label = saved(floor, bench, "GRADE_B")
    bench.sync()
    bench.scans("REJECT")
    badge(bench)
    bench.scans("RESTOCK", "ANSWER_1")
    floor.decides_otherwise(label, to)
    moved = floor.stock("MUG-4")
    bench.sync()
    assert types_pin(bench) == "override.no_unit"
    assert bench.scans("REJECT") == "override.no_unit"
    assert bench.scans("DONE", label) == "own_label"
    bench.sync()
    assert floor.stock("MUG-4") == moved
    assert floor.bodies("unit.redecided")[1:] == []
    assert floor.cases() == []
    # Once her word is taken back there, it can be decided about here as before.
    floor.word_back(label)
    bench.sync()
    bench.scans(label)
    decides(bench, "RESTOCK")
    bench.sync()
    assert floor.stock("MUG-4") == {"R-03 sellable": 1}


def test_an_operators_undo_lifts_no_supervisors_quarantine(floor: Floor) -> None:
    """Not in its own box, and not while another customer's is open."""
    bench = supervised_bench(floor)
    floor.sells("o-2", {"T-2S": 1}, customer="c-2")
    other = floor.authorizes({"T-2S": 1}, order="o-2", customer="c-2")
    saved(floor, bench)
    decides(bench, "QUARANTINE", "ANSWER_5")
    assert bench.scans("UNDO") == "override.undo"
    assert bench.scans("DONE", other, "UNDO", "UNDO") == "override.undo"
    bench.sync()
    assert floor.stock("MUG-4") == {"HOLD-2 quarantined inspection": 1}
    assert floor.cases() == []


def test_a_hazard_that_is_told_while_the_pin_is_typed_shuts_the_way(floor: Floor) -> None:
    bench = supervised_bench(floor)
    saved(floor, bench, "GRADE_B")
    bench.sync()
    bench.scans("REJECT")
    badge(bench)
    assert bench.scans("VENDOR", "ANSWER_1") == ""
    mugs = {"sku": "MUG-4", "name": "Mug set of 4", "category": "kitchen", "value_minor": 1200}
    floor.admin.post("/items", {"items": [mugs | {"hazardous": True}]})
    bench.sync()
    assert types_pin(bench) == "override.refused"
    bench.sync()
    assert floor.stock("MUG-4") == {"F-01 refurbish": 1}


def test_who_rejects_a_write_off_at_the_centre_gives_nothing_away_alone_at_a_bench(floor: Floor) -> None:
    bench = supervised_bench(floor)
    gives = '[disposition.donate]\ncaption = "GIVE"\nstatus = "damaged"\nplace = "V-02"\n\n'
    policy = resources.policy_source().replace('version = "', 'version = "giving-', 1)
    policy = policy.replace("[disposition.scrap]", gives + "[disposition.scrap]", 1)
    floor.admin.post("/policies", {"source": policy})
    floor.sells("o-1", {"MUG-4": 1})
    rma = floor.authorizes({"MUG-4": 1})
    bench.sync()
    bench.scans(rma, "MUG-4", "GRADE_D", "ANSWER_1", "DISCARD", "OK", "DISCARD")
    bench.sync()
    (asked,) = floor.write_offs()
    ruth = floor.another_token("ruth-token", "RUTH")
    said = {"decision": "reject", "reason": "it is whole", "at": floor.now()}
    ruth.post(f"/write-offs/{asked['write_off']}/decision", said)
    # The bench, which has not heard of it, lets her.
    decides(bench, "DONATE")
    bench.sync()
    case = floor.one_case("approval.invalid", role="admin")
    assert "the approver did the work" in case["fix"]
    assert case["money_minor"] > 0


def test_what_a_bench_says_of_a_supervisor_who_signed_nothing_makes_nobody_else_ask(floor: Floor) -> None:
    bench = supervised_bench(floor)
    saved(floor, bench, "GRADE_B")
    decides(bench, "DISCARD")
    word = bench.newest(EventKind.UNIT_REDECIDED)
    bench.scans("UNDO")
    body = {**word.body, "decided_by": "GHOST"}
    bench.ledger.record(replace(word, event_id=FORGED, approvals=(), body=body))
    bench.sync()
    assert [asked["requested_by"] for asked in floor.write_offs()] == [word.operator]


def test_a_unit_taken_from_under_a_consignment_is_one_case(floor: Floor) -> None:
    bench = supervised_bench(floor)
    label = saved(floor, bench, "GRADE_B")
    bench.sync()
    asked = {"owner": "ACME", "site": "WH1", "route": "liquidate", "counterpart": "X", "at": floor.now()}
    made = floor.admin.post("/consignments", asked | {"units": [{"label": label}]})
    decides(bench, "QUARANTINE")
    bench.sync()
    case = floor.one_case("unit.consigned", role="supervisor")
    assert made["consignment"] in case["fix"]
    assert case["subject"] == f"label:{label}"
    assert case["money_minor"] > 0
    bench.scans("UNDO")
    bench.sync()
    assert floor.cases() == []


def test_a_route_that_was_closed_meanwhile_is_one_case(floor: Floor) -> None:
    bench = supervised_bench(floor)
    saved(floor, bench, "GRADE_B")
    bench.sync()
    floor.admin.post("/items", {"items": [MUGS | {"hazardous": True}]})
    decides(bench, "VENDOR")
    bench.sync()
    case = floor.one_case("unit.blocked", role="supervisor")
    assert "vendor_return" in case["fix"]
    assert case["money_minor"] > 0
