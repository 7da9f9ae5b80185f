"""Order rows: heads, lines and states."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.domain.clock import to_text
from app.domain.reservation import ANY, Claim, Reservation, Scope
from sync.central.rules.outcomes import Conflict, missing
from sync.central.rules.promise import Grant
from sync.central.store import replacement_rows
from sync.central.store.prepared import Many, inserting, updating
from sync.central.store.shipping import OrderHead, Part
from sync.central.store.tables import customer_order, order_line


def find(conn: Connection, code: str) -> Row[Any]:
    """The order of that code; refused as missing when there is none."""
    row = conn.execute(_by_code, {"code": code}).one_or_none()
    if row is None:
        raise missing("order", code)
    return row


def change(conn: Connection, order: int, **columns: str | None) -> None:
    """Sets columns of an order's head, as its `block` or `site`."""
    conn.execute(update(customer_order).where(customer_order.c.id == order).values(**columns))


def refuse_known(conn: Connection, code: str) -> None:
    """Refuses the code of an order that is here already."""
    if conn.execute(_by_code, {"code": code}).first() is not None:
        raise known(code)


def known(code: str) -> Conflict:
    """An order of that code was captured before."""
    return Conflict(
        "order.exists",
        f"Read the order {code!r}, which is here already.",
        "Expected an order code that is new.",
        "Send an order again with the Idempotency-Key of its first attempt.",
    )


def find_by_row(conn: Connection, number: int) -> Row[Any]:
    """The order of that row."""
    return conn.execute(_by_row, {"row": number}).one()


def head_of(row: Row[Any]) -> OrderHead:
    """What shipping needs of an order row."""
    return OrderHead(row.id, row.code, row.owner, row.channel, row.ship, row.claim)


def scope(head: Any, line: Any) -> Scope:
    """Which units a line may be met from: its order's site, its own lot, grade and date."""
    parts = (head.site or None, line.lot or None, None, line.grade or None, None, line.fresh or None)
    return Scope(*parts) if any(parts) else ANY


def lines_of(conn: Connection, order: int) -> Sequence[Row[Any]]:
    """The lines of an order, by number."""
    return conn.execute(_lines, {"of": order}).all()


def claims_of_grants(order: OrderHead, grants: Iterable[Grant]) -> list[Reservation]:
    """The claims that grants become."""
    return [
        Reservation(
            order.owner,
            claimed.item,
            order.channel,
            f"order:{order.code}",
            grant.want.line,
            claimed.qty,
            Claim(order.claim),
            claimed.scope,
            claimed.per,
        )
        for grant in grants
        for claimed in grant.claims()
    ]


def advance(
    conn: Connection,
    order: int,
    parts: Iterable[Part],
    at: datetime,
    *,
    from_claims: bool,
) -> None:
    """Counts parts as shipped; out of what was reserved when they came from claims."""
    _ship.run(
        conn,
        [
            {
                "of": order,
                "number": part.line,
                "units": part.qty,
                "freed": part.qty if from_claims else 0,
                "at": to_text(at),
            }
            for part in parts
        ],
    )


def reserve(conn: Connection, order: int, units: Iterable[tuple[int, int]]) -> None:
    """Adds (line, units) to what lines have reserved; units may be below zero."""
    reserve_each(conn, ((order, line, qty) for line, qty in units))


def reserve_each(conn: Connection, units: Iterable[tuple[int, int, int]]) -> None:
    """The same for the lines of many orders: (order, line, units)."""
    rows = [{"of": order, "number": line, "units": qty} for order, line, qty in units if qty]
    _reserve.run(conn, rows)


def settle_state(conn: Connection, orders: Iterable[int]) -> None:
    """Closes the orders among these that have nothing more to ship, and opens none."""
    for order in dict.fromkeys(orders):
        if conn.execute(_unfinished, {"of": order}).first() is None:
            shipped = conn.execute(_any_shipped, {"of": order}).first()
            conn.execute(_state, {"of": order, "to": "shipped" if shipped else "cancelled"})


