"""What order lines and sold serials say has left, against the centre's shipments and their moves.

Stations ship nothing: a station's event that moves units to customers is posted and answered for by a case of
its own, and no order counts it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Result, and_, func, literal_column, or_, select

from app.domain.event import EventKind
from app.domain.laws import Violation
from app.domain.move import MoveKind
from app.domain.place import Virtual
from sync.central.store.chain import CENTRE
from sync.central.store.tables import account, customer_order, event, move, order_line, sold_serial

# Rows by the thousand, never all of a large centre at once.
_IN_PARTS = {"yield_per": 1000}


def check_shipments(conn: Connection) -> Iterator[Violation]:
    """Shipped units by order and by line, and which serials they were."""
    yield from _by_moves(conn)
    yield from _by_lines(conn)
    for row in conn.execute(_not_noted):
        yield Violation("sold", f"{row.item} serial {row.serial}", "no row", f"sold by event {row.event_id}")
    for row in conn.execute(_not_shipped):
        where = f"{row.sku} serial {row.serial}"
        yield Violation("sold", where, f"order row {row.order} line {row.line}", "what its shipment says")
    for row in conn.execute(_too_many):
        where = f"order row {row.order} line {row.line}"
        yield Violation("sold", where, f"{row.units} serials", f"at most {row.shipped} shipped")


def _by_moves(conn: Connection) -> Iterator[Violation]:
    with (
        conn.execute(_counted, execution_options=_IN_PARTS) as counted,
        conn.execute(_moved, execution_options=_IN_PARTS) as moved,
    ):
        yield from _side_by_side(counted, moved)


def _side_by_side(counted: Result[Any], moved: Result[Any]) -> Iterator[Violation]:
    """Order by order and item by item: both sides come sorted by the order's row."""
    left, right = counted.fetchone(), moved.fetchone()
    while left is not None or right is not None:
        order = min(row.order for row in (left, right) if row is not None)
        sums = Counter[tuple[str, str]]()
        shown = Counter[tuple[str, str]]()
        while left is not None and left.order == order:
            shown[left.owner, left.item] += int(left.qty)
            left = counted.fetchone()
        while right is not None and right.order == order:
            sums[right.owner, right.item] += int(right.qty)
            right = moved.fetchone()
        for owner, item in sorted(shown.keys() | sums.keys()):
            if shown[owner, item] != sums[owner, item]:
                yield Violation(
                    "shipped",
                    f"{item} of {owner}, " + (f"order row {order}" if order else "no order"),
                    f"{shown[owner, item]} on orders",
                    f"{sums[owner, item]} moved to customers",
                )


def shipped_units(conn: Connection) -> Counter[tuple[str, int]]:
    """Units that the centre's shipments tell of, by code and line of orders."""
    told = Counter[tuple[str, int]]()
    with conn.scalars(_shipments, execution_options=_IN_PARTS) as bodies:
        for body in bodies:
            for code, line, qty in _lines(body):
                told[code, line] += qty
    return told


def _by_lines(conn: Connection) -> Iterator[Violation]:
    told = shipped_units(conn)
    with conn.execute(_shown, execution_options=_IN_PARTS) as rows:
        for row in rows:
            units = told.pop((row.code, row.line), 0)
            if units != row.shipped:
                where = f"order {row.code} line {row.line}"
                yield Violation("shipped", where, f"{row.shipped} on the line", f"{units} told by shipments")
    for (code, line), units in told.items():
        where = f"order {code} line {line}"
        yield Violation("shipped", where, "nothing on the line", f"{units} told by shipments")


def _lines(body: str) -> Iterator[tuple[str, int, int]]:
    """Order, line and units of a shipment's body; a body that cannot be read tells of none."""
    try:
        said: Any = json.loads(body)
        for entry in said["lines"]:
            yield str(said["order"]), int(entry["line"]), int(entry["qty"])
    except (ValueError, TypeError, LookupError):
        return


_by_centre = and_(event.c.origin == CENTRE, event.c.kind == str(EventKind.ORDER_SHIPPED))
_leaves = and_(move.c.kind == str(MoveKind.SHIP), account.c.location == str(Virtual.CUSTOMER))
_counted = (
    select(
        order_line.c.order,
        order_line.c.owner,
        order_line.c.sku.label("item"),
        order_line.c.shipped.label("qty"),
    )
    .where(order_line.c.sku.is_not(None), order_line.c.shipped != 0)
    .order_by(order_line.c.order)
)
# Zero stands for no order: rows are numbered from one.
_order = func.coalesce(customer_order.c.id, literal_column("0"))
_moved = (
    select(_order.label("order"), account.c.owner, account.c.item, func.sum(move.c.qty).label("qty"))
    .select_from(move)
    .join(event, move.c.event == event.c.id)
    .join(account, move.c.target == account.c.id)
    .join(customer_order, customer_order.c.code == move.c.document, isouter=True)
    .where(_leaves, event.c.origin == CENTRE)
    .group_by(_order, account.c.owner, account.c.item)
    .order_by(_order)
)
_shipments = select(event.c.body).where(_by_centre)
_shown = (
    select(customer_order.c.code, order_line.c.line, order_line.c.shipped)
    .join_from(order_line, customer_order, order_line.c.order == customer_order.c.id)
    .where(order_line.c.shipped != 0)
)
_not_noted = (
    select(account.c.item, account.c.serial, event.c.event_id)
    .select_from(move)
    .join(event, move.c.event == event.c.id)
    .join(account, move.c.target == account.c.id)
    .join(
        sold_serial,
        and_(
            sold_serial.c.sku == account.c.item,
            sold_serial.c.serial == account.c.serial,
            sold_serial.c.event == event.c.event_id,
        ),
        isouter=True,
    )
    .where(_leaves, _by_centre, account.c.serial != "", sold_serial.c.sku.is_(None))
    .order_by(event.c.id)
)
_sent = (
    select(move.c.n)
    .join_from(move, account, move.c.target == account.c.id)
    .where(
        move.c.event == event.c.id,
        _leaves,
        account.c.item == sold_serial.c.sku,
        account.c.serial == sold_serial.c.serial,
        move.c.document == customer_order.c.code,
    )
    .correlate(event, sold_serial, customer_order)
    .exists()
)
_not_shipped = (
    select(sold_serial)
    .select_from(sold_serial)
    .join(event, and_(event.c.event_id == sold_serial.c.event, _by_centre), isouter=True)
    .join(customer_order, customer_order.c.id == sold_serial.c.order, isouter=True)
    .join(
        order_line,
        and_(
            order_line.c.order == sold_serial.c.order,
            order_line.c.line == sold_serial.c.line,
            order_line.c.sku == sold_serial.c.sku,
        ),
        isouter=True,
    )
    .where(or_(event.c.id.is_(None), order_line.c.line.is_(None), ~_sent))
    .order_by(sold_serial.c.sku, sold_serial.c.serial)
)
_sold_units = (
    select(sold_serial.c.order, sold_serial.c.line, func.count().label("units"))
    .group_by(sold_serial.c.order, sold_serial.c.line)
    .subquery()
)
_too_many = (
    select(_sold_units, order_line.c.shipped)
    .join_from(
        _sold_units,
        order_line,
        and_(order_line.c.order == _sold_units.c.order, order_line.c.line == _sold_units.c.line),
    )
    .where(_sold_units.c.units > order_line.c.shipped)
    .order_by(_sold_units.c.order, _sold_units.c.line)
)
