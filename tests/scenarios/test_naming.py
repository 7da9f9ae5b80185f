"""Things that nobody at the bench could name, and somebody at the centre can."""

from __future__ import annotations

from tests.scenarios.floor import Floor
from tests.scenarios.station_bench import StationBench
from tests.scenarios.test_outward import camera


def unknown(floor: Floor, *before: str) -> tuple[StationBench, str]:
    """A thing without a name, in a box of a return or of none."""
    bench = floor.bench()
    bench.scans(*before, "UNKNOWN", "PHOTO", "OK")
    bench.sync()
    floor.one_case("return.unidentified")
    return bench, bench.labels[0]


def test_a_thing_gets_its_name_and_waits_like_any_blind_unit(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    bench, label = unknown(floor, "BLIND")
    (thing,) = floor.service.get("/units/unidentified")["units"]
    assert (thing["label"], thing["site"], thing["owner"]) == (label, "WH1", "ACME")
    assert floor.stock("MUG-4") == {}
    floor.names(label, "MUG-4", grade="A")
    assert floor.service.get("/units/unidentified")["units"] == []
    floor.one_case("return.blind")
    assert floor.stock("MUG-4") == {"HOLD-1 quarantined blind_return": 1}
    assert floor.customer("MUG-4") == 0
    (unit,) = floor.blind()
    assert (unit["label"], unit["site"], unit["grade"]) == (label, "WH1", "A")
    floor.matches(label, order="o-1")
    assert floor.cases() == []
    assert floor.stock("MUG-4") == {"R-03 sellable": 1}
    assert [entry["event_kind"] for entry in floor.told(label)] == ["return.named", "return.matched"]
    # A match is a use: the name stays until that is reversed.
    no = floor.supervisor.send(f"/units/{label}/reverse", {"reason": "r", "at": floor.now()})
    assert (no.status_code, no.json()["code"]) == (409, "unit.no_word")
    del bench


def test_a_thing_from_a_return_s_box_is_on_its_line_once_it_has_its_name(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    rma = floor.authorizes({"MUG-4": 1})
    _, label = unknown(floor, rma)
    assert floor.names(label, "MUG-4", grade="B")["line"] == 1
    assert floor.cases() == []
    assert floor.states(rma) == ["dispositioned"]
    assert floor.stock("MUG-4") == {"F-01 refurbish": 1}
    assert len(floor.refunds()) == 1
    floor.word_back(label)
    floor.one_case("return.unidentified")
    assert floor.states(rma) == ["received"]
    assert floor.stock("MUG-4") == {}
    assert floor.customer("MUG-4") == 1
    # Without a grade it waits on its line for a word.
    floor.names(label, "MUG-4")
    floor.one_case("return.put_away", "supervisor")
    assert floor.states(rma) == ["dispositioned"]
    floor.decides_otherwise(label, "restock", grade="A")
    assert floor.cases() == []
    assert floor.stock("MUG-4") == {"R-03 sellable": 1}


def test_another_item_than_the_return_s_is_named_and_stands_beside_it(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    rma = floor.authorizes({"MUG-4": 1})
    _, label = unknown(floor, rma)
    answer = floor.names(label, "T-2S")
    assert (answer["rma"], answer["line"]) == (rma, None)
    floor.one_case("return.wrong_item")
    assert floor.stock("T-2S") == {"HOLD-1 quarantined wrong_item": 1}
    assert floor.states(rma) == ["received"]


def test_what_the_bench_takes_back_has_no_name(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    bench, label = unknown(floor, "BLIND")
    floor.names(label, "MUG-4", grade="A")
    floor.matches(label, order="o-1")
    bench.scans("UNDO")
    bench.sync()
    assert floor.stock("MUG-4") == {}
    assert floor.customer("MUG-4") == 1
    assert floor.service.get("/units/unidentified")["units"] == floor.blind() == []
    # Somebody was told that it came back: the match is taken back, and said so.
    floor.one_case("return.blind")


def test_of_a_tracked_item_its_serial_is_told(floor: Floor) -> None:
    floor.sells("o-1", {"K-17": 1}, serials=["SN-1"])
    rma = floor.authorizes({"K-17": 1}, serials=["SN-1"])
    _, label = unknown(floor, rma)
    for body, code in (
        ({"sku": "K-17"}, "naming.serial"),
        ({"sku": "MUG-4", "serial": "SN-1"}, "naming.serial"),
        ({"sku": "MUG-4", "lot": "L"}, "naming.lot"),
        ({"sku": "NONE"}, "naming.item"),
    ):
        no = floor.service.send(f"/units/{label}/name", body | {"at": floor.now()})
        assert (no.status_code, no.json()["code"]) == (422, code)
    assert floor.names(label, "K-17", serial="SN-1", grade="A")["line"] == 1
    assert floor.stock("K-17") == {"R-03 sellable": 1}
    no = floor.service.send(f"/units/{label}/name", {"sku": "K-17", "serial": "SN-1", "at": floor.now()})
    assert (no.status_code, no.json()["code"]) == (409, "naming.state")


def test_the_photos_of_a_thing_go_with_it_to_its_name_and_its_write_off(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    rma = floor.authorizes({"MUG-4": 1})
    bench = floor.bench(camera(floor))
    bench.scans(rma, "UNKNOWN", "PHOTO", "OK")
    bench.sync()
    (thing,) = floor.service.get("/units/unidentified")["units"]
    assert len(thing["photos"]) == 1
    (seen,) = [photo["sha256"] for photo in thing["photos"]]
    floor.names(thing["label"], "MUG-4", grade="B")
    assert [photo["sha256"] for photo in floor.told(thing["label"])[0]["photos"]] == [seen]
    floor.decides_otherwise(thing["label"], "scrap")
    assert floor.write_offs()[0]["photos"] == [seen]
