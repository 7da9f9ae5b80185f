"""What is gone for good: claimed from the vendor, disposed of with its papers, and never sold on."""

from __future__ import annotations

import csv
import io
from typing import Any

from PIL import Image, ImageDraw

from app.station.setup import Shot
from tests.app.documents.pictures import codes, one_bit, pages, texts
from tests.scenarios.floor import Floor
from tests.scenarios.office import OWNER
from tests.scenarios.station_bench import StationBench

Json = dict[str, Any]


def photo_of(words: str) -> bytes:
    """A photo of damaged goods, as a bench's camera gives it."""
    picture = Image.new("RGB", (640, 480), (120, 132, 140))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((180, 90, 460, 420), fill=(190, 196, 200), outline=(60, 60, 60), width=6)
    pen.line((220, 160, 420, 330), fill=(150, 30, 30), width=9)
    pen.text((20, 20), words, fill=(255, 255, 255))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=80)
    return file.getvalue()


def camera(floor: Floor) -> Any:
    """Takes another picture each time, into the folder that the centre reads."""
    taken = iter(range(100))
    return lambda: floor.photos.keep(photo_of(f"unit {next(taken)}"), "jpg")


def damaged_kettles(floor: Floor, serials: list[str]) -> StationBench:
    """Kettles that were sold come back broken, each with a photo."""
    floor.sells("o-1", {"K-17": len(serials)}, serials=serials)
    rma = floor.authorizes({"K-17": len(serials)}, serials=serials, order="o-1")
    bench = floor.bench(camera(floor))
    bench.scans(rma)
    for serial in serials:
        bench.scans("K-17", serial, "GRADE_D", "ANSWER_2", "PHOTO", "NOTE", "ANSWER_1", "DISCARD")
    bench.sync()
    assert floor.stock("K-17") == {"HOLD-3 quarantined awaiting_write_off": len(serials)}
    return bench


def consign(floor: Floor, route: str, units: list[Json], counterpart: str = "PARTNER") -> str:
    """A drafted consignment's code."""
    asked = {
        "owner": OWNER,
        "site": "WH1",
        "route": route,
        "counterpart": counterpart,
        "units": units,
        "at": floor.now(),
    }
    return str(floor.planner.post("/consignments", asked)["consignment"])


def leaves(floor: Floor, code: str) -> Json:
    """It is packed and gone."""
    floor.planner.post(f"/consignments/{code}/pack")
    found: Json = floor.planner.post(f"/consignments/{code}/depart", {"carrier": "DHL", "seal": "S-1"})
    return found


def journal(floor: Floor, kind: str) -> dict[str, int]:
    """What the last event of that kind did to the books, by account."""
    entries = floor.finance.get("/journal", owner=OWNER, limit=500)["entries"]
    last = [entry for entry in entries if entry["kind"] == kind][-1]
    assert sum(line["minor"] for line in last["lines"]) == 0
    return {line["account"]: line["minor"] for line in last["lines"]}


def test_a_vendor_credits_two_of_three_damaged_kettles(floor: Floor) -> None:
    bench = damaged_kettles(floor, ["s1", "s2", "s3"])
    units = [{"label": bench.labels[0]}, {"serial": "s2"}, {"serial": "s3"}]
    code = consign(floor, "vendor_return", units, "KETTLES-LTD")
    # Nobody else can have them meanwhile.
    again = {"units": [{"serial": "s3"}]}
    other = consign(floor, "liquidate", [])
    no = floor.planner.send(f"/consignments/{other}/units", again)
    assert (no.status_code, no.json()["code"]) == (409, "consignment.held")
    floor.planner.post(f"/consignments/{other}/cancel")
    left = leaves(floor, code)
    assert (left["state"], left["units"], floor.stock("K-17")) == ("departed", 3, {})
    booked = journal(floor, "consignment.departed")
    assert booked == {"Assets:Inventory": -11700, "Assets:VendorClaims": 11700}
    rejected = [{"line": 3, "qty": 1, "reason": "Dropped by the customer."}]
    done = floor.finance.post(
        f"/consignments/{code}/settle",
        {"net_minor": 7500, "reference": "CN-2201", "rejected": rejected},
    )
    assert (done["state"], done["lines"][2]["rejected"]) == ("settled", 1)
    assert journal(floor, "consignment.settled") == {
        "Assets:VendorClaims": -11700,
        "Expenses:WriteOff": 3900,
        "Expenses:ClaimDifferences": 300,
        "Assets:Receivable": 7500,
    }
    timeline = floor.admin.get("/timeline", unit="s3")["events"]
    assert timeline[-1]["event_kind"] == "consignment.departed"
    assert "to a return to the vendor" in timeline[-1]["sentence"]
    assert [entry["event_kind"] for entry in floor.admin.get("/timeline", document=code)["events"]] == [
        "consignment.departed",
        "consignment.settled",
    ]


