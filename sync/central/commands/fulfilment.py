"""Fulfilling an order that was captured: shipping what is reserved, giving up what is not shipped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, update

from sync.central.commands.requests import Cancellation, LinePart, Shipment
from sync.central.rules.outcomes import Conflict
from sync.central.rules.promise import Claimed
from sync.central.store import claims as claim_rows
from sync.central.store import orders
from sync.central.store.act import Act
from sync.central.store.backorders import settle
from sync.central.store.shipping import OrderHead, Part, ship
from sync.central.store.stock import Stock, look
from sync.central.store.tables import order_line


def ship_order(act: Act, code: str, asked: Shipment) -> dict[str, object]:
    """Ships what an order has reserved, or the part that is asked for.

    Raises:
        Missing: no such order.
        Conflict: a line has not that much reserved, or nothing is reserved at all.
    """
    row = orders.find(act.conn, code)
    head = orders.head_of(row)
    claims, stock = _claimed(act, head)
    lines = orders.lines_of(act.conn, head.id)
    # What is claimed of supply that is still to come cannot leave yet.
    to_come = claim_rows.to_come(claims)
    claims = [claim for claim in claims if not claim.supply]
    has = {line.line: line.reserved - to_come[line.line] for line in lines}
    units = _asked_units(asked.lines, has, "reserved")
    if not units:
        raise Conflict(
            "order.nothing_reserved",
            f"Order {code} has nothing reserved.",
            "Expected reserved units.",
            "Wait for stock, or look at the order's lines.",
        )
    by_line = {line.line: line for line in lines}
    parts, spent = list[Part](), list[dict[str, Any]]()
    for number, qty in units.items():
        part, used = _from_claims(by_line[number], qty, claims)
        parts.append(part)
        spent += used
    ship(act, head, parts, stock)
    claim_rows.unclaim(act.conn, spent)
    orders.advance(act.conn, head.id, parts, act.occurred_at, from_claims=True)
    orders.settle_state(act.conn, [head.id])
    return orders.found(act.conn, code)


def _claimed(act: Act, head: OrderHead) -> tuple[Sequence[Row[Any]], Stock]:
    """An order's claims and the stock they are placed on; what is past its date is no part of it."""
    claims = claim_rows.of_order(act.conn, head.id)
    stock = look(act.conn, head.owner, (claim.item for claim in claims), act.posted_at)
    if stock.short:
        settle(act, head.owner, stock.short.keys())
        claims = claim_rows.of_order(act.conn, head.id)
        stock = look(act.conn, head.owner, (claim.item for claim in claims), act.posted_at)
    return claims, stock


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
    spent, taken, left = list[dict[str, Any]](), list[Claimed](), qty
    for claim in (claim for claim in mine if claim.item == line.sku):
        take = min(claim.qty, left)
        if take:
            left -= take
            spent.append({"id": claim.id, "qty": take})
            taken.append(Claimed(claim.item, claim_rows.scope_of(claim), take))
    # What was claimed is what is shipped, even when the kit was defined anew since; components of one kit are
    # claimed under one site.
    for site in sorted({claim.site for claim in mine if claim.item != line.sku}):
        parts = [claim for claim in mine if claim.item != line.sku and claim.site == site]
        kits = min(left, *(claim.qty // claim.per for claim in parts))
        if kits:
            left -= kits
            spent += [{"id": claim.id, "qty": kits * claim.per} for claim in parts]
            taken += [
                Claimed(claim.item, claim_rows.scope_of(claim), kits * claim.per, claim.per)
                for claim in parts
            ]
    return Part(line.line, line.sku, qty, tuple(taken)), spent


def cancel_order(act: Act, code: str, asked: Cancellation) -> dict[str, object]:
    """Gives up what is not shipped, or the part that is asked for; freed units go to backorders at once.

    Backordered units of a line are given up before reserved ones.

    Raises:
        Missing: no such order.
        Conflict: a line has not that many open units, or the order has none at all.
    """
    row = orders.find(act.conn, code)
    lines = {line.line: line for line in orders.lines_of(act.conn, row.id)}
    claims = claim_rows.of_order(act.conn, row.id)
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
    claim_rows.unclaim(act.conn, spent)
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
