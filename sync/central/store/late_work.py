"""Work that is over its time: one case an order, opened once for each turn."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, text

from app.domain.account import KEY_PARTS
from app.domain.clock import to_text
from sync.central.store import work_cases, work_orders
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.exceptions import open_case
from sync.central.store.tables import account, work_order


def any_late(conn: Connection, now: datetime) -> bool:
    """Whether a step went over its time that nobody was told of yet."""
    return conn.execute(_late.limit(1), {"now": to_text(now)}).first() is not None


def note_late(conn: Connection, now: datetime) -> int:
    """Opens a case for each such order, with what its units are worth; how many."""
    rows = conn.execute(_late, {"now": to_text(now)}).all()
    for row in rows:
        held = account_of([getattr(row, part) for part in KEY_PARTS])
        open_case(conn, work_cases.late(row, held), now)
        work_orders.change(conn, row.code, late_at=to_text(now))
    return len(rows)


# The condition on states is written out, as a partial index is used for no other.
_late: Any = (
    select(
        work_order.c.code,
        work_order.c.qty,
        work_order.c.turn_owner,
        work_order.c.entered_at,
        work_order.c.due_at,
        *ACCOUNT_COLUMNS,
    )
    .join_from(work_order, account, account.c.id == work_order.c.account)
    .where(
        text("work_order.state IN ('open', 'started')"),
        work_order.c.late_at.is_(None),
        work_order.c.due_at < bindparam("now"),
    )
    .order_by(work_order.c.due_at, work_order.c.code)
)