def test_the_claim_pack_shows_what_was_found_and_by_whom(floor: Floor) -> None:
    bench = damaged_kettles(floor, ["s1", "s2"])
    code = consign(floor, "vendor_return", [{"serial": "s1"}, {"serial": "s2"}], "KETTLES-LTD")
    leaves(floor, code)
    pdf = floor.service.http.get(f"/v1/consignments/{code}/claim.pdf")
    assert (pdf.status_code, pdf.headers["content-type"]) == (200, "application/pdf")
    said = "\n".join(texts(pdf.content)).replace("\r", "")
    for words in (
        "Vendor claim",
        "KETTLES-LTD",
        "serial s1",
        bench.labels[0],
        "PO-o-1",
        "order o-1",
        "D, damaged",
        "rule 31",
        "What is broken?",
        "It does not work",
        "Pack torn",
        "78.00 GBP",
        "ana-1 at Bench",
    ):
        assert words in said, words
    assert "c-1" not in said
    assert "Photo not here yet" not in said
    assert code in codes(one_bit(next(pages(pdf.content, 200))))
    assert pdf.content == floor.service.http.get(f"/v1/consignments/{code}/claim.pdf").content
    table = floor.service.http.get(f"/v1/consignments/{code}/claim.csv")
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [(row["serial"], row["cost"], row["graded_by"], row["orders"]) for row in rows] == [
        ("s1", "39.00", "ana-1", "o-1"),
        ("s2", "39.00", "ana-1", "o-1"),
    ]
    assert all(floor.photos.read(row["photos"]) for row in rows)
    wrong = floor.service.http.get(f"/v1/consignments/{code}/manifest.pdf")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "consignment.paper")


def test_a_photo_that_is_not_here_is_said_to_be_missing(floor: Floor) -> None:
    floor.sells("o-1", {"K-17": 1}, serials=["s1"])
    rma = floor.authorizes({"K-17": 1}, serials=["s1"], order="o-1")
    bench = floor.bench(lambda: Shot("ab" * 32))
    bench.scans(rma, "K-17", "s1", "GRADE_D", "ANSWER_2", "PHOTO", "DISCARD")
    bench.sync()
    code = consign(floor, "vendor_return", [{"label": bench.labels[0]}])
    said = "\n".join(texts(floor.service.http.get(f"/v1/consignments/{code}/claim.pdf").content))
    assert "DRAFT, nothing has left" in said
    assert "Photo not here yet" in said
    assert "sha256 abab" in said


def writes_off(floor: Floor, sku: str, qty: int, place: str) -> Json:
    """One asks, a supervisor approves."""
    asked = {"owner": OWNER, "sku": sku, "qty": qty, "location": place, "reason": "opened", "at": floor.now()}
    code = floor.planner.post("/write-offs", asked)["write_off"]
    found: Json = floor.supervisor.post(
        f"/write-offs/{code}/decision", {"decision": "approve", "at": floor.now()}
    )
    return found


def opened_cream(floor: Floor) -> str:
    """An opened cream is back and written off; the write-off's code."""
    floor.sells("o-1", {"CR-50": 1})
    rma = floor.authorizes({"CR-50": 1}, order="o-1")
    bench = floor.bench()
    bench.scans(rma, "CR-50", "GRADE_B", "DISCARD")
    bench.sync()
    return str(writes_off(floor, "CR-50", 1, "HOLD-3")["write_off"])


