"""Orders and their lines, and whether each claim fits the line that it is for."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, and_, func, not_, or_, select

from app.domain.laws import Violation
from app.domain.reservation import Claim
from sync.central.checks.excused import unallocated
from sync.central.checks.readable import readable
from sync.central.store.stock import CLAIMED_UNIT
from sync.central.store.tables import (
    customer_order,
    kit_component,
    order_line,
    reservation,
)


def check_orders(conn: Connection) -> Iterator[Violation]:
    """Lines repeat their order's head, states are what lines say, claims fit their lines."""
    for row in conn.execute(_other_head):
        where = f"order {row.code} line {row.line}"
        yield Violation("order line", where, "another owner, customer, rank or time", "its order's")
    for line in conn.execute(_undated):
        where = f"order row {line.order} line {line.line}"
        shown = f"{line.shipped} shipped at {line.shipped_at}"
        yield Violation("order line", where, shown, "units and a time, or neither")
    for order in conn.execute(_other_state):
        # An order without a unit of stock is shipped from the start.
        shipped = order.left or not order.stock
        stands = "open" if order.waits else "shipped" if shipped else "cancelled"
        if order.state != stands:
            yield Violation("order", f"order {order.code}", order.state, stands)
    yield from readable(conn, "claim", _claims_fit)
    yield from readable(conn, "promised once", _serials_claimed)


def _claims_fit(conn: Connection) -> Iterator[Violation]:
    """Owner, channel, item, serial and units of each claim, against its order and line."""
    kits: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for row in conn.execute(select(kit_component)):
        kits[row.kit][row.component] = row.qty
    claimed: defaultdict[tuple[int, int, str], set[str]] = defaultdict(set)
    with conn.execute(_claims, execution_options={"yield_per": 1000}) as rows:
        for row in rows:
            wrong = _misfit(row, kits.get(row.sku or "", {}))
            if wrong:
                where = f"order row {row.order} line {row.line}"
                yield Violation("claim", where, f"{row.qty} of {row.item}, {wrong[0]}", wrong[1])
            elif row.item != row.sku:
                claimed[row.order, row.line, row.sku].add(row.item)
    for (order, line, sku), items in sorted(claimed.items()):
        if items != kits[sku].keys():
            where = f"order row {order} line {line}"
            yield Violation("claim", where, ", ".join(sorted(items)), f"every component of {sku}")


def _misfit(row: Any, parts: Mapping[str, int]) -> tuple[str, str] | None:
    """What of a claim does not fit, and what would."""
    if (row.owner, row.channel) != (row.head_owner, row.head_channel):
        return f"of {row.owner} by {row.channel}", f"of {row.head_owner} by {row.head_channel}"
    if row.claim not in {Claim.SOFT, Claim.HARD} or row.expires is not None:
        return f"a {row.claim} claim", "one that stands until it is shipped"
    if row.document != f"order:{row.code}":
        return f"of {row.document}", f"of order:{row.code}"
    if row.head_site is not None and row.site != row.head_site:
        return f"from site {row.site or 'any'}", f"from site {row.head_site}"
    per = 1 if row.item == row.sku else parts.get(row.item)
    if per is None:
        return "another item", f"{row.sku} or a component of it"
    if row.per != per:
        return f"{row.per} for each", f"{per} for each"
    if not row.qty:
        return "nothing", "no row"
    narrow = (row.lot, row.grade)
    asked = (row.line_lot, row.line_grade) if row.item == row.sku else ("", "")
    # An item's own record may ask for more than the line.
    if narrow != asked or row.fresh < row.line_fresh:
        least = f"good until {row.line_fresh}" if row.line_fresh else ""
        return f"of {' '.join((*narrow, row.fresh))}", f"of {' '.join((*asked, least))}"
    named = _named(row.serials) if row.item == row.sku else frozenset[str]()
    if row.serial and (row.qty != 1 or row.serial not in named):
        return f"serial {row.serial}", "one unit of a serial that the line names"
    if named and not row.serial:
        return "no serial", "a serial that the line names"
    return None


