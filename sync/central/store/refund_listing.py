"""Refunds page by page, the oldest first."""

from __future__ import annotations

from sqlalchemy import Connection, select, tuple_

from sync.central.rules.refunds import RefundState
from sync.central.store.cursors import pack, unpack
from sync.central.store.refunds import shown
from sync.central.store.tables import refund


def listed(
    conn: Connection, state: RefundState | None, rma: str | None, cursor: str | None, limit: int
) -> dict[str, object]:
    """Some refunds as they are answered, and the cursor of the next page.

    Raises:
        Refused: no page gave that cursor.
    """
    asked = select(refund).order_by(refund.c.made_at, refund.c.code).limit(limit + 1)
    if state is not None:
        asked = asked.where(refund.c.state == state.value)
    if rma is not None:
        asked = asked.where(refund.c.rma == rma)
    if after := unpack(cursor, 2):
        asked = asked.where(tuple_(refund.c.made_at, refund.c.code) > tuple_(*after))
    rows = conn.execute(asked).all()
    page = rows[:limit]
    more = len(rows) > limit
    return {
        "refunds": [shown(row) for row in page],
        "next": pack([page[-1].made_at, page[-1].code]) if more else None,
    }