def test_opened_cream_leaves_by_a_certified_disposal_alone(floor: Floor) -> None:
    opened_cream(floor)
    assert floor.stock("CR-50") == {"HOLD-3 quarantined awaiting_disposal": 1}
    unit = {"sku": "CR-50", "qty": 1, "location": "HOLD-3"}
    for route in ("liquidate", "donate"):
        asked = {"owner": OWNER, "site": "WH1", "route": route, "counterpart": "X", "units": [unit]}
        no = floor.planner.send("/consignments", asked | {"at": floor.now()})
        assert (no.status_code, no.json()["code"]) == (422, "consignment.blocked")
        assert "nobody uses opened consumables" in no.json()["read"]
    code = consign(floor, "scrap", [unit], "CLEAN-FIRE")
    left = leaves(floor, code)
    assert left["papers"] == ["certificate", "custody"]
    assert journal(floor, "consignment.departed") == {"Assets:Inventory": -1800, "Expenses:WriteOff": 1800}
    no = floor.supervisor.send(f"/consignments/{code}/settle")
    assert (no.status_code, no.json()["code"]) == (422, "consignment.papers")
    handed = {
        "at": floor.now(),
        "given_by": "Ana K.",
        "taken_by": "R. Meyer",
        "place": "Dock 3",
        "seal": "S-1",
    }
    floor.supervisor.post(f"/consignments/{code}/handovers", handed)
    paper = {"number": "C-118", "processor": "CLEAN-FIRE", "issued_on": "2026-11-23", "weight_g": 61}
    done = floor.supervisor.post(f"/consignments/{code}/settle", {"certificate": paper, "fee_minor": 450})
    assert (done["state"], done["certificate"]["number"]) == ("settled", "C-118")
    assert journal(floor, "consignment.settled") == {
        "Expenses:DisposalFees": 450,
        "Liabilities:Payable": -450,
    }
    said = "\n".join(texts(floor.service.http.get(f"/v1/consignments/{code}/disposal.pdf").content))
    for words in ("Disposal certificate", "C-118", "61 g", "R. Meyer", "Dock 3", "food, health goods"):
        assert words in said, words


def test_regulated_goods_that_wait_too_long_open_a_case_until_they_leave(floor: Floor) -> None:
    written_off = opened_cream(floor)
    assert floor.upkeep() is False
    floor.days_pass(31)
    assert floor.upkeep() is True
    case = floor.one_case("disposal.overdue", "supervisor")
    assert (case["subject"], case["money_minor"]) == (f"document:{written_off}", 1800)
    assert floor.upkeep() is False
    code = consign(floor, "recycle", [{"sku": "CR-50", "qty": 1, "location": "HOLD-3"}])
    leaves(floor, code)
    assert floor.cases() == []
    # The truck comes back: they wait again.
    floor.planner.post(f"/consignments/{code}/reverse", {"reason": "Gate closed."})
    assert floor.stock("CR-50") == {"HOLD-3 quarantined awaiting_disposal": 1}
    assert floor.upkeep() is True
    floor.one_case("disposal.overdue", "supervisor")
    floor.planner.post(f"/consignments/{code}/depart")
    assert floor.cases() == []


def test_nobody_liquidates_hazardous_goods(floor: Floor) -> None:
    floor.sells("o-1", {"SOLV-1": 1})
    rma = floor.authorizes({"SOLV-1": 1}, order="o-1")
    bench = floor.bench()
    bench.scans(rma, "SOLV-1", "GRADE_C")
    bench.sync()
    assert floor.stock("SOLV-1") == {"HOLD-2 quarantined inspection": 1}
    code = consign(floor, "liquidate", [])
    for caller in (floor.admin, floor.planner, floor.supervisor):
        no = caller.send(f"/consignments/{code}/units", {"units": [{"label": bench.labels[0]}]})
        assert (no.status_code, no.json()["code"]) == (422, "consignment.blocked")
        assert "hazardous goods are neither sold on nor repaired here" in no.json()["read"]
    other = consign(floor, "scrap", [])
    no = floor.admin.send(f"/consignments/{other}/units", {"units": [{"label": bench.labels[0]}]})
    assert no.json()["code"] == "consignment.state_of_unit"
    assert floor.admin.get(f"/consignments/{code}")["lines"] == []


def test_a_unit_that_nobody_announced_is_claimed_with_the_sale_it_was_matched_with(floor: Floor) -> None:
    floor.sells("o-1", {"T-2S": 1})
    bench = floor.bench()
    bench.scans("BLIND", "T-2S", "GRADE_D", "ANSWER_1", "DISCARD", "DONE")
    bench.sync()
    floor.matches(bench.labels[0], order="o-1")
    # Its rule asks for somebody's own word: the unit is matched where it stands, and then written off.
    stands = next(iter(floor.stock("T-2S")))
    assert "blind_return" in stands
    no = floor.planner.send(
        f"/consignments/{consign(floor, 'vendor_return', [])}/units", {"units": [{"label": bench.labels[0]}]}
    )
    assert no.json()["code"] == "consignment.state_of_unit"
