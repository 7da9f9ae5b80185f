"""Reading the published file: every form it comes in, every line that is none, every file that is none."""

from __future__ import annotations

import csv
import gzip
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.refusal import Refused
from app.replay.trade_file import COLUMNS, MOST_UNITS, Malformed, Row, read_trade
from tests.app.replay.lines import HEADER, SOUND, line, write
from tests.generated_trade import Fault, write_trade_csv


def only(path: Path) -> Row:
    found = read_trade(path)
    assert found.malformed == ()
    assert len(found.rows) == 1
    return found.rows[0]


def fault(tmp_path: Path, text: str) -> Malformed:
    found = read_trade(write(tmp_path / "t.csv", SOUND, text, SOUND))
    assert [row.line for row in found.rows] == [2, 4], "the lines beside it are untouched"
    assert len(found.malformed) == 1
    assert found.malformed[0].line == 3
    return found.malformed[0]


def test_a_line_is_read_as_it_stands(tmp_path: Path) -> None:
    assert only(write(tmp_path / "t.csv", SOUND)) == Row(
        line=2,
        invoice="536365",
        code="85123A",
        description="WHITE HEART",
        qty=6,
        at=datetime(2010, 12, 1, 8, 26, tzinfo=UTC),
        price=Decimal("2.55"),
        customer="17850",
    )


@pytest.mark.parametrize("when", ["2010-12-01 08:26", "2010-12-01T08:26:00", "12/1/2010 8:26"])
def test_the_forms_of_time_that_copies_of_the_file_have(tmp_path: Path, when: str) -> None:
    assert only(write(tmp_path / "t.csv", line(InvoiceDate=when))).at.minute == 26


@pytest.mark.parametrize(("text", "customer"), [("17850.0", "17850"), ("", None), (" 17850 ", "17850")])
def test_a_customer_is_a_number_or_nobody(tmp_path: Path, text: str, customer: str | None) -> None:
    assert only(write(tmp_path / "t.csv", line(CustomerID=text))).customer == customer


def test_names_keep_quotes_and_commas_and_lose_spare_spaces(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", line(Description='  TRAY,  7" RETRO '))
    assert only(path).description == 'TRAY, 7" RETRO'


def test_columns_are_found_by_name_in_any_order_and_among_others(tmp_path: Path) -> None:
    cells = dict(zip(COLUMNS, SOUND.split(","), strict=True))
    header = ",".join((*reversed(COLUMNS), "Remark"))
    path = write(tmp_path / "t.csv", ",".join((*reversed(cells.values()), "x")), header=header)
    assert only(path) == only(write(tmp_path / "u.csv", SOUND))


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.dat"])
@pytest.mark.parametrize("packed", [True, False])
def test_gzip_is_known_by_its_first_bytes_and_not_by_a_name(tmp_path: Path, name: str, packed: bool) -> None:
    data = f"{HEADER}\n{SOUND}\n".encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if packed else data)
    assert only(tmp_path / name).invoice == "536365"


def test_plain_and_packed_are_the_same_file(tmp_path: Path) -> None:
    sound = write(tmp_path / "t.csv", SOUND)
    (tmp_path / "u.gz").write_bytes(gzip.compress(sound.read_bytes()))
    assert read_trade(sound) == read_trade(tmp_path / "u.gz")
    assert read_trade(sound).digest != read_trade(write(tmp_path / "v.csv", SOUND, SOUND)).digest


def test_a_mark_at_the_start_windows_line_ends_and_empty_lines_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(f"\ufeff{HEADER}\r\n\r\n{SOUND}\r\n\r\n".encode())
    found = read_trade(tmp_path / "t.csv")
    assert [(row.line, row.customer) for row in found.rows] == [(3, "17850")]
    assert found.malformed == ()


def test_a_line_in_the_older_encoding_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(f"{HEADER}\n{line(Description='VOUCHER £20')}\n".encode("latin-1"))
    assert only(tmp_path / "t.csv").description == "VOUCHER £20"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"Quantity": "six"}, "Quantity holds 'six'"),
        ({"Quantity": ""}, "Quantity holds ''"),
        ({"Quantity": "1.5"}, "Quantity holds '1.5'"),
        ({"Quantity": "٣"}, "no whole number"),
        ({"Quantity": "1_0"}, "no whole number"),
        ({"Quantity": "0"}, "Quantity is 0"),
        ({"Quantity": str(MOST_UNITS + 1)}, "more than a bench can count"),
        ({"InvoiceDate": "2011-02-30 10:00:00"}, "no time"),
        ({"InvoiceDate": ""}, "no time"),
        ({"InvoiceDate": "0001-01-01 00:00:00"}, "no time"),
        ({"UnitPrice": "2.55 GBP"}, "UnitPrice holds '2.55 GBP'"),
        ({"UnitPrice": ""}, "no price"),
        ({"UnitPrice": "NaN"}, "no price"),
        ({"UnitPrice": "99999999999"}, "no price"),
        ({"InvoiceNo": ""}, "InvoiceNo is empty"),
        ({"StockCode": " "}, "StockCode is empty"),
        ({"StockCode": "A\x07"}, "StockCode holds"),
        ({"StockCode": "A" * 61}, "StockCode holds"),
        ({"CustomerID": "1\x1b2"}, "CustomerID holds"),
    ],
    ids=str,
)
def test_a_cell_that_means_nothing_rejects_its_line(
    tmp_path: Path, changed: dict[str, str], said: str
) -> None:
    assert said in fault(tmp_path, line(**changed)).reason


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("536365,85123A", "2 fields where 8"),
        (f"{SOUND},extra", "9 fields where 8"),
        ('536365,85123A,"NO END,6,2010-12-01 08:26:00,2.55,17850,United Kingdom', "quotes"),
        ('536365,85123A,"A"B,6,2010-12-01 08:26:00,2.55,17850,United Kingdom', "quotes"),
    ],
)
def test_a_line_of_another_shape_is_rejected_and_swallows_no_other(
    tmp_path: Path, text: str, said: str
) -> None:
    assert said in fault(tmp_path, text).reason


