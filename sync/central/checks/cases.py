"""What people said about exceptions: each word is an event, and is kept beside its exception as said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, and_, func, select, text

from app.domain.event import EventKind
from app.domain.laws import Violation
from sync.central.checks.events import read_facts
from sync.central.store.chain import CENTRE
from sync.central.store.tables import event, exception, exception_closing, meta, receipt


def check_cases(conn: Connection) -> Iterator[Violation]:
    """Every word that is an event is kept as it was said, and every kept one is such an event.

    Every exception that is resolved says what was said of it last.
    """
    for row in conn.execute(_events):
        yield from _kept(row)
    before = int(conn.scalar(_unsealed) or 0)
    for word in conn.execute(_unsaid, {"before": before}):
        found = f"{word.closed_by} said {word.note[:60]!r}"
        yield Violation("case", f"exception {word.exception}", found, "an event that says so")
    for over in conn.execute(_resolved):
        if (over.resolved_at, over.resolved_by, over.resolution) != (
            over.closed_at,
            over.closed_by,
            over.note,
        ):
            found = f"resolved by {over.resolved_by}, at {over.resolved_at}"
            expected = "open" if over.closed_by is None else f"by {over.closed_by}, at {over.closed_at}"
            yield Violation("case", f"exception {over.id}", found, expected)


def _kept(row: Any) -> Iterator[Violation]:
    where = f"event {row.event_id}"
    if row.closed_by is None:
        yield Violation("case", where, "no word on an exception", "one")
        return
    body = read_facts(row.body.encode()) or {}
    said = (body.get("exception"), body.get("type"), row.operator, row.posted_at)
    kept = (row.key, row.type, row.closed_by, row.closed_at)
    if said != kept:
        yield Violation("case", where, " ".join(map(str, kept)), " ".join(map(str, said)))
    # The words themselves may be erased where they were sealed.
    private = read_facts(bytes(row.private)) if row.private is not None else None
    if private is not None and private.get("note") != row.note:
        yield Violation("case", where, json.dumps(row.note)[:60], "the note that was sealed")


_KIND = str(EventKind.EXCEPTION_RESOLVED)
_word = and_(event.c.kind == _KIND, event.c.origin == CENTRE)
_unsealed = select(meta.c.value).where(meta.c.name == "unsealed_closings")
_events = (
    select(
        event.c.event_id,
        event.c.body,
        event.c.operator,
        event.c.posted_at,
        exception_closing.c.closed_by,
        exception_closing.c.closed_at,
        exception_closing.c.note,
        exception.c.key,
        exception.c.type,
        receipt.c.private,
    )
    .join_from(event, exception_closing, exception_closing.c.event_id == event.c.event_id, isouter=True)
    .join(exception, exception.c.id == exception_closing.c.exception, isouter=True)
    .join(
        receipt,
        and_(receipt.c.event_id == event.c.event_id, text("receipt.state = 'posted'")),
        isouter=True,
    )
    .where(_word)
    .order_by(event.c.id)
)
# What ended by itself may name what ended it; a person's word is an event of this kind.
_unsaid = (
    select(exception_closing)
    .join(event, and_(event.c.event_id == exception_closing.c.event_id, _word), isouter=True)
    .where(
        event.c.id.is_(None),
        exception_closing.c.closed_by != CENTRE,
        text("exception_closing.id > :before"),
    )
    .order_by(exception_closing.c.id)
)
_last = select(func.max(exception_closing.c.id)).group_by(exception_closing.c.exception)
_resolved = (
    select(
        exception.c.id,
        exception.c.resolved_at,
        exception.c.resolved_by,
        exception.c.resolution,
        exception_closing.c.closed_at,
        exception_closing.c.closed_by,
        exception_closing.c.note,
    )
    .join(
        exception_closing,
        and_(exception_closing.c.exception == exception.c.id, exception_closing.c.id.in_(_last)),
        isouter=True,
    )
    .where(exception.c.state == "resolved")
    .order_by(exception.c.id)
)
