"""Reading the journal: entries in the order they were booked, each with its lines and its event."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby, islice
from typing import Any

from sqlalchemy import Connection, Select, func, select

from app.domain.refusal import Refused
from sync.central.rules.books.export import Posted, as_beancount, as_csv
from sync.central.store.cursors import move_number
from sync.central.store.tables import event, journal_entry, journal_line

_AT_ONCE = 500
_SHOWN = 10
_NAMES = ("order", "document", "rma", "write_off", "transfer", "refund", "consignment")


@dataclass(frozen=True, slots=True)
class Period:
    """Whose entries, and for which days (ISO 8601, both included) they count."""

    owner: str | None = None
    first: str | None = None
    last: str | None = None


def entries(conn: Connection, period: Period, after: tuple[int, int] = (0, 0)) -> Iterator[Posted]:
    """Entries booked beyond `after` (event row and number), one after the other, never all in memory."""
    asked = _narrowed(_rows, period).where(
        (journal_entry.c.event > after[0])
        | ((journal_entry.c.event == after[0]) & (journal_entry.c.n > after[1]))
    )
    with conn.execute(asked, execution_options={"yield_per": _AT_ONCE}) as found:
        for _, group in groupby(found, lambda row: (row.event, row.entry)):
            lines = list(group)
            head = lines[0]
            yield Posted(
                f"{head.event}-{head.entry}",
                head.event_id,
                head.owner,
                head.currency,
                head.occurred_on,
                head.posted_on,
                head.kind,
                document_of(head.body),
                head.reverses,
                [(row.book, int(row.minor), row.sku, int(row.qty)) for row in lines],
            )


def first_day(conn: Connection, period: Period) -> str | None:
    """The earliest day that any of these entries counts for."""
    asked = _narrowed(select(func.min(journal_entry.c.posted_on)), period)
    found = conn.scalar(asked)
    return str(found) if found is not None else None


def document_of(body: str) -> str:
    """What an event is about, by the first name its body has."""
    said: Any = json.loads(body)
    return next((str(said[name]) for name in _NAMES if isinstance(said.get(name), str)), "")


def _narrowed(asked: Select[Any], period: Period) -> Select[Any]:
    if period.owner is not None:
        asked = asked.where(journal_entry.c.owner == period.owner)
    if period.first is not None:
        asked = asked.where(journal_entry.c.posted_on >= period.first)
    if period.last is not None:
        asked = asked.where(journal_entry.c.posted_on <= period.last)
    return asked


_rows = (
    select(
        journal_entry.c.event,
        journal_line.c.entry,
        journal_entry.c.owner,
        journal_entry.c.currency,
        journal_entry.c.occurred_on,
        journal_entry.c.posted_on,
        journal_entry.c.reverses,
        event.c.event_id,
        event.c.kind,
        event.c.body,
        journal_line.c.book,
        journal_line.c.minor,
        journal_line.c.sku,
        journal_line.c.qty,
    )
    .join_from(journal_entry, event, event.c.id == journal_entry.c.event)
    .join(
        journal_line,
        (journal_line.c.event == journal_entry.c.event) & (journal_line.c.entry == journal_entry.c.n),
    )
    .order_by(journal_line.c.event, journal_line.c.entry, journal_line.c.n)
)


def journal_page(conn: Connection, period: Period, cursor: str | None, limit: int) -> dict[str, object]:
    """Some entries as they are answered, and the cursor of the next page.

    Raises:
        Refused: no page gave that cursor.
    """
    found = list(islice(entries(conn, period, move_number(cursor)), limit + 1))
    shown = found[:limit]
    return {
        "entries": [_shown(entry) for entry in shown],
        "next": shown[-1].number if len(found) > limit else None,
    }


def require_booked(conn: Connection, period: Period) -> None:
    """Refuses a period that nothing can be in.

    Raises:
        Refused: it ends before it starts, or nothing was ever booked for its owner but for others.
    """
    if period.first is not None and period.last is not None and period.last < period.first:
        raise Refused(
            "journal.period",
            f"Read a period from {period.first} until {period.last}.",
            "Expected one that ends after its start.",
            "Correct the days.",
        )
    known = list(conn.scalars(select(journal_entry.c.owner).distinct().order_by(journal_entry.c.owner)))
    if period.owner is not None and known and period.owner not in known:
        raise Refused(
            "journal.owner",
            f"Read the owner {period.owner!r}, for whom nothing was ever booked.",
            f"Expected one of {', '.join(known[:_SHOWN])}.",
            "Write it as it is written on orders and receipts.",
        )


def exported(conn: Connection, period: Period, form: str, today: date) -> Iterator[str]:
    """A period's entries as text: `csv`, or `beancount`, which opens accounts on the first day there is."""
    found = entries(conn, period)
    if form == "csv":
        return as_csv(found)
    first = first_day(conn, period)
    return as_beancount(found, date.fromisoformat(first) if first else today)


def _shown(entry: Posted) -> dict[str, object]:
    return {
        "entry": entry.number,
        "event": entry.event_id,
        "owner": entry.owner,
        "currency": entry.currency,
        "occurred_on": entry.occurred_on,
        "posted_on": entry.posted_on,
        "late": entry.occurred_on != entry.posted_on,
        "kind": entry.kind,
        "document": entry.document or None,
        "reverses": entry.reverses,
        "lines": [
            {"account": account, "minor": minor} | ({"sku": sku, "qty": qty} if sku else {})
            for account, minor, sku, qty in entry.lines
        ],
    }
