"""Units that RMAs authorize and no station has received yet: counted from lines, never a balance."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from app.domain.returns import LineState
from sync.central.store.cursors import pack, row_number, unpack
from sync.central.store.sold_serials import expected_serials
from sync.central.store.tables import rma, rma_done, rma_line

Page = dict[str, object]

# Once a station has seen the box its units are there, whatever becomes of them, and expected no more.
AWAITED = (LineState.AUTHORIZED, LineState.IN_TRANSIT)

_done: ColumnElement[Any] = (
    select(func.coalesce(func.sum(rma_done.c.qty), 0))
    .where(rma_done.c.rma == rma_line.c.rma, rma_done.c.line == rma_line.c.line)
    .correlate(rma_line)
    .scalar_subquery()
)
# What is left of an awaited line; only rows above zero are awaited.
OUTSTANDING: ColumnElement[Any] = rma_line.c.qty - rma_line.c.missing - _done
AWAITED_LINE: ColumnElement[bool] = and_(
    rma.c.state == "open", rma_line.c.state.in_(list(map(str, AWAITED))), OUTSTANDING > 0
)


def expected_returns(
    conn: Connection, owner: str | None, sku: str | None, cursor: str | None, limit: int
) -> Page:
    """The RMA lines that are still awaited, by code and line, with the units that are left of each.

    These are `authorized` and `in_transit`; of a line that is `received` or `on_bench` a station has seen
    the box: dated availability expects none of it either. `serials` are those that may come, where the sale
    recorded them.
    """
    asked = _lines.add_columns(_done.label("done"), OUTSTANDING.label("left")).limit(limit + 1)
    if owner is not None:
        asked = asked.where(rma.c.owner == owner)
    if sku is not None:
        asked = asked.where(rma_line.c.sku == sku)
    if after := unpack(cursor, 2):
        code, line = after[0], row_number(after[1])
        asked = asked.where(or_(rma_line.c.rma > code, and_(rma_line.c.rma == code, rma_line.c.line > line)))
    rows = conn.execute(asked).all()
    last = rows[limit - 1] if len(rows) > limit else None
    documents = {row.rma: json.loads(row.document) for row in rows[:limit]}
    serials = expected_serials(conn, documents)
    return {
        "lines": [
            _entry(row) | {"serials": list(serials.get(row.rma, {}).get(row.line, ()))}
            for row in rows[:limit]
        ],
        "next": pack([last.rma, str(last.line)]) if last is not None else None,
    }


def _entry(row: Any) -> Page:
    return {
        "rma": row.rma,
        "line": row.line,
        "owner": row.owner,
        "sku": row.sku,
        "state": row.state,
        "authorized": int(row.qty),
        "done": int(row.done),
        "missing": int(row.missing),
        "expected": int(row.left),
        "created_at": row.created_at,
        "proof": f"/v1/timeline?rma={row.rma}",
    }


_lines: Select[Any] = (
    select(
        rma_line.c.rma,
        rma_line.c.line,
        rma.c.owner,
        rma_line.c.sku,
        rma_line.c.state,
        rma_line.c.qty,
        rma_line.c.missing,
        rma.c.created_at,
        rma.c.document,
    )
    .join_from(rma_line, rma, rma.c.code == rma_line.c.rma)
    .where(AWAITED_LINE)
    .order_by(rma_line.c.rma, rma_line.c.line)
)
