"""Rows of locations."""

from __future__ import annotations

import pytest

from app.domain.place import Location
from sync.central.rules.judging import Judged, Known
from sync.central.rules.location_rows import LocationRows, known_column
from sync.central.rules.seen import SeenCodes
from sync.central.rules.sheet import Row

BIN = {"code": "A-01", "kind": "bin", "name": "Shelf", "site": "WH1", "parent": "Z1"}


def judge(cells: dict[str, str], known: Known | None = None, rows: LocationRows | None = None) -> Judged:
    return (rows or LocationRows(SeenCodes())).judge(Row(2, cells), known or Known({}))


def rules(judged: Judged) -> list[str]:
    return [finding.rule for finding in judged.findings]


def test_a_row_becomes_a_location() -> None:
    judged = judge(BIN | {"external:ERP": "9"})
    assert judged.document == BIN | {"external_ids": {"ERP": "9"}}
    assert Location.from_json(judged.document).parent == "Z1"


def test_a_site_is_its_own_site() -> None:
    cells = {"code": "WH1", "kind": "site", "name": "Leeds", "labour_units_per_day": "900", "currency": "GBP"}
    assert judge(cells).document == cells | {"site": "WH1", "labour_units_per_day": 900}


def test_an_empty_cell_leaves_what_is_stored() -> None:
    stored = {**BIN, "external_ids": {"ERP": "9"}, "odd": 1}
    judged = judge({"code": "A-01", "name": "Top shelf", "external:WMS": "1"}, Known({"A-01": stored}))
    assert judged.document == stored | {"name": "Top shelf", "external_ids": {"ERP": "9", "WMS": "1"}}


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        ({"code": " A"}, "code.spaces"),
        ({"code": "@scrap"}, "code.formula"),
        ({"kind": "shelf"}, "kind.unknown"),
        ({"kind": ""}, "text.missing"),
        ({"name": ""}, "text.missing"),
        ({"site": ""}, "text.missing"),
        ({"site": "WH1 "}, "code.spaces"),
        ({"labour_units_per_day": "-1"}, "number.negative"),
        ({"parent": "a\x07"}, "text.control"),
        ({"external:ERP": "a\x07"}, "text.control"),
    ],
)
def test_what_is_wrong_rejects_the_row(cells: dict[str, str], rule: str) -> None:
    judged = judge(BIN | cells)
    assert judged.document is None
    assert rule in rules(judged)


def test_an_owner_that_nobody_knows_is_a_question() -> None:
    known = Known({}, entities=frozenset({"ACME"}))
    assert rules(judge(BIN | {"entity": "NOBODY"}, known)) == ["owner.unknown"]
    assert rules(judge(BIN | {"entity": "ACME"}, known)) == []


def test_one_place_stands_once_in_a_table() -> None:
    rows = LocationRows(SeenCodes())
    judge(BIN, rows=rows)
    assert rules(judge(BIN | {"code": "a-01"}, rows=rows)) == ["code.twice"]
    assert rules(judge(BIN | {"code": "A-O1"}, rows=rows)) == ["code.look_alike"]


def test_columns() -> None:
    assert known_column("code")
    assert known_column("external:ERP")
    assert not known_column("external:")
    assert not known_column("sku")
    assert LocationRows.gtins(Row(2, {"gtins": "1"})) == []
