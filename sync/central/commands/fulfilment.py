"""Fulfilling an order that was captured: shipping what is reserved, giving up what is not shipped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, update

from app.domain.counted import counted
from sync.central.commands.requests import Cancellation, LinePart, Shipment
from sync.central.rules.blocks import refuse_blocked
from sync.central.rules.line_claims import by_line
from sync.central.rules.outcomes import Conflict
from sync.central.store import orders
from sync.central.store.act import Act
from sync.central.store.backorders import settle
from sync.central.store.leaving import claimed, leave
from sync.central.store.order_claims import Spread, give_back, spread
from sync.central.store.tables import order_line


def ship_order(act: Act, code: str, asked: Shipment) -> dict[str, object]:
    """Ships what an order has reserved, or the part that is asked for; what stands in parcels is left there.

    Raises:
        Missing: no such order.
        Conflict: a line has not that much reserved outside parcels, nothing at all is, or the order is
            blocked.
    """
    row = orders.find(act.conn, code)
    refuse_blocked(code, row.block, "shipped")
    head = orders.head_of(row)
    seen = claimed(act, head)
    mine = seen[0]
    has = by_line(mine.free)
    _refuse_parcels(asked.lines, has, mine)
    units = _asked_units(asked.lines, has, "reserved")
    if not units:
        raise _nothing_reserved(code, mine)
    leave(act, head, seen, units)
    return orders.found(act.conn, code)


def _nothing_reserved(code: str, mine: Spread) -> Conflict:
    if mine.parts:
        inside = ", ".join(dict.fromkeys(part.parcel for part in mine.parts))
        return Conflict(
            "order.in_parcels",
            f"Everything that order {code} has reserved stands in parcel {inside}.",
            "Expected reserved units that are in no parcel.",
            "Ship the parcels, or cancel them first.",
        )
    return Conflict(
        "order.nothing_reserved",
        f"Order {code} has nothing reserved.",
        "Expected reserved units.",
        "Wait for stock, or look at the order's lines.",
    )


def _refuse_parcels(asked: Sequence[LinePart], has: dict[int, int], mine: Spread) -> None:
    """Says it when what is asked for stands in a parcel."""
    for part in asked:
        inside = mine.parcels_of(part.line)
        if inside and part.qty > has.get(part.line, 0):
            raise Conflict(
                "order.in_parcels",
                f"Line {part.line}: asked for {counted(part.qty, 'unit')}.",
                f"It has {has.get(part.line, 0)} reserved outside parcel {', '.join(inside)}.",
                "Ship that parcel, or cancel it first.",
            )


def _asked_units(asked: Sequence[LinePart], has: dict[int, int], what: str) -> dict[int, int]:
    """Units by line: what is asked for, or everything there is."""
    if not asked:
        return {number: qty for number, qty in has.items() if qty > 0}
    units: dict[int, int] = {}
    for part in asked:
        units[part.line] = units.get(part.line, 0) + part.qty
        if units[part.line] > has.get(part.line, 0):
            raise Conflict(
                f"order.not_{what}",
                f"Line {part.line}: asked for {counted(units[part.line], 'unit')}.",
                f"It has {has.get(part.line, 0)} {what}.",
                "Ask for no more than that.",
            )
    return units


def cancel_order(act: Act, code: str, asked: Cancellation) -> dict[str, object]:
    """Gives up what is not shipped, or the part that is asked for; freed units go to backorders at once.

    Backordered units of a line are given up before reserved ones, and those before what stands in a parcel
    that nobody picked yet.

    Raises:
        Missing: no such order.
        Conflict: a line has not that many open units, some are picked, or the order has none at all.
    """
    row = orders.find(act.conn, code)
    lines = {line.line: line for line in orders.lines_of(act.conn, row.id)}
    has = {line.line: line.qty - line.shipped - line.cancelled for line in lines.values()}
    units = _asked_units(asked.lines, has, "open")
    if not units or row.state != "open":
        raise Conflict(
            "order.nothing_open",
            f"Order {code} is {row.state}.",
            "Expected units that are not shipped and not cancelled.",
            "Authorize a return for what was shipped.",
        )
    released = {number: _of_reserved(lines[number], qty) for number, qty in units.items()}
    given = {number: qty for number, qty in released.items() if qty}
    freed = give_back(act, row, spread(act.conn, row.id), given) if given else frozenset[str]()
    changes = [{"of": row.id, "number": number, "units": qty} for number, qty in units.items()]
    act.conn.execute(_cancel, changes)
    orders.settle_state(act.conn, [row.id])
    if freed:
        settle(act, row.owner, freed)
    return orders.found(act.conn, code)


def _of_reserved(line: Row[Any], qty: int) -> int:
    """How many of the units that are given up are reserved ones."""
    return int(max(0, qty - (line.qty - line.shipped - line.cancelled - line.reserved)))


_cancel = (
    update(order_line)
    .where(order_line.c.order == bindparam("of"), order_line.c.line == bindparam("number"))
    .values(cancelled=order_line.c.cancelled + bindparam("units"))
)
