"""A consignment is put together unit by unit: nothing in two, nothing that may not leave, nothing half."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sync.central.outward import Outward, both, open_outward, refused


@pytest.fixture(params=["sqlite", "postgresql"])
def outward(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Outward]:
    with open_outward(tmp_path, both(request)) as found:
        yield found


def test_units_are_named_by_label_by_serial_or_as_some_of_an_item_at_a_place(outward: Outward) -> None:
    outward.returned("B", "L07-1-X", qty=2)
    outward.returned("S", "L07-2-X", serial="s1")
    outward.returned("A", "L07-3-X", qty=3)
    outward.returned("A", "L07-4-X", qty=3, place="R-03")
    units: list[dict[str, Any]] = [
        {"label": "L07-1-X"},
        {"serial": "s1", "sku": "S"},
        {"sku": "A", "qty": 2, "location": "V-02"},
    ]
    code = outward.drafts("liquidate", *units)
    assert code == "G-1-8"
    document: Any = outward.adds(code, {"sku": "A", "qty": 1, "location": "R-03"})
    lines = [(line["line"], line["sku"], line["qty"], line["label"]) for line in document["lines"]]
    assert lines == [
        (1, "B", 2, "L07-1-X"),
        (2, "S", 1, "L07-2-X"),
        (3, "A", 2, "L07-3-X"),
        (4, "A", 1, "L07-4-X"),
    ]
    assert document["lines"][1]["regulated"] == "electrical and electronic waste"
    # Nothing has left: it all stands where it stood.
    assert outward.stock("A") == {"V-02 damaged": 3, "R-03 damaged": 3}


def test_a_unit_is_in_one_open_consignment_only(outward: Outward) -> None:
    outward.returned("B", "L07-1-X", qty=2)
    outward.returned("S", "L07-2-X", serial="s1")
    first = outward.drafts("liquidate", {"label": "L07-1-X"}, {"serial": "s1"})
    second = outward.drafts("vendor_return")
    for unit in ({"label": "L07-1-X"}, {"label": "L07-2-X"}, {"serial": "s1"}):
        assert refused(lambda unit=unit: outward.adds(second, unit)) == "consignment.held"
    assert refused(lambda: outward.adds(first, {"serial": "s1"})) == "consignment.held"
    pile = {"sku": "B", "qty": 1, "location": "V-02"}
    assert refused(lambda: outward.adds(second, pile)) == "consignment.too_few"
    outward.removes(first, 1)
    outward.adds(second, pile)
    outward.cancels(first)
    outward.adds(second, {"serial": "s1"})


def test_all_units_of_one_call_are_added_or_none(outward: Outward) -> None:
    outward.returned("B", "L07-1-X")
    outward.returned("H", "L07-2-X")
    code = outward.drafts("liquidate")
    units = [{"label": "L07-1-X"}, {"label": "L07-2-X"}]
    assert refused(lambda: outward.adds(code, *units)) == "consignment.blocked"
    outward.adds(code, {"label": "L07-1-X"})


@pytest.mark.parametrize(
    ("unit", "code"),
    [
        ({"label": "L07-9-X"}, "unit.unknown"),
        ({"serial": "s9"}, "unit.unknown"),
        ({"sku": "Z", "qty": 1, "location": "V-02"}, "item.unknown"),
        ({"sku": "B", "qty": 9, "location": "V-02"}, "consignment.too_few"),
        ({"sku": "B", "qty": 1}, "consignment.unit"),
        ({"sku": "B", "location": "V-02"}, "consignment.unit"),
        ({"sku": "B"}, "consignment.unit"),
        ({}, "consignment.unit"),
        ({"label": "L07-1-X", "serial": "s1"}, "consignment.unit"),
        ({"label": "L07-1-X", "qty": 1}, "consignment.unit"),
        ({"label": "L07-1-X", "sku": "A"}, "unit.unknown"),
        ({"label": "L07-5-X"}, "consignment.ambiguous"),
        ({"label": "L07-6-X"}, "consignment.other_site"),
        ({"label": "L07-7-X"}, "consignment.other_site"),
        ({"label": "L07-8-X"}, "consignment.state_of_unit"),
        ({"label": "L08-1-X"}, "consignment.state_of_unit"),
    ],
)
def test_what_cannot_be_added_is_refused_with_its_reason(
    outward: Outward, unit: dict[str, Any], code: str
) -> None:
    outward.returned("B", "L07-1-X")
    outward.returned("B", "L07-5-X")
    outward.returned("A", "L07-5-X")
    outward.returned("B", "L07-6-X", place="WH2-A")
    outward.returned("B", "L07-7-X", place="Q-99")
    outward.returned("B", "L07-8-X", state="quarantined.inspection", place="HOLD-3")
    outward.returned("B", "L08-1-X", state="sellable", place="R-03")
    draft = outward.drafts("liquidate")
    assert refused(lambda: outward.adds(draft, unit)) == code


def test_one_consignment_is_settled_in_one_currency(outward: Outward) -> None:
    outward.returned("B", "L07-1-X")
    outward.returned("E", "L07-2-X")
    code = outward.drafts("liquidate", {"label": "L07-1-X"})
    assert refused(lambda: outward.adds(code, {"label": "L07-2-X"})) == "consignment.currency"


def test_packing_looks_at_every_unit_once_more(outward: Outward) -> None:
    outward.returned("B", "L07-1-X")
    outward.returned("B", "L07-2-X")
    code = outward.drafts("liquidate")
    assert refused(lambda: outward.packs(code)) == "consignment.empty"
    outward.adds(code, {"label": "L07-1-X"}, {"label": "L07-2-X"})
    # Somebody has it counted away meanwhile: a fact, and it is not in the box any more.
    outward.shop.at_station("return.undone", [outward.away("B", "L07-2-X")])
    assert refused(lambda: outward.packs(code)) == "consignment.moved"
    outward.removes(code, 2)
    packed: Any = outward.packs(code)
    assert (packed["state"], packed["policy"]) == ("packed", "2026.11-5")
    assert refused(lambda: outward.adds(code, {"label": "L07-2-X"})) == "consignment.state"
    assert refused(lambda: outward.removes(code, 1)) == "consignment.state"
    assert refused(lambda: outward.packs(code)) == "consignment.state"


def test_heads_and_lines_that_are_none_are_refused(outward: Outward) -> None:
    code = outward.drafts("donate", consignment="LOT-1")
    assert code == "LOT-1"
    assert refused(lambda: outward.drafts("donate", consignment="LOT-1")) == "consignment.exists"
    assert refused(lambda: outward.drafts("donate", consignment="G-1-9")) == "code.check"
    assert refused(lambda: outward.drafts("donate", site="WH9")) == "site.unknown"
    assert refused(lambda: outward.removes(code, 4)) == "consignment.line.unknown"
    assert refused(lambda: outward.adds("G-9-9", {"serial": "s1"})) == "consignment.unknown"
    outward.cancels(code)
    assert refused(lambda: outward.cancels(code)) == "consignment.state"
