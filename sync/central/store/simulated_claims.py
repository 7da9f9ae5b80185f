"""Reading claims for a simulation: which are granted anew, which stand, and which serials they name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, and_, bindparam, or_, select

from app.domain.clock import to_text
from app.domain.reservation import Claim, Scope
from sync.central.rules.promise import BASKET, RESERVED, SAFETY
from sync.central.rules.simulation import Fixed, LineKey
from sync.central.store.claims import SCOPE_COLUMNS, scope_of
from sync.central.store.prepared import asking
from sync.central.store.simulated_reach import Reach
from sync.central.store.tables import customer_order, order_line, reservation, site_safety, sold_serial

SerialsOfLines = defaultdict[LineKey, set[str]]


def claimed(conn: Connection, reach: Reach) -> tuple[Counter[LineKey], SerialsOfLines, list[Fixed]]:
    """Claimed units: by line those that are granted anew, serials of the others by line, and the others."""
    loose, named = Counter[LineKey](), SerialsOfLines(set)
    fixed = Counter[tuple[str, str, str, Scope]]()
    asked = {"owner": reach.owner, "skus": list(reach.skus), "now": to_text(reach.until)}
    for row in _claimed.rows(conn, **asked):
        key = (row.order, row.line)
        if row.order is not None and (row.claim == Claim.SOFT or row.block is not None):
            first = min((part.sku for part in reach.kits.get(row.sku, ())), default=None)
            if row.item in {row.sku, first}:
                loose[key] += row.qty // row.per
        elif not row.supply:
            kind = BASKET if row.claim == Claim.BASKET else RESERVED
            fixed[kind, row.item, row.channel, scope_of(row)] += row.qty
            if row.serial and row.order is not None:
                named[key].add(row.serial)
    claims = [Fixed(*what, qty) for what, qty in fixed.items()]
    return loose, named, [*claims, *site_safety_stock(conn, reach.skus)]


def site_safety_stock(conn: Connection, skus: Sequence[str]) -> list[Fixed]:
    """The safety stock of sites: as fixed as a claim."""
    rows = _safety.rows(conn, skus=list(skus))
    return [Fixed(SAFETY, row.sku, "", Scope(site=row.site), row.qty) for row in rows]


def sold(conn: Connection, reach: Reach) -> SerialsOfLines:
    """The serials that have left, by line, of lines that name theirs and wait for more."""
    found = SerialsOfLines(set)
    for row in _sold_serials.rows(conn, owner=reach.owner, skus=list(reach.skus)):
        found[row.order, row.line].add(row.serial)
    return found


_claimed = asking(
    lambda among: (
        select(
            reservation.c.order,
            reservation.c.line,
            reservation.c.item,
            reservation.c.channel,
            reservation.c.claim,
            reservation.c.qty,
            reservation.c.per,
            *SCOPE_COLUMNS,
            order_line.c.sku,
            customer_order.c.block,
        )
        .join_from(
            reservation,
            order_line,
            and_(order_line.c.order == reservation.c.order, order_line.c.line == reservation.c.line),
            isouter=True,
        )
        .outerjoin(customer_order, customer_order.c.id == reservation.c.order)
        .where(
            reservation.c.owner == bindparam("owner"),
            among(reservation.c.item, "skus"),
            or_(reservation.c.expires.is_(None), reservation.c.expires > bindparam("now")),
        )
        .order_by(reservation.c.id)
    )
)
_safety = asking(
    lambda among: (
        select(site_safety.c.sku, site_safety.c.site, site_safety.c.qty)
        .where(among(site_safety.c.sku, "skus"))
        .order_by(site_safety.c.sku, site_safety.c.site)
    )
)
_sold_serials = asking(
    lambda among: (
        select(sold_serial.c.order, sold_serial.c.line, sold_serial.c.serial)
        .join_from(
            sold_serial,
            order_line,
            and_(order_line.c.order == sold_serial.c.order, order_line.c.line == sold_serial.c.line),
        )
        .where(
            order_line.c.owner == bindparam("owner"),
            order_line.c.qty > order_line.c.shipped + order_line.c.cancelled,
            order_line.c.serials.is_not(None),
            among(order_line.c.sku, "skus"),
        )
    )
)
