"""Reading orders for a simulation: lines with their orders' facts, as they are now or were in a period."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, func, or_, select

from app.domain.clock import from_text
from app.domain.event import EventKind
from app.domain.move import MoveKind
from sync.central.rules.allocation_policy import AllocationPolicy, ScoredOrder
from sync.central.rules.simulation import (
    Arrived,
    Fixed,
    Happening,
    Left,
    Line,
    OrderFacts,
    Shipped,
)
from sync.central.store.orders import scope
from sync.central.store.prepared import Among, asking
from sync.central.store.sent import Sold, sent_between
from sync.central.store.simulated_claims import claimed, site_safety_stock, sold
from sync.central.store.simulated_reach import Reach
from sync.central.store.stock import as_new_grades
from sync.central.store.tables import (
    account,
    customer_order,
    event,
    move,
    order_line,
)


@dataclass(frozen=True, slots=True)
class Head:
    """An order and the item of one of its lines: what tells which items have to be played together."""

    order: int
    sku: str
    channel: str
    fill: str


@dataclass(slots=True)
class Taken:
    """What was read of orders for some items."""

    lines: list[Line] = field(default_factory=list)
    fixed: list[Fixed] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)


@contextmanager
def heads(conn: Connection, reach: Reach) -> Iterator[Iterator[Head]]:
    """The lines of all orders concerned, order by order.

    Those of open orders that have units to be shipped; or of orders that were captured in the period, or open
    at its start.
    """
    asked = _open_heads if reach.since is None else _past_heads
    given = {name: value for name, value in reach.given().items() if name != "skus"}
    with conn.execute(asked.execution_options(yield_per=_PAGE), given) as rows:
        yield (Head(row.order, row.sku, row.channel, row.fill) for row in rows)


def open_orders(conn: Connection, reach: Reach) -> Taken:
    """The open lines, each with all units that no hard claim holds, and the claims that stay.

    Soft claims are units that a line wants like those it waits for; so is everything that a blocked order
    has.
    """
    loose, named, fixed = claimed(conn, reach)
    found, orders = Taken(fixed=fixed), dict[int, OrderFacts]()
    gone = sold(conn, reach)
    for row in _open_lines.rows(conn, owner=reach.owner, skus=list(reach.skus)):
        key = (row.order, row.line)
        units = row.qty - row.reserved - row.shipped - row.cancelled + loose[key]
        if units > 0:
            facts = orders.setdefault(row.order, _facts(row, reach.policy, row.block))
            line = _line(facts, row, units, reach.policy)
            serials = tuple(s for s in line.serials if s not in gone[key] and s not in named[key])
            kept = loose[key] if row.block is not None else 0
            found.lines.append(replace(line, serials=serials, kept=kept))
    return found


def past_orders(conn: Connection, reach: Reach) -> Taken:
    """The lines that were captured in a period or open at its start, and what left of them.

    Cancelled units count as never asked for: when they were cancelled is not kept. Nor is when an order was
    blocked, so blocks are left out.
    """
    given = reach.given()
    start, end = given["since"], given["until"]
    left = _left(conn, reach)
    found, orders = Taken(fixed=site_safety_stock(conn, reach.skus)), dict[int, OrderFacts]()
    arriving: defaultdict[int, list[Line]] = defaultdict(list)
    for row in _past_lines.rows(conn, **given):
        facts = orders.setdefault(row.order, _facts(row, reach.policy, None))
        gone = _of_line(left[row.order, row.sku], row.shipped)
        units = row.qty - row.cancelled - row.shipped + sum(qty for _, qty in gone)
        if units <= 0:
            continue
        line = _line(facts, row, units, reach.policy)
        if row.placed_at < start:
            found.lines.append(line)
        else:
            arriving[row.order].append(line)
        # What a clock says left before it was ordered left when it was ordered.
        found.happenings += [
            Left(from_text(max(at, row.placed_at)), line.key, qty) for at, qty in gone if at < end
        ]
    found.happenings += [Arrived(orders[row].placed_at, tuple(lines)) for row, lines in arriving.items()]
    return found


def shipped_before(conn: Connection, reach: Reach, start: datetime) -> list[Shipped]:
    """What left for each channel from an instant until what is read begins, for allotments that count it."""
    end = reach.since or reach.until
    rows = sent_between(conn, Sold(reach.owner, reach.skus, as_new_grades(conn)), start, end)
    return [Shipped(row.item, row.channel, from_text(row.occurred_at), int(row.qty)) for row in rows]


def _facts(row: Any, policy: AllocationPolicy, block: str | None) -> OrderFacts:
    return OrderFacts(
        row.order,
        row.code,
        ScoredOrder(
            row.channel,
            from_text(row.placed_at),
            row.service_level,
            bool(row.wholesale),
            from_text(row.wanted_by) if row.wanted_by else None,
            row.late_penalty_minor,
            None if row.ranked else row.priority,
        ),
        # What is as the channel's policy says counts as said by it.
        None if row.fill == policy.channel(row.channel).fill else row.fill,
        row.region,
        block,
    )


def _line(facts: OrderFacts, row: Any, units: int, policy: AllocationPolicy) -> Line:
    wanted = scope(row, row)
    serials = tuple(json.loads(row.serials)) if row.serials else ()
    bare = Line(facts, row.line, row.sku, units, replace(wanted, fresh=None), serials)
    # A date that the policy asks for is not the line's own.
    return bare if bare.scope_under(policy).fresh == wanted.fresh else replace(bare, scope=wanted)


def _left(conn: Connection, reach: Reach) -> defaultdict[tuple[int, str], list[tuple[str, int]]]:
    """What left of each order and item since the start, oldest first: (when, units)."""
    found: defaultdict[tuple[int, str], list[tuple[str, int]]] = defaultdict(list)
    given = {name: value for name, value in reach.given().items() if name != "until"}
    for row in _shipments.rows(conn, **given):
        found[row.order, row.item].append((row.occurred_at, int(row.qty)))
    return found


def _of_line(shipments: list[tuple[str, int]], shipped: int) -> list[tuple[str, int]]:
    """Takes a line's share out of its order's shipments of one item; lines come in their order."""
    found, rest = list[tuple[str, int]](), shipped
    while shipments and rest:
        at, qty = shipments[0]
        units = min(qty, rest)
        found.append((at, units))
        rest -= units
        if units == qty:
            shipments.pop(0)
        else:
            shipments[0] = (at, qty - units)
    return found


_PAGE = 2_000
_owned = order_line.c.owner == bindparam("owner")
_stock = order_line.c.sku.is_not(None)
_to_ship = order_line.c.qty > order_line.c.shipped + order_line.c.cancelled
_is_open = and_(_owned, _stock, _to_ship, customer_order.c.state == "open")
_in_period = and_(
    _owned,
    _stock,
    order_line.c.placed_at < bindparam("until"),
    order_line.c.qty > order_line.c.cancelled,
    or_(
        order_line.c.placed_at >= bindparam("since"), _to_ship, order_line.c.shipped_at >= bindparam("since")
    ),
)
_head = select(
    order_line.c.order, order_line.c.sku, customer_order.c.channel, customer_order.c.fill
).join_from(order_line, customer_order, customer_order.c.id == order_line.c.order)
_open_heads = _head.where(_is_open).order_by(order_line.c.order)
_past_heads = _head.where(_in_period).order_by(order_line.c.order)
_lines = select(
    order_line.c.order,
    order_line.c.line,
    order_line.c.placed_at,
    order_line.c.sku,
    order_line.c.qty,
    order_line.c.reserved,
    order_line.c.shipped,
    order_line.c.cancelled,
    order_line.c.serials,
    order_line.c.lot,
    order_line.c.grade,
    order_line.c.fresh,
    customer_order.c.code,
    customer_order.c.channel,
    customer_order.c.priority,
    customer_order.c.ranked,
    customer_order.c.fill,
    customer_order.c.site,
    customer_order.c.region,
    customer_order.c.service_level,
    customer_order.c.wanted_by,
    customer_order.c.wholesale,
    customer_order.c.late_penalty_minor,
    customer_order.c.block,
).join_from(order_line, customer_order, customer_order.c.id == order_line.c.order)
_by_age = (order_line.c.placed_at, order_line.c.order, order_line.c.line)


def _ordered(where: Any) -> Any:
    def build(among: Among) -> Select[Any]:
        return _lines.where(where, among(order_line.c.sku, "skus")).order_by(*_by_age)

    return asking(build)


_open_lines = _ordered(_is_open)
_past_lines = _ordered(_in_period)
# Shipments of a kit's assembled units come out of the conversion end; their last move names the kit.
_shipments = asking(
    lambda among: (
        select(
            customer_order.c.id.label("order"),
            account.c.item,
            event.c.occurred_at,
            func.sum(move.c.qty).label("qty"),
        )
        .join_from(event, move, move.c.event == event.c.id)
        .join(account, account.c.id == move.c.target)
        .join(customer_order, customer_order.c.code == move.c.document)
        .where(
            event.c.kind == EventKind.ORDER_SHIPPED.value,
            event.c.occurred_at >= bindparam("since"),
            move.c.kind == MoveKind.SHIP.value,
            account.c.owner == bindparam("owner"),
            among(account.c.item, "skus"),
        )
        .group_by(event.c.id, customer_order.c.id, account.c.item, event.c.occurred_at)
        .order_by(event.c.occurred_at, event.c.id)
    )
)
