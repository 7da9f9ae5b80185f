"""Open RMA lines and sales that a unit could belong to, as the ranking of candidates asks for them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, select

from app.domain.clock import from_text
from sync.central.rules.candidates import Option
from sync.central.store.tables import customer_order, order_line, rma, rma_done, rma_line, sold_serial

MOST = 200
"""As many of each are looked at, the newest first."""


def options(conn: Connection, owner: str, sku: str) -> list[Option]:
    """What of an item is still to come back on open RMAs, and what was sold and is still out."""
    asked = {"owner": owner, "sku": sku, "most": MOST}
    rmas = [_of_rma(row) for row in conn.execute(_open_lines, asked)]
    return [*rmas, *_of_sales(conn, conn.execute(_sales, asked).all())]


def of_rma(conn: Connection, code: str, line: int) -> tuple[Any, Option] | None:
    """One line of an RMA with its row; None when there is none."""
    row = conn.execute(_rma_line, {"code": code, "line": line}).one_or_none()
    return (row, _of_rma(row)) if row is not None else None


def of_sale(conn: Connection, order: str, line: int) -> tuple[Any, Option] | None:
    """One line of an order with its row; None when there is none."""
    row = conn.execute(_sale, {"code": order, "line": line}).one_or_none()
    return (row, _of_sales(conn, [row])[0]) if row is not None else None


def _of_rma(row: Any) -> Option:
    named = next(line for line in json.loads(row.document)["lines"] if line["line"] == row.line)
    return Option(
        row.code,
        row.line,
        max(0, int(row.qty - row.done)),
        rma=True,
        customer=row.customer,
        serials=frozenset(named["serials"]),
    )


def _of_sales(conn: Connection, rows: Sequence[Any]) -> list[Option]:
    serials: defaultdict[tuple[int, int], set[str]] = defaultdict(set)
    for sold in conn.execute(_out, {"orders": [row.order for row in rows]}) if rows else ():
        serials[sold.order, sold.line].add(sold.serial)
    return [
        Option(
            row.code,
            row.line,
            int(row.shipped - row.returned),
            rma=False,
            customer=row.customer,
            unit_minor=row.unit_minor,
            shipped_at=from_text(row.shipped_at) if row.shipped_at else None,
            serials=frozenset(serials[row.order, row.line]),
        )
        for row in rows
    ]


_done = (
    select(func.coalesce(func.sum(rma_done.c.qty), 0))
    .where(rma_done.c.rma == rma_line.c.rma, rma_done.c.line == rma_line.c.line)
    .correlate(rma_line)
    .scalar_subquery()
)
_lines = select(
    rma.c.code,
    rma.c.owner,
    rma.c.customer,
    rma.c.state,
    rma.c.document,
    rma_line.c.line,
    rma_line.c.sku,
    rma_line.c.qty,
    _done.label("done"),
).join_from(rma_line, rma, rma.c.code == rma_line.c.rma)
_open_lines = (
    _lines.where(
        rma.c.state == "open",
        rma.c.owner == bindparam("owner"),
        rma_line.c.sku == bindparam("sku"),
        rma_line.c.qty > _done,
    )
    .order_by(rma.c.created_at.desc(), rma.c.code, rma_line.c.line)
    .limit(bindparam("most"))
)
_rma_line = _lines.where(rma.c.code == bindparam("code"), rma_line.c.line == bindparam("line"))
_sold = select(
    order_line.c.order,
    order_line.c.line,
    order_line.c.sku,
    order_line.c.owner,
    order_line.c.customer,
    order_line.c.shipped,
    order_line.c.returned,
    order_line.c.unit_minor,
    order_line.c.shipped_at,
    customer_order.c.code,
).join_from(order_line, customer_order, customer_order.c.id == order_line.c.order)
_sales = (
    # The conditions on the line repeat those of the partial index on sales by item.
    _sold.where(
        and_(
            order_line.c.owner == bindparam("owner"),
            order_line.c.sku == bindparam("sku"),
            order_line.c.sku.is_not(None),
            order_line.c.shipped > order_line.c.returned,
        )
    )
    .order_by(order_line.c.shipped_at.desc(), order_line.c.order.desc(), order_line.c.line)
    .limit(bindparam("most"))
)
_sale = _sold.where(customer_order.c.code == bindparam("code"), order_line.c.line == bindparam("line"))
_out = select(sold_serial.c.order, sold_serial.c.line, sold_serial.c.serial).where(
    sold_serial.c.order.in_(bindparam("orders", expanding=True)), sold_serial.c.returned.is_(False)
)
