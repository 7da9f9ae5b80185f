"""A table of items, one row in a hundred wrong, imported by the program in a process of its own."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.domain.gtin import gtin_check_digit
from tests.bench.figures import Figure
from tests.bench.grown import Say
from tests.bench.starting import ROOT

_HEADER = (
    "sku",
    "name",
    "gtins",
    "weight_g",
    "value_minor",
    "currency",
    "length_mm",
    "width_mm",
    "height_mm",
)
_EVERY = 100
_STEP = 7_919
_PATIENCE_S = 7_200


class NotExactlyError(Exception):
    """Other rows were rejected than the wrong ones."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows the table has."""

    rows: int


def write_table(path: Path, size: Size) -> dict[int, str]:
    """Writes the table; its wrong rows, counted as a spreadsheet does, with the rule that each breaks."""
    wrong = dict[int, str]()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADER)
        for number, (cells, rule) in enumerate(_rows(size.rows), 2):
            writer.writerow(cells)
            if rule:
                wrong[number] = rule
    return wrong


def _rows(count: int) -> Iterator[tuple[list[str], str]]:
    """Rows in no order of their codes, as tables of other systems come."""
    for place in range(count):
        which = place * _STEP % count
        body = f"40{which:010d}"
        code = body + gtin_check_digit(body)
        cells = [
            f"S-{which:07d}",
            f"Thing {which}",
            code,
            "240",
            str(which % 9_999),
            "GBP",
            "100",
            "80",
            "50",
        ]
        yield (cells, "") if place % _EVERY != _EVERY - 1 else _spoilt(cells, place // _EVERY)


def _spoilt(cells: list[str], turn: int) -> tuple[list[str], str]:
    digit = str((int(cells[2][-1]) + 1) % 10)
    column, text, rule = [
        (1, "", "text.missing"),
        (2, cells[2][:-1] + digit, "gtin.check_digit"),
        (4, "12,50", "number.unreadable"),
        (5, "pounds", "currency.unreadable"),
        (0, "1.23E+11", "code.number"),
    ][turn % 5]
    return [*cells[:column], text, *cells[column + 1 :]], rule


def measure(folder: Path, size: Size, say: Say) -> list[Figure]:
    """Rows a second with a durable commit for each 10,000, and the most memory the process held."""
    table, report, url = folder / "items.csv", folder / "report.csv", f"sqlite:///{folder / 'centre.db'}"
    wrong = write_table(table, size)
    _run(["-m", "app", "central", "migrate", "--db", url])
    say(f"importing {size.rows:,} rows, {len(wrong):,} of them wrong")
    began = time.perf_counter()
    told = json.loads(_run(["-m", "tests.bench.importing_child", str(table), url, str(report)]))
    seconds = time.perf_counter() - began
    with report.open(encoding="utf-8", newline="") as file:
        found = {
            int(row["row"]): row["rule"] for row in csv.DictReader(file) if row["severity"] == "rejected"
        }
    if found != wrong:
        raise NotExactlyError(f"{len(found)} rows were rejected, {len(wrong)} are wrong")
    notes = {"rows": size.rows, "rejected": len(found), "seconds": round(seconds, 1)}
    return [
        Figure("import.rows", "rows/s", {"value": size.rows / seconds}, notes=notes),
        Figure("import.memory", "MB", {"value": told["peak_mb"]}, notes=notes),
    ]


def _run(arguments: list[str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{arguments[1]} ended with {done.returncode}: {done.stderr[-500:]}")
    return done.stdout
