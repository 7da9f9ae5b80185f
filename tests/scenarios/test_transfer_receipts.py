"""Transfers from site to site: received at a station's dock, synced, posted once, differences asked about."""

from __future__ import annotations

from tests.scenarios.floor import Floor
from tests.scenarios.office import OWNER, SHELF

DOC = "TR-1"


def sent(floor: Floor, qty: int = 6, code: str = DOC) -> None:
    """Another site sends mugs and toasters here."""
    places = [
        {"code": "WH2", "kind": "site", "name": "WH2", "site": "WH2"},
        {"code": "WH2-A", "kind": "bin", "name": "WH2-A", "site": "WH2"},
        {"code": "WH1", "kind": "site", "name": "WH1", "site": "WH1"},
        {"code": "DOCK-1", "kind": "dock", "name": "Dock 1", "site": "WH1"},
    ]
    floor.admin.post("/locations", {"locations": places})
    lines = [{"line": n, "sku": sku, "qty": qty} for n, sku in enumerate(("MUG-4", "T-2S"), 1)]
    head = {"document": f"PO-{code}", "owner": OWNER, "location": "WH2-A", "at": floor.now()}
    floor.admin.post("/receipts", head | {"lines": lines})
    asked = {"transfer": code, "owner": OWNER, "source": "WH2", "target": "WH1", "at": floor.now()}
    floor.admin.post("/transfers", asked | {"lines": lines})
    for step in ("approve", "pick", "ship", "depart"):
        floor.admin.post(f"/transfers/{code}/{step}", {"at": floor.now()})


def line(floor: Floor, number: int, code: str = DOC) -> dict[str, int]:
    found = floor.admin.get(f"/transfers/{code}")["lines"][number - 1]
    return {
        name: found[name] for name in ("on_the_way", "received", "damaged", "short", "over") if found[name]
    }


def test_a_whole_transfer_is_received_and_posted(floor: Floor) -> None:
    sent(floor)
    bench = floor.bench()
    assert bench.scans("GO_RECEIVE", DOC, "MUG-4", "T-2S", "DONE") == ""
    bench.sync()
    assert floor.stock("MUG-4") == {"DOCK-1 sellable": 6}
    assert (line(floor, 1), line(floor, 2)) == ({"received": 6}, {"received": 6})
    assert floor.admin.get(f"/transfers/{DOC}")["state"] == "received"
    assert floor.cases() == []
    bench.sync()
    assert bench.scans(DOC) == "recv.nothing_left"


def test_short_over_and_damaged_open_their_cases(floor: Floor) -> None:
    sent(floor)
    bench = floor.bench()
    bench.scans("GO_RECEIVE", DOC, "MUG-4", "DIGIT_5", "T-2S", "QUARANTINE", "DIGIT_1", "T-2S")
    bench.scans("T-2S", "DIGIT_7", "T-2S", "DONE", "ANSWER_1", "ANSWER_5", "OK")
    bench.sync()
    assert line(floor, 1) == {"received": 5, "short": 1}
    assert line(floor, 2) == {"received": 5, "damaged": 1, "over": 2}
    assert sorted(case["type"] for case in floor.cases()) == [
        "transfer.damaged",
        "transfer.over",
        "transfer.short",
    ]
    assert floor.stock("T-2S") == {"DOCK-1 sellable": 7, "DOCK-1 damaged": 1}


def test_two_stations_that_receive_one_document_double_nothing(floor: Floor) -> None:
    sent(floor)
    first, second = floor.bench(), floor.bench()
    for bench in (first, second):
        bench.scans("GO_RECEIVE", DOC, "MUG-4", "T-2S", "DONE")
    first.sync()
    second.sync()
    assert floor.stock("MUG-4") == {"DOCK-1 sellable": 6}
    assert (line(floor, 1), line(floor, 2)) == ({"received": 6}, {"received": 6})
    case = floor.one_case("transfer.twice", "planner")
    assert case["subject"] == f"transfer:{DOC}"
    assert case["money_minor"] == 6 * 1200


def test_two_stations_that_share_a_document_meet_without_a_case(floor: Floor) -> None:
    sent(floor)
    first, second = floor.bench(), floor.bench()
    first.scans("GO_RECEIVE", DOC, "MUG-4", "DONE")
    second.scans("GO_RECEIVE", DOC, "T-2S", "DONE")
    second.sync()
    first.sync()
    assert (floor.stock("MUG-4"), floor.stock("T-2S")) == ({"DOCK-1 sellable": 6}, {"DOCK-1 sellable": 6})
    assert floor.cases() == []


def test_undo_puts_everything_on_its_way_again(floor: Floor) -> None:
    sent(floor)
    bench = floor.bench()
    bench.scans("GO_RECEIVE", DOC, "MUG-4", "DIGIT_5", "T-2S", "DONE", "ANSWER_1", "OK")
    bench.sync()
    bench.scans("UNDO")
    bench.sync()
    assert floor.stock("MUG-4") == {}
    assert (line(floor, 1), line(floor, 2)) == ({"on_the_way": 6}, {"on_the_way": 6})
    assert floor.cases() == []
    bench.scans(DOC, "MUG-4", "T-2S", "DONE")
    bench.sync()
    assert floor.stock("MUG-4") == {"DOCK-1 sellable": 6}


def test_the_one_who_received_twice_takes_it_back(floor: Floor) -> None:
    sent(floor)
    first, second = floor.bench(), floor.bench()
    for bench in (first, second):
        bench.scans("GO_RECEIVE", DOC, "MUG-4", "T-2S", "DONE")
        bench.sync()
    second.scans("UNDO")
    second.sync()
    assert floor.stock("MUG-4") == {"DOCK-1 sellable": 6}
    assert line(floor, 1) == {"received": 6}
    assert floor.cases() == []


def test_a_transfer_to_another_site_never_reaches_this_one(floor: Floor) -> None:
    sent(floor)
    lines = [{"line": 1, "sku": "MUG-4", "qty": 1}]
    asked = {"transfer": "TR-9", "owner": OWNER, "source": "WH1", "target": "WH2", "at": floor.now()}
    floor.admin.post("/transfers", asked | {"lines": lines})
    bench = floor.bench()
    assert bench.scans("GO_RECEIVE", "TR-9") == "recv.unknown_idle"
    assert SHELF


def test_what_was_received_can_be_counted_at_once_offline(floor: Floor) -> None:
    sent(floor)
    bench = floor.bench()
    bench.scans("GO_RECEIVE", DOC, "MUG-4", "DONE")
    bench.scans("GO_COUNTS", "DOCK-1", "MUG-4", "DIGIT_6", "DONE")
    assert bench.engine.counting.state.saved is not None
    bench.sync()
    assert floor.cases() == []
