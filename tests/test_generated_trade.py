"""The generated trade file: its figures are counted again from the text, by rules and not by the plan."""

from __future__ import annotations

import csv
import gzip
import re
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.generated_trade import COLUMNS, Fault, TradeFigures, write_trade_csv
from tests.trade_papers import SERVICES, START, Kind

SIZES = ((1, 1, 20), (2, 3, 60), (3, 1, 5))


@pytest.fixture(scope="module", params=SIZES, ids=str)
def trade(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, TradeFigures]:
    seed, months, per_month = request.param
    path = tmp_path_factory.mktemp("trade") / "trade.csv"
    return path, write_trade_csv(path, seed=seed, months=months, invoices_per_month=per_month)


SIGNS = {
    Fault.MISSING_COLUMN: r",-?\d+\.\d+,[A-Z]",
    Fault.TEXT_QUANTITY: r",six,",
    Fault.BAD_DATE: r",2011-02-30 10:00:00,",
    Fault.TEXT_PRICE: r",2\.55 GBP,",
    Fault.BROKEN_QUOTES: r'^[^"]*"[^"]*$',
}
"""What tells a malformed line; one without its customer goes from the price to the country."""


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def kind(row: dict[str, str]) -> Kind:
    """The rules by which a reader would tell rows apart."""
    prefix, qty, free = row["InvoiceNo"][0], int(row["Quantity"]), float(row["UnitPrice"]) == 0
    if prefix == "A":
        return Kind.BAD_DEBT
    service = not re.match(r"\d{5}", row["StockCode"])
    if prefix == "C":
        return Kind.CREDIT_SERVICE if service else Kind.CREDIT
    if service:
        return Kind.SERVICE
    if qty < 0:
        return Kind.LOSS_NOTED if row["Description"] else Kind.LOSS_SILENT
    if free and row["CustomerID"]:
        return Kind.FREE
    if free:
        return Kind.FOUND_NOTED if row["Description"] else Kind.FOUND_SILENT
    return Kind.SALE


def test_the_file_has_the_published_shape(trade: tuple[Path, TradeFigures]) -> None:
    data = trade[0].read_bytes()
    assert data.startswith(",".join(COLUMNS).encode() + b"\n")
    assert b"\r" not in data
    for row in read(trade[0]):
        assert re.fullmatch(r"[CA]?\d{6}", row["InvoiceNo"])
        assert re.fullmatch(r"\d{5}[A-Za-z]?", row["StockCode"]) or row["StockCode"] in SERVICES
        assert re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d:00", row["InvoiceDate"])
        assert re.fullmatch(r"-?\d+\.\d+", row["UnitPrice"])
        assert re.fullmatch(r"\d{5}|", row["CustomerID"])
        assert int(row["Quantity"]) != 0
        assert row["Country"]


def test_rows_stand_in_the_order_of_time_and_number(trade: tuple[Path, TradeFigures]) -> None:
    rows = read(trade[0])
    assert rows[-1]["InvoiceDate"] < f"{START + timedelta(days=100):%Y-%m-%d}"
    assert [row["InvoiceDate"] for row in rows] == sorted(row["InvoiceDate"] for row in rows)
    numbers = [int(row["InvoiceNo"].lstrip("CA")) for row in rows]
    assert numbers == sorted(numbers)
    headers = {row["InvoiceNo"]: (row["InvoiceDate"], row["CustomerID"], row["Country"]) for row in rows}
    assert all(headers[r["InvoiceNo"]] == (r["InvoiceDate"], r["CustomerID"], r["Country"]) for r in rows)


def test_the_figures_are_those_of_the_text(trade: tuple[Path, TradeFigures]) -> None:
    path, figures = trade
    rows = read(path)
    kinds = [kind(row) for row in rows]
    assert figures.rows == len(rows)
    assert figures.kinds == Counter(kinds)
    assert figures.services == Counter(row["StockCode"] for row in rows if row["StockCode"] in SERVICES)
    sales = {row["InvoiceNo"] for row, what in zip(rows, kinds, strict=True) if what is Kind.SALE}
    assert figures.sales_invoices == len(sales)
    assert figures.credit_notes == len({row["InvoiceNo"] for row in rows if row["InvoiceNo"].startswith("C")})
    assert figures.blank_descriptions == sum(row["Description"] == "" for row in rows)
    assert figures.blank_customers == sum(row["CustomerID"] == "" for row in rows)
    assert figures.negative_prices == sum(row["UnitPrice"].startswith("-") for row in rows)
    assert figures.duplicates == len(rows) - len({tuple(row.values()) for row in rows})
    goods = {row["StockCode"] for row in rows if row["StockCode"][0].isdigit()}
    assert (figures.codes, figures.codes_in_capitals) == (len(goods), len({code.upper() for code in goods}))
    assert figures.largest_quantity == max(abs(int(row["Quantity"])) for row in rows)
    assert figures.big_rows == sum(abs(int(row["Quantity"])) >= 1_000 for row in rows)
    assert figures.malformed == {}


