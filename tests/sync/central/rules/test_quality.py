"""Cells: what rejects a row, what is only a question, and that no report runs in a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.gtin import gtin14, gtin_check_digit
from sync.central.rules import quality
from sync.central.rules.quality import Finding, RowFindings, Severity, harmless
from tests.app.domain.examples import gtins


def row() -> RowFindings:
    return RowFindings(7, "K-17")


def rules(found: RowFindings) -> list[tuple[str, str]]:
    return [(finding.rule, str(finding.severity)) for finding in found.found]


@pytest.mark.parametrize("code", ["K-17", "85123A", "a b", "x" * 80, "1E5", "A=B", "'"])
def test_a_clear_code_is_not_questioned(code: str) -> None:
    found = row()
    quality.judge_code(found, "sku", code)
    assert rules(found) == []


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("", "code.missing"),
        ("K-17 ", "code.spaces"),
        (" K-17", "code.spaces"),
        ("K\x00", "code.control"),
        ("K\n17", "code.control"),
        ("K\u200b17", "code.control"),
        ("K\udce9", "code.control"),
        ("K\u00a0", "code.control"),
        ("x" * 81, "code.long"),
        ("=cmd|'/C calc'!A1", "code.formula"),
        ("@SUM(A1)", "code.formula"),
        ("-17", "code.formula"),
        ("4.00638E+12", "code.number"),
        ("4,00638E+12", "code.number"),
    ],
)
def test_an_unclear_code_rejects_its_row(code: str, rule: str) -> None:
    found = row()
    quality.judge_code(found, "sku", code)
    assert rules(found) == [(rule, "rejected")]
    assert found.rejected


@pytest.mark.parametrize(
    ("code", "questions"),
    [
        ("K  17", ["code.spaces_inside"]),
        ("\u041a-17", ["code.letters"]),
        ("e\u0301-1", ["code.composed"]),
        ("\u00e9-1", ["code.letters"]),
        ("\u00bd-1", []),
    ],
)
def test_a_questionable_code_is_taken(code: str, questions: list[str]) -> None:
    found = row()
    quality.judge_code(found, "sku", code)
    assert [finding.rule for finding in found.found] == questions
    assert not found.rejected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kettle 1.7 l", []),
        ("", [("text.missing", "rejected")]),
        ("  ", [("text.missing", "rejected")]),
        ("a\x07", [("text.control", "rejected")]),
        ("x" * 2_001, [("text.long", "rejected")]),
        (" Kettle", [("text.spaces", "warning")]),
        ("=1+1", [("text.formula", "warning")]),
        ("-5%", [("text.formula", "warning")]),
        ("- lid", []),
        ("'; DROP TABLE item; --", []),
    ],
)
def test_names_are_kept_as_text(text: str, expected: list[tuple[str, str]]) -> None:
    found = row()
    quality.judge_text(found, "name", text, needed=True)
    assert rules(found) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", 12),
        ("0", 0),
        ("+3", 3),
        ("-1", "number.negative"),
        ("1000000001", "number.huge"),
        ("9" * 31, "number.unreadable"),
        ("1.5", "number.unreadable"),
        ("1,000", "number.unreadable"),
        ("1_000", "number.unreadable"),
        (" 1", "number.unreadable"),
        ("\u0661", "number.unreadable"),
        ("nan", "number.unreadable"),
    ],
)
def test_numbers_are_whole_and_within_bounds(text: str, expected: int | str) -> None:
    found = row()
    assert quality.whole(found, "qty", text) == (expected if isinstance(expected, int) else None)
    assert [finding.rule for finding in found.found] == ([expected] if isinstance(expected, str) else [])


def test_a_number_may_have_a_least() -> None:
    found = row()
    assert quality.whole(found, "qty", "0", least=1) is None
    assert rules(found) == [("number.small", "rejected")]


@pytest.mark.parametrize(("text", "value"), [("TRUE", True), ("no", False), ("1", True), ("maybe", None)])
def test_flags_are_yes_or_no(text: str, value: bool | None) -> None:
    found = row()
    assert quality.flag(found, "returnable", text) is value
    assert found.rejected is (value is None)


@given(gtins())
def test_every_right_gtin_but_zero_becomes_14_digits(text: str) -> None:
    found = row()
    expected = gtin14(text) if text.strip("0") else None
    assert quality.gtin(found, "gtins", text) == expected


@pytest.mark.parametrize(
    ("text", "rule", "why"),
    [
        ("4006381333932", "gtin.check_digit", "should be 1"),
        ("36000291452", "gtin.length", "it would be 036000291452"),
        ("12345", "gtin.length", "5 digits"),
        ("123456789012345", "gtin.length", "15 digits"),
        ("0000000000000", "gtin.zero", "zeros"),
        ("4.00638E+12", "gtin.number", "rounded"),
        ("40063813-33931", "gtin.unreadable", "else than digits"),
        ("\u0664006381333931", "gtin.unreadable", "else than digits"),
    ],
)
def test_a_wrong_gtin_says_what_is_wrong(text: str, rule: str, why: str) -> None:
    found = row()
    assert quality.gtin(found, "gtins", text) is None
    assert rules(found) == [(rule, "rejected")]
    assert why in found.found[0].why


@pytest.mark.parametrize("text", ["2000000000015", "0200000000011", "20000004"])
def test_a_number_that_shops_give_out_themselves_is_a_question(text: str) -> None:
    found = row()
    assert quality.gtin(found, "gtins", text[:-1] + gtin_check_digit(text[:-1])) is not None
    assert rules(found) == [("gtin.in_store", "warning")]


@pytest.mark.parametrize("text", ["A", "A=", "=2", "A=2;B", "A=x"])
def test_a_list_that_cannot_be_read_rejects_its_row(text: str) -> None:
    found = row()
    read = quality.pairs(found, "kit", text, lambda code, value: (code, int(value)) if value == "2" else None)
    assert read is None
    assert rules(found) == [("list.unreadable", "rejected")]


def test_a_list_is_read_entry_by_entry() -> None:
    assert quality.pairs(row(), "kit", " A = 2 ; B=C=2 ;", lambda *entry: entry) == [("A", "2"), ("B=C", "2")]


@given(st.text())
def test_no_cell_of_a_report_is_a_formula_or_breaks_its_line(text: str) -> None:
    finding = Finding(2, harmless(text), "name", "text.formula", Severity.WARNING, text, "why")
    found = io.StringIO(newline="")
    csv.writer(found).writerow(finding.cells())
    read = next(csv.reader(io.StringIO(found.getvalue(), newline="")))
    assert len(read) == 7
    assert not read[5].lstrip().startswith(("=", "+", "-", "@"))
    assert not set("\r\n\t") & set(read[5])


def test_what_was_read_is_shown_short_and_printable() -> None:
    found = RowFindings(2, "\udce9\x00")
    found.reject("name", "text.control", "x" * 500, "why")
    assert found.found[0].key == "\\udce9\\x00"
    assert len(found.found[0].read) == 83
    assert found.found[0].to_json()["severity"] == "rejected"
