"""Reading the Online Retail file as it is published: CSV, plain or gzip, one line a row.

Columns `InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country`, found by
their names. A line that is no row of trade is given back as malformed, with its number and why; nothing is
skipped in silence but empty lines. The file's times are local and carry no zone: they are taken as UTC, which
changes no order and no day.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO

from app.domain.refusal import Refused

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
# What a person can enter at a bench, and what an order's line can cost.
MOST_UNITS = 1_000_000
MOST_PRICE = Decimal(10_000_000)

_GZIP = b"\x1f\x8b"
_LONGEST_CODE = 60
_YEARS = range(1970, 2100)
_WHOLE = re.compile(r"[+-]?\d{1,9}(?:\.0+)?", re.ASCII)
_PRICE = re.compile(r"-?\d{1,12}(?:\.\d{1,9})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of trade: `qty` base units (negative when they come back or are gone), `price` in GBP."""

    line: int
    invoice: str
    code: str
    description: str
    qty: int
    at: datetime
    price: Decimal
    customer: str | None


@dataclass(frozen=True, slots=True)
class Malformed:
    """A line that is no row: its number (the header is line 1), why, and its time where that can be read."""

    line: int
    reason: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TradeFile:
    """What a file holds, in its own order; `digest` is the SHA-256 of the unpacked bytes."""

    rows: tuple[Row, ...]
    malformed: tuple[Malformed, ...]
    digest: str


def read_trade(path: Path, months: int | None = None) -> TradeFile:
    """The whole file, or its first `months` calendar months, counted from its earliest row.

    A malformed line whose time cannot be read belongs to the month of the row before it.

    Raises:
        Refused: the file cannot be read, is no such CSV, or breaks off.
    """
    rows, malformed, digest = list[Row](), list[Malformed](), hashlib.sha256()
    last: datetime | None = None
    for found in _read(path, digest.update):
        if isinstance(found, Row):
            rows.append(found)
            last = found.at
        else:
            malformed.append(Malformed(found.line, found.reason, found.at or last))
    if months is not None and rows:
        end = _month(min(row.at for row in rows)) + months
        rows = [row for row in rows if _month(row.at) < end]
        malformed = [bad for bad in malformed if bad.at is None or _month(bad.at) < end]
    return TradeFile(tuple(rows), tuple(malformed), digest.hexdigest())


def _month(at: datetime) -> int:
    return at.year * 12 + at.month


def _read(path: Path, seen: Callable[[bytes], None]) -> Iterator[Row | Malformed]:
    number = 0
    try:
        with path.open("rb") as file:
            packed = file.read(len(_GZIP)) == _GZIP
            file.seek(0)
            lines: IO[bytes] | gzip.GzipFile = gzip.GzipFile(fileobj=file) if packed else file
            first = lines.readline()
            seen(first)
            reader = _Lines(_header(path, first))
            for number, line in enumerate(lines, 2):
                seen(line)
                if line.strip():
                    yield reader.row(number, line)
    except (EOFError, gzip.BadGzipFile, zlib.error) as broken:
        raise _refused("broken", f"{path} breaks off after line {number}: {broken}.") from None
    except OSError as world:
        raise _refused("unreadable", f"{path} cannot be read: {world.strerror or world}.") from None


def _header(path: Path, line: bytes) -> list[str]:
    if b"\x00" in line or not line.strip():
        what = "is empty" if not line else "does not begin with a line of column names"
        raise _refused("not_csv", f"{path} {what}.")
    found = _cells(_text(line).removeprefix("\ufeff")) or []
    names = [name.strip() for name in found]
    missing = [name for name in COLUMNS if name not in names]
    if missing == list(COLUMNS):
        shown = ", ".join(names)[:80]
        raise _refused("not_csv", f"{path} has none of the columns; its first line is {shown!r}.")
    if missing:
        raise _refused("columns", f"{path} lacks the column{'s'[: len(missing) > 1]} {', '.join(missing)}.")
    return names


def _refused(code: str, read: str) -> Refused:
    return Refused(
        f"trade.{code}",
        read,
        f"Expected the Online Retail CSV, plain or gzip, with the columns {', '.join(COLUMNS)}.",
        "Name another file, or fetch this one again.",
    )