@pytest.mark.parametrize("whole", ["6.0", "+6", " 6 "])
def test_whole_numbers_in_other_clothes_count(tmp_path: Path, whole: str) -> None:
    assert only(write(tmp_path / "t.csv", line(Quantity=whole))).qty == 6


def test_every_planted_fault_is_found_at_its_line(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    figures = write_trade_csv(
        path, seed=3, months=1, invoices_per_month=20, malformed=[*Fault, Fault.BAD_DATE]
    )
    found = read_trade(path)
    assert [bad.line for bad in found.malformed] == sorted(figures.malformed)
    assert len(found.rows) == figures.rows


# --- months ------------------------------------------------------------------------------------------------


def dated(*days: str) -> list[str]:
    return [line(InvoiceDate=f"{day} 08:26:00") for day in days]


def test_months_count_from_the_earliest_row(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", *dated("2011-02-01", "2010-12-31", "2011-01-01"))
    assert [row.line for row in read_trade(path, 1).rows] == [3]
    assert [row.line for row in read_trade(path, 2).rows] == [3, 4]
    assert [row.line for row in read_trade(path, 3).rows] == [2, 3, 4]


def test_a_malformed_line_belongs_to_its_month_or_to_that_of_the_row_before(tmp_path: Path) -> None:
    lines = [
        "half a line before any",
        *dated("2010-12-01"),
        "half a line in December",
        line(InvoiceDate="2011-01-02 10:00:00", Quantity="six"),
        *dated("2011-01-03"),
        "half a line in January",
    ]
    path = write(tmp_path / "t.csv", *lines)
    assert [bad.line for bad in read_trade(path, 1).malformed] == [2, 4]
    assert [bad.line for bad in read_trade(path).malformed] == [2, 4, 5, 7]


@given(months=st.integers(1, 5), days=st.lists(st.integers(0, 150), min_size=1, max_size=12))
def test_more_months_never_hold_less(
    tmp_path_factory: pytest.TempPathFactory, months: int, days: list[int]
) -> None:
    stamps = [datetime.fromordinal(733_742 + day) for day in days]
    path = write(tmp_path_factory.mktemp("m") / "t.csv", *dated(*(f"{stamp:%Y-%m-%d}" for stamp in stamps)))
    some, more, whole = (set(read_trade(path, n).rows) for n in (months, months + 1, None))
    assert some <= more <= whole
    assert some


# --- files that are none ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (b"", "trade.not_csv", "is empty"),
        (
            b"PK\x03\x04\x14\x00\x06\x00\x08\x00",
            "trade.not_csv",
            "does not begin with a line of column names",
        ),
        (b"name;price\nKettle;3\n", "trade.not_csv", "none of the columns; its first line is 'name;price'"),
        (HEADER.replace("Quantity,", "").encode(), "trade.columns", "lacks the column Quantity."),
        (b"InvoiceNo,StockCode,Description,Country\n", "trade.columns", "Quantity, InvoiceDate, UnitPrice"),
        (gzip.compress(f"{HEADER}\n{SOUND}\n".encode() * 500)[:-30], "trade.broken", "breaks off after line"),
        (gzip.compress(b"no table")[:4] + b"junk" * 20, "trade.broken", "breaks off"),
    ],
)
def test_another_file_is_refused_with_what_was_read_and_wanted(
    tmp_path: Path, data: bytes, code: str, said: str
) -> None:
    (tmp_path / "t.csv").write_bytes(data)
    with pytest.raises(Refused) as no:
        read_trade(tmp_path / "t.csv")
    assert no.value.code == code
    assert said in no.value.read
    assert "InvoiceNo, StockCode" in no.value.expected
    assert no.value.do


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(Refused, match="cannot be read"):
            read_trade(path)


def test_a_header_alone_is_a_file_without_rows(tmp_path: Path) -> None:
    found = read_trade(write(tmp_path / "t.csv"), 3)
    assert (found.rows, found.malformed) == ((), ())


@given(st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=9), max_size=8))
def test_whatever_the_lines_each_ends_in_one_place(
    tmp_path_factory: pytest.TempPathFactory, lines: list[list[str]]
) -> None:
    path = tmp_path_factory.mktemp("any") / "t.csv"
    with path.open("w", encoding="utf-8", errors="surrogatepass", newline="") as file:
        file.write(f"{HEADER}\n")
        csv.writer(file).writerows(lines)
    physical = path.read_bytes().split(b"\n")[1:]
    found = read_trade(path)
    assert len(found.rows) + len(found.malformed) == sum(bool(text.strip()) for text in physical)
