"""CSV rows: counted as a spreadsheet counts, matched by name, and none lost without a word."""

from __future__ import annotations

import io

import pytest

from app.domain.refusal import Refused
from sync.central.rules.quality import Finding
from sync.central.rules.sheet import Row, Sheet


def sheet(text: str, **renamed: str) -> Sheet:
    return Sheet(io.StringIO(text, newline=""), {"sku", "name", "gtins"}.__contains__, renamed)


def read(text: str, **renamed: str) -> list[tuple[int, object]]:
    rows = sheet(text, **renamed).rows()
    return [(r.number, dict(r.cells)) if isinstance(r, Row) else (r.row, r.rule) for r in rows]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_separators_line_ends_and_marks_are_told_by_themselves(sign: str, end: str, mark: str) -> None:
    text = f'{mark}SKU{sign} Name {end}A{sign}"one{sign} two"{end}{end}B{sign}{end}'
    assert read(text) == [(2, {"sku": "A", "name": f"one{sign} two"}), (4, {"sku": "B", "name": ""})]


def test_a_cell_may_hold_lines_and_quotes() -> None:
    assert read('sku,name\nA,"one\n""two"""\nB,b') == [
        (2, {"sku": "A", "name": 'one\n"two"'}),
        (3, {"sku": "B", "name": "b"}),
    ]


def test_a_row_of_another_width_is_rejected_and_the_next_one_read() -> None:
    assert read("sku,name\nA\nB,b,c\nC,c\n") == [
        (2, "row.cells"),
        (3, "row.cells"),
        (4, {"sku": "C", "name": "c"}),
    ]


def test_a_quote_that_never_ends_is_named_with_the_lines_it_swallowed() -> None:
    long = "sku,name\nA,a\n" + 'B,"b\n' + "C,c\n" * 40_000 + "D,d\n"
    rows = list(sheet(long).rows())
    bad = [row for row in rows if isinstance(row, Finding)]
    assert [finding.rule for finding in bad] == ["row.unreadable"]
    assert bad[0].why.startswith("Lines 3 to ")
    assert isinstance(rows[-1], Row)
    assert rows[-1].cells["sku"] == "D"
    assert read('sku,name\nA,"a"b\nC,c\n')[0] == (2, "row.unreadable")
    assert read('sku,name\nA,a\nB,"b')[-1] == (3, "row.unreadable")


def test_columns_may_have_other_names_and_serve_twice() -> None:
    text = "barcode,title\n123,Kettle\n"
    assert read(text, sku="barcode", gtins="barcode", name="title") == [
        (2, {"sku": "123", "gtins": "123", "name": "Kettle"})
    ]


def test_columns_that_nobody_reads_are_named() -> None:
    found = sheet("sku,colour,,name\n")
    assert list(found.columns) == ["sku", "name"]
    assert [(w.row, w.field, w.rule) for w in found.warnings()] == [(1, "colour", "column.unknown")]


@pytest.mark.parametrize(
    ("text", "renamed"),
    [
        ("", {}),
        ("colour\n", {}),
        ("sku,SKU\n", {}),
        ("sku,name\n", {"name": "title"}),
        ("sku,title\n", {"caption": "title"}),
        ('"sku\n', {}),
    ],
)
def test_a_header_that_does_not_fit_is_refused(text: str, renamed: dict[str, str]) -> None:
    with pytest.raises(Refused) as no:
        sheet(text, **renamed)
    assert no.value.code == "import.columns"
