"""Fulfilling an order that was captured: shipping what is reserved, giving up what is not shipped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, update

from app.domain.item import Component
from sync.central.commands.requests import Cancellation, LinePart, Shipment
from sync.central.rules.outcomes import Conflict
from sync.central.store import orders
from sync.central.store.act import Act
from sync.central.store.backorders import settle
from sync.central.store.shipping import Part, ship
from sync.central.store.stock import look
from sync.central.store.tables import order_line


def ship_order(act: Act, code: str, asked: Shipment) -> dict[str, object]:
    """Ships what an order has reserved, or the part that is asked for.

    Raises:
        Missing: no such order.
        Conflict: a line has not that much reserved, or nothing is reserved at all.
    """
    row = orders.find(act.conn, code)
    head = orders.head_of(row)
    lines = orders.lines_of(act.conn, head.id)
    claims = orders.claims_of(act.conn, head.id)
    units = _asked_units(asked.lines, {line.line: line.reserved for line in lines}, "reserved")
    if not units:
        raise Conflict(
            "order.nothing_reserved",
            f"Order {code} has nothing reserved.",
            "Expected reserved units.",
            "Wait for stock, or look at the order's lines.",
        )
    by_line = {line.line: line for line in lines}
    stock = look(act.conn, head.owner, (claim.item for claim in claims), act.posted_at)
    parts, spent = list[Part](), list[dict[str, Any]]()
    for number, qty in units.items():
        part, used = _from_claims(by_line[number], qty, claims)
        parts.append(part)
        spent += used
    named = [(part.sku, serial) for part in parts for serial in part.serials]
    ship(act, head, parts, stock.picker(named))
    orders.unclaim(act.conn, spent)
    orders.advance(act.conn, head.id, parts, act.occurred_at, from_claims=True)
    orders.settle_state(act.conn, [head.id])
    return orders.found(act.conn, code)


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
                f"Line {part.line}: asked for {units[part.line]} units.",
                f"It has {has.get(part.line, 0)} {what}.",
                "Ask for no more than that.",
            )
    return units


def _from_claims(line: Row[Any], qty: int, claims: Sequence[Row[Any]]) -> tuple[Part, list[dict[str, Any]]]:
    """Takes `qty` units of a line out of its claims: its own item's first, then assembled kits."""
    mine = [claim for claim in claims if claim.line == line.line]
    spent, serials, own = list[dict[str, Any]](), list[str](), 0
    for claim in (claim for claim in mine if claim.item == line.sku):
        take = min(claim.qty, qty - own)
        if take:
            own += take
            spent.append({"id": claim.id, "qty": take})
            serials += [claim.serial] if claim.serial else []
    assembled = qty - own
    # What was claimed is what is shipped, even when the kit was defined anew since.
    parts = [claim for claim in mine if claim.item != line.sku] if assembled else []
    spent += [{"id": claim.id, "qty": assembled * claim.per} for claim in parts]
    kit = tuple(Component(claim.item, claim.per) for claim in parts)
    return Part(line.line, line.sku, own, assembled, kit, tuple(serials)), spent


def cancel_order(act: Act, code: str, asked: Cancellation) -> dict[str, object]:
    """Gives up what is not shipped, or the part that is asked for; freed units go to backorders at once.

    Backordered units of a line are given up before reserved ones.

    Raises:
        Missing: no such order.
        Conflict: a line has not that many open units, or the order has none at all.
    """
    row = orders.find(act.conn, code)
    lines = {line.line: line for line in orders.lines_of(act.conn, row.id)}
    claims = orders.claims_of(act.conn, row.id)
    has = {line.line: line.qty - line.shipped - line.cancelled for line in lines.values()}
    units = _asked_units(asked.lines, has, "open")
    if not units or row.state != "open":
        raise Conflict(
            "order.nothing_open",
            f"Order {code} is {row.state}.",
            "Expected units that are not shipped and not cancelled.",
            "Authorize a return for what was shipped.",
        )
    spent, changes = list[dict[str, Any]](), list[dict[str, Any]]()
    for number, qty in units.items():
        line = lines[number]
        released = max(0, qty - (has[number] - line.reserved))
        changes.append({"of": row.id, "number": number, "units": qty, "released": released})
        if released:
            spent += _from_claims(line, released, claims)[1]
    used = {entry["id"] for entry in spent}
    freed = {claim.item for claim in claims if claim.id in used}
    orders.unclaim(act.conn, spent)
    act.conn.execute(_cancel, changes)
    orders.settle_state(act.conn, [row.id])
    if freed:
        settle(act, row.owner, freed)
    return orders.found(act.conn, code)


_cancel = (
    update(order_line)
    .where(order_line.c.order == bindparam("of"), order_line.c.line == bindparam("number"))
    .values(
        cancelled=order_line.c.cancelled + bindparam("units"),
        reserved=order_line.c.reserved - bindparam("released"),
    )
)