def test_units_and_money_are_those_of_the_text(trade: tuple[Path, TradeFigures]) -> None:
    path, figures = trade
    units: Counter[Kind] = Counter()
    pence: Counter[Kind] = Counter()
    for row in read(path):
        units[kind(row)] += int(row["Quantity"])
        pence[kind(row)] += int(int(row["Quantity"]) * Decimal(row["UnitPrice"]) * 100)
    assert (figures.sold_units, figures.credited_units) == (units[Kind.SALE], -units[Kind.CREDIT])
    assert (figures.sold_pence, figures.credited_pence) == (pence[Kind.SALE], -pence[Kind.CREDIT])
    assert figures.lost_units == -units[Kind.LOSS_NOTED] - units[Kind.LOSS_SILENT]
    assert figures.found_units == units[Kind.FOUND_NOTED] + units[Kind.FOUND_SILENT]


def test_credits_are_covered_as_far_as_the_text_says(trade: tuple[Path, TradeFigures]) -> None:
    path, figures = trade
    bought: dict[tuple[str, str], int] = {}
    covers: list[tuple[int, int]] = []
    early, begun = 0, False
    for row in read(path):
        begun = begun or kind(row) is Kind.SALE
        key, qty = (row["CustomerID"], row["StockCode"].upper()), int(row["Quantity"])
        if kind(row) is Kind.SALE and row["CustomerID"]:
            bought[key] = bought.get(key, 0) + qty
        elif kind(row) is Kind.CREDIT:
            early += not begun
            cover = min(bought.get(key, 0), -qty)
            bought[key] = bought.get(key, 0) - cover
            covers.append((cover, -qty))
    assert figures.covered_units == sum(cover for cover, _ in covers)
    assert figures.uncovered_credit_rows == sum(cover == 0 for cover, _ in covers)
    assert figures.partly_covered_credit_rows == sum(0 < cover < qty for cover, qty in covers)
    assert figures.credit_rows_before_any_sale == early >= 3


def test_every_oddity_is_there(trade: tuple[Path, TradeFigures]) -> None:
    path, figures = trade
    assert set(figures.kinds) == set(Kind)
    assert set(figures.services) == set(SERVICES)
    assert figures.codes > figures.codes_in_capitals
    assert figures.negative_prices == 2
    assert figures.duplicates >= 5
    assert figures.uncovered_credit_rows >= 5
    assert figures.partly_covered_credit_rows >= 2
    assert figures.covered_units > 74_215 == figures.largest_quantity
    assert min(figures.blank_descriptions, figures.blank_customers) > 0
    text = path.read_text(encoding="utf-8")
    assert '""' in text, "quotes within a name"
    assert ',"TRAY, ' in text, "a comma within a name"
    assert "  " in text, "two spaces within a name"
    assert "CAFÉ" in text
    assert ",0.001," in text


def test_credits_name_a_code_in_another_case_than_its_sale(tmp_path: Path) -> None:
    path = tmp_path / "trade.csv"
    write_trade_csv(path, seed=4, months=6, invoices_per_month=80)
    sold = {(row["CustomerID"], row["StockCode"]) for row in read(path) if kind(row) is Kind.SALE}
    credited = {(row["CustomerID"], row["StockCode"]) for row in read(path) if kind(row) is Kind.CREDIT}
    folded = {(customer, code.upper()) for customer, code in sold}
    assert any(pair not in sold and (pair[0], pair[1].upper()) in folded for pair in credited)


def test_a_seed_always_gives_the_same_file(tmp_path: Path) -> None:
    one, same, packed, other = (tmp_path / name for name in ("1.csv", "2.csv", "3.csv.gz", "4.csv"))
    figures = [
        write_trade_csv(path, seed=seed, months=1, invoices_per_month=30)
        for path, seed in ((one, 5), (same, 5), (packed, 5), (other, 6))
    ]
    assert one.read_bytes() == same.read_bytes() == gzip.decompress(packed.read_bytes())
    assert figures[0] == figures[1] == figures[2] != figures[3]


@pytest.mark.parametrize("faults", [(), *((fault,) for fault in Fault), (*tuple(Fault)[:4], *Fault)])
def test_malformed_lines_stand_where_the_figures_say(tmp_path: Path, faults: tuple[Fault, ...]) -> None:
    sound, broken = tmp_path / "sound.csv", tmp_path / "broken.csv"
    plain = write_trade_csv(sound, seed=8, months=1, invoices_per_month=20)
    figures = write_trade_csv(broken, seed=8, months=1, invoices_per_month=20, malformed=faults)
    assert Counter(figures.malformed.values()) == Counter(faults)
    lines = broken.read_text(encoding="utf-8").splitlines()
    kept = [line for number, line in enumerate(lines, 1) if number not in figures.malformed]
    assert kept == sound.read_text(encoding="utf-8").splitlines()
    assert figures.rows == plain.rows == len(kept) - 1
    for number, fault in figures.malformed.items():
        assert re.search(SIGNS[fault], lines[number - 1])
        assert fault is not Fault.BROKEN_QUOTES or number == len(lines)


def test_a_second_broken_quote_would_mend_the_first(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="second broken quote"):
        write_trade_csv(
            tmp_path / "t.csv", seed=8, months=1, invoices_per_month=20, malformed=[Fault.BROKEN_QUOTES] * 2
        )