class _Lines:
    """Makes rows of lines under one header; remembers what texts mean, since most stand there often."""

    def __init__(self, names: Sequence[str]) -> None:
        self._width = len(names)
        self._order = [names.index(name) for name in COLUMNS]
        self._times: dict[str, datetime | None] = {}
        self._prices: dict[str, Decimal | None] = {}
        self._codes: dict[str, str | None] = {}
        self._names: dict[str, str] = {}
        self._quantities: dict[str, int | None] = {}

    def row(self, number: int, line: bytes) -> Row | Malformed:
        """The row of a line, or why it is none."""
        cells = _cells(_text(line))
        if cells is None:
            return Malformed(number, "its quotes do not fit")
        if len(cells) != self._width:
            return Malformed(number, f"it has {len(cells)} fields where {self._width} were expected")
        invoice, code, name, units, when, cost, who, _ = (cells[place] for place in self._order)
        at = self._time(when)
        if at is None:
            return Malformed(number, f"InvoiceDate holds {when[:40]!r}, which is no time")
        qty, price = self._units(units), self._price(cost)
        paper, item = self._code(invoice), self._code(code)
        customer = self._code(who.removesuffix(".0"))
        if not (paper and item and qty) or price is None or customer is None:
            return Malformed(number, _fault(cells, self._order), at)
        return Row(
            line=number,
            invoice=paper,
            code=item,
            description=self._name(name),
            qty=qty,
            at=at,
            price=price,
            customer=customer or None,
        )

    def _code(self, text: str) -> str | None:
        """The code, None when it is none; empty is left to the one who asks."""
        if text not in self._codes:
            code = text.strip()
            fit = len(code) <= _LONGEST_CODE and code.isprintable()
            self._codes[text] = code if fit else None
        return self._codes[text]

    def _name(self, text: str) -> str:
        if text not in self._names:
            self._names[text] = " ".join(text.replace("\x00", " ").split())
        return self._names[text]

    def _units(self, text: str) -> int | None:
        if text not in self._quantities:
            whole = text.strip()
            found = int(whole.partition(".")[0]) if _WHOLE.fullmatch(whole) else None
            fits = found is not None and 0 < abs(found) <= MOST_UNITS
            self._quantities[text] = found if fits else None
        return self._quantities[text]

    def _time(self, text: str) -> datetime | None:
        if text not in self._times:
            self._times[text] = _time(text.strip())
        return self._times[text]

    def _price(self, text: str) -> Decimal | None:
        if text not in self._prices:
            found = Decimal(text.strip()) if _PRICE.fullmatch(text.strip()) else None
            self._prices[text] = found if found is None or abs(found) <= MOST_PRICE else None
        return self._prices[text]


def _fault(cells: Sequence[str], order: Sequence[int]) -> str:
    """Why a line is no row, in words; asked only where it is none."""
    texts = {name: cells[place].strip() for name, place in zip(COLUMNS, order, strict=True)}
    for name in ("InvoiceNo", "StockCode", "CustomerID"):
        text = texts[name]
        if not text and name != "CustomerID":
            return f"{name} is empty"
        if len(text) > _LONGEST_CODE or not text.isprintable():
            return f"{name} holds {text[:40]!r}, which is no code"
    units = texts["Quantity"]
    if not _WHOLE.fullmatch(units):
        return f"Quantity holds {units[:40]!r}, which is no whole number"
    whole = int(units.partition(".")[0])
    if abs(whole) > MOST_UNITS:
        return f"Quantity holds {units}, more than a bench can count"
    return (
        "Quantity is 0" if whole == 0 else f"UnitPrice holds {texts['UnitPrice'][:40]!r}, which is no price"
    )


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        # Some copies of the file are in the older encoding, and differ in a few pound signs only.
        return line.decode("latin-1")


def _cells(text: str) -> list[str] | None:
    """The fields of one line; None when its quotes do not fit, so that a broken line swallows no other."""
    text = text.rstrip("\r\n")
    if '"' not in text:
        return text.split(",")
    try:
        return next(csv.reader([text], strict=True))
    except csv.Error:
        return None


def _time(text: str) -> datetime | None:
    """ISO 8601 to the minute or second, or the month first, as in `12/1/2010 8:26`."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        try:
            found = datetime.strptime(text, "%m/%d/%Y %H:%M").replace(tzinfo=UTC)
        except ValueError:
            return None
    return found.replace(tzinfo=UTC) if found.year in _YEARS else None