def found(conn: Connection, code: str) -> dict[str, object]:
    """The order as it is now.

    Raises:
        Missing: there is none of that code.
    """
    row = find(conn, code)
    replaces = replacement_rows.of_order(conn, code)
    linked = {} if replaces is None else {"replaces": replacement_rows.link(replaces)}
    return document(row, lines_of(conn, row.id)) | linked


def document(row: Row[Any], lines: Sequence[Row[Any]]) -> dict[str, object]:
    """The order as it is answered."""
    return {
        "order": row.code,
        "state": row.state,
        "owner": row.owner,
        "channel": row.channel,
        "priority": row.priority,
        "at": row.placed_at,
        "customer": row.customer,
        "ship": row.ship,
        "claim": row.claim,
        "fill": row.fill,
        **{name: getattr(row, name) for name in _GIVEN if getattr(row, name) is not None},
        "lines": [line_document(line) for line in lines],
    }


def line_document(line: Row[Any]) -> dict[str, object]:
    """One line as it is answered."""
    stock = line.sku is not None
    open_units = line.qty - line.reserved - line.shipped - line.cancelled if stock else 0
    found: dict[str, object] = {
        "line": line.line,
        "sku": line.sku,
        "stock": stock,
        "qty": line.qty,
        "reserved": line.reserved,
        "shipped": line.shipped,
        "backordered": open_units,
        "cancelled": line.cancelled,
        "returned": line.returned,
    }
    if line.description is not None:
        found["description"] = line.description
    if line.unit_minor is not None:
        found |= {"unit_minor": line.unit_minor, "currency": line.currency}
        found |= {"tax_minor": line.tax_minor} if line.tax_minor else {}
    if line.serials is not None:
        found["serials"] = json.loads(line.serials)
    parts = ("lot", "grade", "fresh", "substitute_for")
    found |= {part: getattr(line, part) for part in parts if getattr(line, part)}
    return found


_GIVEN = ("site", "region", "zone", "service_level", "wanted_by", "block", "most_parcels")
_mine = order_line.c.order == bindparam("of")
_one = and_(_mine, order_line.c.line == bindparam("number"))
_open = and_(order_line.c.sku.is_not(None), order_line.c.qty > order_line.c.shipped + order_line.c.cancelled)

# Gives back the row's number, or nothing when the code is taken.
new_order = Many(
    {
        name: dialect.insert(customer_order)
        .on_conflict_do_nothing(index_elements=["code"])
        .returning(customer_order.c.id)
        for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
    },
    [column.name for column in customer_order.columns if column.name != "id"],
)
new_lines = inserting(
    order_line,
    "order",
    "line",
    "owner",
    "customer",
    "priority",
    "placed_at",
    "sku",
    "description",
    "qty",
    "reserved",
    "shipped",
    "unit_minor",
    "tax_minor",
    "taxed",
    "currency",
    "serials",
    "shipped_at",
    "lot",
    "grade",
    "fresh",
    "substitute_for",
)
_by_code = select(customer_order).where(customer_order.c.code == bindparam("code"))
_by_row = select(customer_order).where(customer_order.c.id == bindparam("row"))
_lines = select(order_line).where(_mine).order_by(order_line.c.line)
_ship = updating(
    update(order_line)
    .where(_one)
    .values(
        shipped=order_line.c.shipped + bindparam("units"),
        reserved=order_line.c.reserved - bindparam("freed"),
        shipped_at=bindparam("at"),
    ),
    "of",
    "number",
    "units",
    "freed",
    "at",
)
_reserve = updating(
    update(order_line).where(_one).values(reserved=order_line.c.reserved + bindparam("units")),
    "of",
    "number",
    "units",
)
_unfinished = select(order_line.c.line).where(_mine, _open).limit(1)
_any_shipped = select(order_line.c.line).where(_mine, order_line.c.shipped > 0).limit(1)
_state = update(customer_order).where(customer_order.c.id == bindparam("of")).values(state=bindparam("to"))
