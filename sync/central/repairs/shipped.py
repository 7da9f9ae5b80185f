"""Shipped units of order lines, where the centre's shipments and their moves prove another number."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, select, update

from app.domain.event import EventKind
from app.domain.move import MoveKind
from app.domain.place import Virtual
from sync.central.checks.shipments import shipped_units
from sync.central.repairs.correction import Correction
from sync.central.repairs.unproven import Unproven
from sync.central.store.act import Act
from sync.central.store.chain import CENTRE
from sync.central.store.tables import account, customer_order, event, move, order_line
from sync.central.store.tables.ledger import INDEXED_DOCUMENT


def wrong_shipped(conn: Connection, doubt: Unproven) -> Iterator[Correction]:
    """Lines that show another number of shipped units than shipments tell.

    Only where the moves of these shipments say the same of the whole order, and the line has room for it.
    """
    told = shipped_units(conn)
    wrong = [row for row in conn.execute(_stock_lines) if row.shipped != told[row.code, row.line]]
    orders = defaultdict[str, list[Any]](list)
    if wrong:
        for row in conn.execute(_lines_of, {"codes": sorted({row.code for row in wrong})}):
            orders[row.code].append(row)
    for row in wrong:
        units = told[row.code, row.line]
        if doubt.holds(row.owner, row.sku) or units + row.reserved + row.cancelled > row.qty:
            continue
        if _moved(conn, row.code, row.sku) != _told(told, orders[row.code], row.sku):
            continue
        yield Correction(
            "shipped",
            f"order {row.code} line {row.line}",
            str(row.shipped),
            str(units),
            partial(_write, order=row.order, line=row.line, units=units, code=row.code),
            answers=(
                ("shipped", f"order {row.code} line {row.line}"),
                ("shipped", f"{row.sku} of {row.owner}, order row {row.order}"),
                ("order line", f"order row {row.order} line {row.line}"),
                ("order", f"order {row.code}"),
                ("books", f"order row {row.order} line {row.line}"),
            ),
        )


def _told(told: Counter[tuple[str, int]], lines: Sequence[Any], sku: str) -> int:
    return sum(told[line.code, line.line] for line in lines if line.sku == sku)


def _moved(conn: Connection, code: str, sku: str) -> int:
    return int(conn.scalar(_left, {"code": code, "sku": sku}) or 0)


def _write(act: Act, order: int, line: int, units: int, code: str) -> None:
    """A line has a time of shipment exactly when units of it were shipped."""
    last = act.conn.scalar(_last, {"code": code}) if units else None
    at = func.coalesce(order_line.c.shipped_at, last) if units else None
    its = and_(order_line.c.order == order, order_line.c.line == line)
    act.conn.execute(update(order_line).where(its).values(shipped=units, shipped_at=at))


_lines = select(
    customer_order.c.code,
    order_line.c.order,
    order_line.c.line,
    order_line.c.owner,
    order_line.c.sku,
    order_line.c.qty,
    order_line.c.reserved,
    order_line.c.shipped,
    order_line.c.cancelled,
).join_from(order_line, customer_order, order_line.c.order == customer_order.c.id)
_stock_lines = _lines.where(order_line.c.sku.is_not(None)).order_by(order_line.c.order, order_line.c.line)
_lines_of = _lines.where(customer_order.c.code.in_(bindparam("codes", expanding=True)))
_shipments = (
    select(func.sum(move.c.qty).label("qty"), func.max(event.c.occurred_at).label("last"))
    .join_from(move, event, move.c.event == event.c.id)
    .join(account, move.c.target == account.c.id)
    .where(
        event.c.origin == CENTRE,
        event.c.kind == str(EventKind.ORDER_SHIPPED),
        move.c.kind == str(MoveKind.SHIP),
        move.c.document == bindparam("code"),
        INDEXED_DOCUMENT,
        account.c.location == str(Virtual.CUSTOMER),
    )
)
_left = _shipments.with_only_columns(func.sum(move.c.qty)).where(account.c.item == bindparam("sku"))
_last = _shipments.with_only_columns(func.max(event.c.occurred_at))
