"""Exceptions as they are read: page by page, and one with all that was ever said about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, false, func, not_, or_, select, true

from app.domain.clock import to_text
from sync.central.rules.outcomes import missing
from sync.central.store.cursors import row_number
from sync.central.store.listing import Page, page
from sync.central.store.tables import exception, exception_closing


@dataclass(frozen=True, slots=True)
class Which:
    """Which exceptions are asked for, and in which order.

    `overdue` asks for those that are open and should have been answered by now, or for all others. `order` is
    `age` (the oldest first), `money` (what has most at risk first, in minor units of whatever currency; what
    has no amount last) or `due` (what is to be answered first). `site` asks for those at one site alone;
    `among` is which of all the caller sees.
    """

    state: str | None = None
    overdue: bool | None = None
    order: str = "age"
    site: str | None = None
    among: ColumnElement[bool] = field(default_factory=true)


def exceptions(conn: Connection, asked: Which, now: datetime, cursor: str | None, limit: int) -> Page:
    """Exceptions, page by page."""
    at, after = to_text(now), row_number(cursor)
    over = and_(exception.c.state == "open", exception.c.due_at < at)
    found = (_ORDERS[asked.order] if after else _FIRST[asked.order]).where(asked.among)
    if asked.state is not None:
        found = found.where(exception.c.state == asked.state)
    if asked.site is not None:
        found = found.where(or_(exception.c.site == asked.site, exception.c.far_site == asked.site))
    if asked.overdue is not None:
        found = found.where(over if asked.overdue else not_(func.coalesce(over, false())))
    rows = conn.execute(found, {"after": after, "most": limit + 1}).all()
    return page("exceptions", rows, limit, lambda row: _case(row, at), lambda row: row.id)


def one_exception(conn: Connection, number: int, now: datetime) -> Page:
    """One exception with what was said each time that it was over, the first first.

    Raises:
        Missing: there is none of that number.
    """
    row = conn.execute(_one, {"number": number}).one_or_none()
    if row is None:
        raise missing("exception", str(number))
    said = conn.execute(_said, {"number": number})
    return _case(row, to_text(now)) | {
        "history": [
            {"at": one.closed_at, "by": one.closed_by, "note": one.note, "event_id": one.event_id}
            for one in said
        ]
    }


def _case(row: Any, at: str) -> Page:
    return {
        "id": row.id,
        "key": row.key,
        "type": row.type,
        "subject": row.subject,
        "site": row.site,
        "far_site": row.far_site,
        "money_minor": row.money_minor,
        "money_of": row.money_of,
        "currency": row.currency,
        "owner_role": row.owner_role,
        "opened_at": row.opened_at,
        "due_at": row.due_at,
        "overdue": row.state == "open" and row.due_at is not None and row.due_at < at,
        "state": row.state,
        "fix": row.fix,
        "resolved_at": row.resolved_at,
        "resolved_by": row.resolved_by,
        "resolution": row.resolution,
    }


# What has no amount comes after what has, and what has no day after what has one.
_money = func.coalesce(exception.c.money_minor, -1)
_due = func.coalesce(exception.c.due_at, "9")
_last = exception.alias("last_of_page")
_last_money = select(func.coalesce(_last.c.money_minor, -1)).where(_last.c.id == bindparam("after"))
_last_due = select(func.coalesce(_last.c.due_at, "9")).where(_last.c.id == bindparam("after"))
_later = exception.c.id > bindparam("after")
_exceptions = select(exception).limit(bindparam("most"))
_FIRST = {
    "age": _exceptions.order_by(exception.c.id),
    "money": _exceptions.order_by(_money.desc(), exception.c.id),
    "due": _exceptions.order_by(_due, exception.c.id),
}
# A page goes on behind the row that the last one ended with.
_ORDERS = {
    "age": _FIRST["age"].where(_later),
    "money": _FIRST["money"].where(
        or_(
            _money < _last_money.scalar_subquery(),
            and_(_money == _last_money.scalar_subquery(), _later),
        )
    ),
    "due": _FIRST["due"].where(
        or_(_due > _last_due.scalar_subquery(), and_(_due == _last_due.scalar_subquery(), _later))
    ),
}
_one = select(exception).where(exception.c.id == bindparam("number"))
_said = (
    select(exception_closing)
    .where(exception_closing.c.exception == bindparam("number"))
    .order_by(exception_closing.c.id)
)
