"""Units of a captured order that leave: out of its claims, in one shipment."""

from __future__ import annotations

from collections.abc import Mapping

from sync.central.rules.blocks import refuse_blocked
from sync.central.rules.line_claims import by_line, of_line, take
from sync.central.store import orders
from sync.central.store.act import Act
from sync.central.store.all_or_nothing import is_whole
from sync.central.store.backorders import settle
from sync.central.store.order_claims import Spread, parts_of, spend, spread
from sync.central.store.shipping import OrderHead, ship
from sync.central.store.stock import Stock, look


def claimed(act: Act, head: OrderHead) -> tuple[Spread, Stock]:
    """An order's claims and the stock they are placed on; what is past its date is no part of it."""
    mine = spread(act.conn, head.id)
    stock = look(act.conn, head.owner, [claim.item for claim in mine.free], act.posted_at)
    if stock.short:
        settle(act, head.owner, stock.short.keys())
        mine = spread(act.conn, head.id)
        stock = look(act.conn, head.owner, [claim.item for claim in mine.free], act.posted_at)
    return mine, stock


def leave(act: Act, head: OrderHead, seen: tuple[Spread, Stock], units: Mapping[int, int]) -> None:
    """Ships units by line out of what `claimed` saw outside parcels, and counts them as shipped."""
    mine, stock = seen
    claims = [claim for line, qty in units.items() for claim in take(of_line(mine.free, line), qty)]
    parts = parts_of(claims)
    ship(act, head, parts, stock)
    spend(act.conn, claims)
    orders.advance(act.conn, head.id, parts, act.occurred_at, from_claims=True)
    orders.settle_state(act.conn, [head.id])


def ship_reserved(act: Act, code: str) -> bool:
    """Ships what an order has reserved that ships as stock comes; whether anything left.

    One that is filled completely or not at all waits until it is whole.

    Raises:
        Conflict: it is blocked.
    """
    row = orders.find(act.conn, code)
    if row.ship != "available" or not spread(act.conn, row.id).free:
        return False
    if row.fill == "complete" and not is_whole(orders.lines_of(act.conn, row.id)):
        return False
    refuse_blocked(code, row.block, "shipped")
    head = orders.head_of(row)
    seen = claimed(act, head)
    units = {line: qty for line, qty in by_line(seen[0].free).items() if qty > 0}
    if units:
        leave(act, head, seen, units)
    return bool(units)
