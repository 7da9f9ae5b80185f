"""Rows of items: one document for each that stands, one finding for each thing that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from app.domain.item import Item
from sync.central.rules.item_rows import ItemRows, known_column
from sync.central.rules.judging import Judged, Known
from sync.central.rules.seen import SeenCodes
from sync.central.rules.sheet import Row

GTIN, CASE = "4006381333931", "10614141000415"
WHOLE = {"sku": "K-17", "name": "Kettle", "weight_g": "1240"} | {
    f"{side}_mm": "200" for side in ("length", "width", "height")
}
NOTHING = Known({})


def judge(
    cells: Mapping[str, str], known: Known = NOTHING, rows: ItemRows | None = None, at: int = 2
) -> Judged:
    return (rows or ItemRows(SeenCodes())).judge(Row(at, dict(cells)), known)


def rules(judged: Judged) -> list[str]:
    return [finding.rule for finding in judged.findings]


def document(judged: Judged) -> dict[str, Any]:
    assert judged.document is not None, judged.findings
    return dict(judged.document)


def test_a_full_row_becomes_an_item() -> None:
    cells = WHOLE | {
        "gtins": f"{GTIN}; 96385074",
        "unit": "piece",
        "tracking": "serial",
        "category": "kitchen",
        "value_minor": "2495",
        "currency": "EUR",
        "hazardous": "no",
        "returnable": "yes",
        "packs": f"CASE=12/{CASE};PALLET=480",
        "shelf_life_days": "900",
        "min_remaining_days": "30",
        "min_order_qty": "2",
        "safety": "5",
        "substitutes": "K-18;K-19",
        "restricted_regions": "US-AK;GB",
        "entity": "ACME",
        "attribute:colour": "red",
        "external:ERP": "4711",
    }
    judged = judge(cells)
    assert rules(judged) == []
    item = Item.from_json(document(judged))
    assert item.barcodes == (f"0{GTIN}", "00000096385074", CASE)
    assert (item.packs[0].qty, item.dimensions_mm and item.dimensions_mm.width) == (12, 200)
    assert (item.attributes, item.external_ids) == ((("colour", "red"),), (("ERP", "4711"),))
    assert (item.substitutes, item.restricted_regions) == (("K-18", "K-19"), ("US-AK", "GB"))
    assert (document(judged)["safety"], document(judged)["entity"]) == (5, "ACME")


def test_an_empty_cell_leaves_what_is_stored() -> None:
    stored = {"sku": "K-17", "name": "Old", "gtins": [f"0{GTIN}"], "attributes": {"size": "L"}, "odd": 1}
    cells = {"sku": "K-17", "name": "", "gtins": "", "attribute:colour": "red", "weight_g": "5"}
    judged = judge(cells, Known({"K-17": stored}))
    assert document(judged) == stored | {"attributes": {"size": "L", "colour": "red"}, "weight_g": 5}
    assert stored["attributes"] == {"size": "L"}


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        ({"sku": ""}, "code.missing"),
        ({"sku": "K "}, "code.spaces"),
        ({"name": ""}, "text.missing"),
        ({"gtins": "4006381333932"}, "gtin.check_digit"),
        ({"gtins": f"{GTIN};12"}, "gtin.length"),
        ({"packs": "CASE"}, "list.unreadable"),
        ({"packs": "CASE=0"}, "number.small"),
        ({"packs": "CASE=12/123"}, "gtin.length"),
        ({"kit": "A=-1"}, "number.negative"),
        ({"value_minor": "-1"}, "number.negative"),
        ({"weight_g": "9" * 12}, "number.huge"),
        ({"length_mm": "1,5"}, "number.unreadable"),
        ({"hazardous": "perhaps"}, "flag.unreadable"),
        ({"currency": "pounds"}, "currency.unreadable"),
        ({"currency": "gbp"}, "currency.unreadable"),
        ({"restricted_regions": "Alaska"}, "region.unreadable"),
        ({"substitutes": "K-17"}, "substitute.itself"),
        ({"substitutes": "A\x00"}, "code.control"),
        ({"attribute:colour": "re\x07d"}, "text.control"),
        ({"category": "a\x07"}, "text.control"),
        ({"unit": "a\x07"}, "text.control"),
    ],
)
def test_what_is_wrong_rejects_the_row(cells: dict[str, str], rule: str) -> None:
    judged = judge(WHOLE | cells)
    assert judged.document is None
    assert rule in rules(judged)


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        ({"unit": "PCS"}, "unit.spelling"),
        ({"unit": "kg"}, "unit.large"),
        ({"unit": "bunch"}, "unit.unknown"),
        ({"name": "=1+1"}, "text.formula"),
        ({"weight_g": ""}, "dimensions.missing"),
        ({"weight_g": "0"}, "dimensions.zero"),
        ({"length_mm": "0"}, "dimensions.part"),
        ({"length_mm": ""}, "dimensions.part"),
        ({"category": "rockets"}, "category.unknown"),
        ({"entity": "NOBODY"}, "owner.unknown"),
    ],
)
def test_what_is_questionable_is_taken_and_named(cells: dict[str, str], rule: str) -> None:
    known = Known({}, categories=frozenset({"default"}), entities=frozenset({"ACME"}))
    judged = judge(WHOLE | cells, known)
    assert judged.document is not None
    assert rules(judged) == [rule]


def test_units_are_written_in_one_way() -> None:
    assert document(judge(WHOLE | {"unit": "PCS"}))["unit"] == "piece"


def test_the_unit_of_an_item_that_is_here_does_not_change() -> None:
    here = Known({"K-17": {"sku": "K-17", "name": "Kettle", "unit": "piece"}})
    assert judge(WHOLE | {"unit": "gram"}, here).document is None
    assert rules(judge(WHOLE | {"unit": "pcs"}, here)) == ["unit.spelling"]


def test_one_thing_in_two_units_is_a_question() -> None:
    rows = ItemRows(SeenCodes())
    judge(WHOLE | {"sku": "A", "name": "Flour 500 g", "unit": "gram"}, rows=rows)
    same = judge(WHOLE | {"sku": "B", "name": "Flour 1 kg", "unit": "gram"}, rows=rows, at=3)
    other = judge(WHOLE | {"sku": "C", "name": "FLOUR 5kg", "unit": "piece"}, rows=rows, at=4)
    assert (rules(same), rules(other)) == ([], ["unit.inconsistent"])
    assert "Row 2" in other.findings[0].why


def test_a_gtin_stands_once_in_a_table_and_once_in_the_centre() -> None:
    rows = ItemRows(SeenCodes())
    judge(WHOLE | {"sku": "A", "gtins": GTIN}, rows=rows)
    twice = judge(WHOLE | {"sku": "B", "gtins": f"0{GTIN}"}, rows=rows, at=3)
    assert (rules(twice), twice.findings[0].why) == (["gtin.twice"], "Row 2 has the same GTIN.")
    case = judge(WHOLE | {"sku": "C", "packs": f"CASE=12/{GTIN}"}, rows=rows, at=4)
    assert rules(case) == ["gtin.twice"]
    here = Known({}, gtins={f"0{GTIN}": "Z"})
    assert rules(judge(WHOLE | {"gtins": GTIN}, here)) == ["gtin.taken"]
    assert rules(judge(WHOLE | {"sku": "Z", "gtins": GTIN}, here)) == []


def test_a_rejected_row_does_not_stand_in_the_way_of_a_right_one() -> None:
    rows = ItemRows(SeenCodes())
    assert judge(WHOLE | {"gtins": GTIN, "value_minor": "x"}, rows=rows).document is None
    assert rules(judge(WHOLE | {"gtins": GTIN}, rows=rows, at=3)) == []


def test_gtins_to_look_up_are_found_in_cells_and_packs() -> None:
    cells = {"gtins": f"{GTIN}|x", "packs": f"CASE=12/{CASE};BOX=6"}
    assert ItemRows.gtins(Row(2, cells)) == [f"0{GTIN}", CASE]


@pytest.mark.parametrize("name", ["sku", "length_mm", "attribute:size", "external:ERP 2"])
def test_known_columns(name: str) -> None:
    assert known_column(name)


@pytest.mark.parametrize("name", ["", "colour", "attribute:", "other:size"])
def test_unknown_columns(name: str) -> None:
    assert not known_column(name)