@lru_cache(maxsize=1)
def _named(serials: str | None) -> frozenset[str]:
    """The serials a line names; its claims come one after the other, and it may name thousands."""
    try:
        found = json.loads(serials) if serials else []
    except ValueError:
        found = []
    return frozenset(entry for entry in (found if isinstance(found, list) else []) if isinstance(entry, str))


def _serials_claimed(conn: Connection) -> Iterator[Violation]:
    """A serial is claimed once, and while it is claimed a sellable unit of it is there."""
    excused = unallocated(conn)
    for row in conn.execute(_claimed_twice):
        yield Violation("promised once", f"{row.item} serial {row.serial}", f"{row.times} claims", "one")
    for row in conn.execute(_claimed_gone):
        if not excused(row.owner, row.item):
            yield Violation("promised once", f"{row.item} serial {row.serial}", "claimed", "sellable")


_on_line = and_(reservation.c.order == order_line.c.order, reservation.c.line == order_line.c.line)
_of_order = order_line.c.order == customer_order.c.id
_other_head = (
    select(customer_order.c.code, order_line.c.line)
    .join_from(order_line, customer_order, _of_order)
    .where(
        or_(
            order_line.c.owner != customer_order.c.owner,
            order_line.c.customer.is_distinct_from(customer_order.c.customer),
            order_line.c.priority != customer_order.c.priority,
            order_line.c.placed_at != customer_order.c.placed_at,
        )
    )
    .order_by(order_line.c.order, order_line.c.line)
)
_undated = select(order_line).where(
    or_(
        and_(order_line.c.shipped > 0, order_line.c.shipped_at.is_(None)),
        and_(order_line.c.shipped == 0, order_line.c.shipped_at.is_not(None)),
    )
)
_stock = order_line.c.sku.is_not(None)
_open_units = order_line.c.qty - order_line.c.shipped - order_line.c.cancelled


def _lines(condition: Any) -> Any:
    return select(order_line.c.line).where(_of_order, _stock, condition).exists()


_waits, _left = _lines(_open_units > 0), _lines(order_line.c.shipped > 0)
_any_stock = _lines(order_line.c.qty > 0)
_other_state = (
    select(
        customer_order.c.code,
        customer_order.c.state,
        _waits.label("waits"),
        _left.label("left"),
        _any_stock.label("stock"),
    )
    .where(
        or_(
            (customer_order.c.state == "open") != _waits,
            and_(customer_order.c.state == "cancelled", or_(_left, not_(_any_stock))),
            and_(customer_order.c.state == "shipped", not_(_left)),
            customer_order.c.state.not_in(["open", "shipped", "cancelled"]),
        )
    )
    .order_by(customer_order.c.id)
)
_claims = (
    select(
        reservation,
        order_line.c.sku,
        order_line.c.serials,
        customer_order.c.owner.label("head_owner"),
        customer_order.c.channel.label("head_channel"),
        customer_order.c.code,
        customer_order.c.site.label("head_site"),
        order_line.c.lot.label("line_lot"),
        order_line.c.grade.label("line_grade"),
        order_line.c.fresh.label("line_fresh"),
    )
    .join_from(reservation, order_line, _on_line)
    .join(customer_order, _of_order)
    .order_by(reservation.c.order, reservation.c.line, reservation.c.id)
)
_named_claim = and_(reservation.c.serial != "", reservation.c.claim != Claim.BASKET)
_claimed_twice = (
    select(reservation.c.owner, reservation.c.item, reservation.c.serial, func.count().label("times"))
    .where(_named_claim)
    .group_by(reservation.c.owner, reservation.c.item, reservation.c.serial)
    .having(func.count() > 1)
)
_claimed_gone = select(reservation).where(_named_claim, ~CLAIMED_UNIT.exists())
