"""Exceptions as they are read: page by page, and one with all that was ever said about it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, select

from sync.central.rules.outcomes import missing
from sync.central.store.cursors import row_number
from sync.central.store.listing import Page, page
from sync.central.store.tables import exception, exception_closing


def exceptions(conn: Connection, state: str | None, cursor: str | None, limit: int) -> Page:
    """Exceptions, oldest first."""
    asked = _exceptions if state is None else _exceptions.where(exception.c.state == state)
    rows = conn.execute(asked, {"after": row_number(cursor), "most": limit + 1}).all()
    return page("exceptions", rows, limit, _case, lambda row: row.id)


def one_exception(conn: Connection, number: int) -> Page:
    """One exception with what was said each time that it was over, the first first.

    Raises:
        Missing: there is none of that number.
    """
    row = conn.execute(_one, {"number": number}).one_or_none()
    if row is None:
        raise missing("exception", str(number))
    said = conn.execute(_said, {"number": number})
    return _case(row) | {
        "history": [
            {"at": one.closed_at, "by": one.closed_by, "note": one.note, "event_id": one.event_id}
            for one in said
        ]
    }


def _case(row: Any) -> Page:
    return {
        "id": row.id,
        "key": row.key,
        "type": row.type,
        "subject": row.subject,
        "money_minor": row.money_minor,
        "money_of": row.money_of,
        "currency": row.currency,
        "owner_role": row.owner_role,
        "opened_at": row.opened_at,
        "state": row.state,
        "fix": row.fix,
        "resolved_at": row.resolved_at,
        "resolved_by": row.resolved_by,
        "resolution": row.resolution,
    }


_exceptions = (
    select(exception)
    .where(exception.c.id > bindparam("after"))
    .order_by(exception.c.id)
    .limit(bindparam("most"))
)
_one = select(exception).where(exception.c.id == bindparam("number"))
_said = (
    select(exception_closing)
    .where(exception_closing.c.exception == bindparam("number"))
    .order_by(exception_closing.c.id)
)
