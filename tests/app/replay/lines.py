"""Lines of a trade file, written by hand."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from app.replay.rows import Paper, papers
from app.replay.trade_file import COLUMNS, Row

HEADER = ",".join(COLUMNS)
SOUND = "536365,85123A,WHITE HEART,6,2010-12-01 08:26:00,2.55,17850,United Kingdom"


def write(path: Path, *lines: str, header: str = HEADER) -> Path:
    """A file of these lines below the header."""
    path.write_text("\n".join((header, *lines, "")), encoding="utf-8")
    return path


def line(**changed: str) -> str:
    """The sound line with other cells, named by their columns."""
    cells = dict(zip(COLUMNS, SOUND.split(","), strict=True)) | changed
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells.values())
    return text.getvalue()


def row(
    invoice: str = "536365",
    code: str = "85123A",
    qty: int = 6,
    *,
    at: str = "2010-12-01 08:26",
    price: str = "2.55",
    customer: str | None = "17850",
    description: str = "WHITE HEART",
    number: int = 2,
) -> Row:
    """One row of trade."""
    when = datetime.fromisoformat(at).replace(tzinfo=UTC)
    return Row(number, invoice, code, description, qty, when, Decimal(price), customer)


def papers_of(rows: Iterable[Row]) -> tuple[Paper, ...]:
    """The papers of rows, which get the line numbers of their order."""
    return papers(
        Row(n, r.invoice, r.code, r.description, r.qty, r.at, r.price, r.customer)
        for n, r in enumerate(rows, 2)
    )
