"""The journal for other programs: CSV, and the plain text that beancount reads."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO

from app.domain.money import written
from sync.central.rules.books.chart import Book

COLUMNS = (
    "entry",
    "event",
    "owner",
    "occurred_on",
    "posted_on",
    "kind",
    "document",
    "reverses",
    "account",
    "debit",
    "credit",
    "currency",
    "sku",
    "qty",
)


@dataclass(frozen=True, slots=True)
class Posted:
    """An entry of the journal with its number, the document it is about, and its lines as they are exported.

    `lines` are (account, minor, sku, qty).
    """

    number: str
    event_id: str
    owner: str
    currency: str
    occurred_on: str
    posted_on: str
    kind: str
    document: str
    reverses: str | None
    lines: Sequence[tuple[str, int, str | None, int]]


def as_csv(entries: Iterable[Posted]) -> Iterator[str]:
    """One row a line, with a head; amounts in major units, debit and credit apart."""
    yield _row(COLUMNS)
    for entry in entries:
        for account, minor, sku, qty in entry.lines:
            amount = written(abs(minor), entry.currency)
            yield _row(
                (
                    entry.number,
                    entry.event_id,
                    entry.owner,
                    entry.occurred_on,
                    entry.posted_on,
                    entry.kind,
                    entry.document,
                    entry.reverses or "",
                    account,
                    amount if minor > 0 else "",
                    amount if minor < 0 else "",
                    entry.currency,
                    sku or "",
                    str(qty) if qty else "",
                )
            )


def _row(cells: Sequence[str]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerow([_plain(cell) for cell in cells])
    return text.getvalue()


def _plain(cell: str) -> str:
    """A text that no spreadsheet takes for a formula; numbers stay numbers."""
    return f"'{cell}" if cell[:1] in {"=", "@", "\t", "\r"} else cell


def as_beancount(entries: Iterable[Posted], opened_on: date) -> Iterator[str]:
    """The same as transactions, with every account opened first; `opened_on` is not after the first of them.

    The lines of one account are one posting: units and items stand in the CSV.
    """
    yield 'option "title" "Backhaul"\n\n'
    for book in Book:
        yield f"{opened_on.isoformat()} open {book.value}\n"
    for entry in entries:
        sums = dict[str, int]()
        for account, minor, _, _ in entry.lines:
            sums[account] = sums.get(account, 0) + minor
        about = f"{entry.kind} {entry.document}".strip()
        late = f", happened {entry.occurred_on}" if entry.occurred_on != entry.posted_on else ""
        yield f"\n{entry.posted_on} * {_quoted(entry.owner)} {_quoted(about + late)} ^{entry.event_id}\n"
        for account, minor in sums.items():
            if minor:
                yield f"  {account}  {written(minor, entry.currency)} {entry.currency}\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + " ".join(escaped.split()) + '"'
