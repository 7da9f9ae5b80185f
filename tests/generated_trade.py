"""A wholesaler's invoice lines as a CSV of the Online Retail shape, with all its oddities and known figures.

Columns InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country; local times
to the minute, prices as floats print, LF line ends, rows in the order of time. Every oddity is planted at
least once, whatever the size.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from random import Random

from tests.trade_papers import SERVICES, Kind, Paper, Row, Trade

COLUMNS = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)

_FIRST_INVOICE = 536_365
_BIG = 1_000


class Fault(StrEnum):
    """How a line can be malformed."""

    MISSING_COLUMN = "missing_column"
    TEXT_QUANTITY = "text_quantity"
    BAD_DATE = "bad_date"
    TEXT_PRICE = "text_price"
    BROKEN_QUOTES = "broken_quotes"


@dataclass(frozen=True, slots=True)
class TradeFigures:
    """What stands in a written file, exactly.

    Everything counts well-formed rows, exact duplicates included, but for `malformed`: line numbers (the
    header is line 1) by fault. Goods codes are counted as written and in capitals. `covered_units` are those
    credited units whose customer had bought as many of that code (in capitals) earlier in the file and had
    them not yet credited; a credit row is uncovered when none of its units are.
    """

    rows: int
    kinds: Counter[Kind]
    services: Counter[str]
    sales_invoices: int
    credit_notes: int
    blank_descriptions: int
    blank_customers: int
    negative_prices: int
    duplicates: int
    codes: int
    codes_in_capitals: int
    sold_units: int
    credited_units: int
    covered_units: int
    uncovered_credit_rows: int
    partly_covered_credit_rows: int
    credit_rows_before_any_sale: int
    lost_units: int
    found_units: int
    largest_quantity: int
    big_rows: int
    sold_pence: int
    credited_pence: int
    malformed: dict[int, Fault] = field(default_factory=dict)


def write_trade_csv(
    path: Path, *, seed: int, months: int, invoices_per_month: int, malformed: Sequence[Fault] = ()
) -> TradeFigures:
    """Writes the file (gzip when its name ends so) and says what stands in it.

    `malformed` lines are planted beside the others, one for each entry; broken quotes come last and once,
    since they swallow whatever follows.
    """
    if list(malformed).count(Fault.BROKEN_QUOTES) > 1:
        raise ValueError("a second broken quote would mend the first")
    random = Random(seed)
    papers = sorted(Trade(random, months, invoices_per_month).papers(), key=lambda paper: paper.when)
    numbered = list(enumerate(papers, _FIRST_INVOICE))
    lines = [
        [f"{paper.prefix}{number}", *_cells(paper, row)] for number, paper in numbered for row in paper.rows
    ]
    rows = [(paper, row) for paper in papers for row in paper.rows]
    texts = [_line(COLUMNS), *(_line(line) for line in lines)]
    faults = _plant(random, texts, lines, malformed)
    data = "".join(texts).encode()
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
    return replace(_figures(rows, [tuple(line) for line in lines]), malformed=faults)


def _cells(paper: Paper, row: Row) -> list[str]:
    when = f"{paper.when:%Y-%m-%d %H:%M:00}"
    price = str(row.mills / 1_000)
    return [row.code, row.description, str(row.qty), when, price, paper.customer, paper.country]


def _line(cells: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def _plant(
    random: Random, texts: list[str], lines: Sequence[Sequence[str]], malformed: Sequence[Fault]
) -> dict[int, Fault]:
    ordered = sorted(malformed, key=lambda fault: fault is Fault.BROKEN_QUOTES)
    places: list[int] = []
    for fault in ordered:
        cells = list(random.choice(lines))
        if fault is Fault.MISSING_COLUMN:
            del cells[6]
        if fault is Fault.TEXT_QUANTITY:
            cells[3] = "six"
        if fault is Fault.BAD_DATE:
            cells[4] = "2011-02-30 10:00:00"
        if fault is Fault.TEXT_PRICE:
            cells[5] = "2.55 GBP"
        text, place = _line(cells), random.randrange(1, len(texts))
        if fault is Fault.BROKEN_QUOTES:
            text, place = f'{cells[0]},{cells[1]},"NO END,{",".join(cells[3:])}\n', len(texts)
        texts.insert(place, text)
        places = [other + (other >= place) for other in places] + [place]
    return {place + 1: fault for place, fault in zip(places, ordered, strict=True)}


def _figures(rows: Sequence[tuple[Paper, Row]], lines: Sequence[tuple[str, ...]]) -> TradeFigures:
    goods = [(paper, row) for paper, row in rows if row.code not in SERVICES]
    sold = [row for _, row in goods if row.kind is Kind.SALE]
    credited = [row for _, row in goods if row.kind is Kind.CREDIT]
    covered, uncovered, partly = _coverage(goods)
    first = next(number for number, (_, row) in enumerate(rows) if row.kind is Kind.SALE)
    papers = {id(paper): paper for paper, _ in rows}.values()
    return TradeFigures(
        rows=len(rows),
        kinds=Counter(row.kind for _, row in rows),
        services=Counter(row.code for _, row in rows if row.code in SERVICES),
        sales_invoices=sum(any(row.kind is Kind.SALE for row in paper.rows) for paper in papers),
        credit_notes=sum(paper.prefix == "C" for paper in papers),
        blank_descriptions=sum(not row.description for _, row in rows),
        blank_customers=sum(not paper.customer for paper, _ in rows),
        negative_prices=sum(row.mills < 0 for _, row in rows),
        duplicates=len(lines) - len(set(lines)),
        codes=len({row.code for _, row in goods}),
        codes_in_capitals=len({row.code.upper() for _, row in goods}),
        sold_units=sum(row.qty for row in sold),
        credited_units=-sum(row.qty for row in credited),
        covered_units=covered,
        uncovered_credit_rows=uncovered,
        partly_covered_credit_rows=partly,
        credit_rows_before_any_sale=sum(row.kind is Kind.CREDIT for _, row in rows[:first]),
        lost_units=-sum(row.qty for _, row in rows if row.kind in {Kind.LOSS_NOTED, Kind.LOSS_SILENT}),
        found_units=sum(row.qty for _, row in rows if row.kind in {Kind.FOUND_NOTED, Kind.FOUND_SILENT}),
        largest_quantity=max(abs(row.qty) for _, row in rows),
        big_rows=sum(abs(row.qty) >= _BIG for _, row in rows),
        sold_pence=sum(row.qty * row.mills for row in sold) // 10,
        credited_pence=-sum(row.qty * row.mills for row in credited) // 10,
    )


def _coverage(goods: Sequence[tuple[Paper, Row]]) -> tuple[int, int, int]:
    """Credited units covered, credit rows without a covered unit, credit rows covered in part."""
    held: Counter[tuple[str, str]] = Counter()
    covered = uncovered = partly = 0
    for paper, row in goods:
        key = (paper.customer, row.code.upper())
        if row.kind is Kind.SALE and paper.customer:
            held[key] += row.qty
        if row.kind is Kind.CREDIT:
            taken = min(held[key], -row.qty)
            held[key] -= taken
            covered += taken
            uncovered += taken == 0
            partly += 0 < taken < -row.qty
    return covered, uncovered, partly
