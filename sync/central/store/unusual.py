"""Order lines and claims of an unusual size, by the owner's recent lines; asked only about large numbers."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select

from sync.central.rules.unusual import FEWEST, RECENT, RECENT_OF_OWNER, times_usual
from sync.central.store.prepared import asking
from sync.central.store.tables import order_line


def unusual(conn: Connection, owner: str, units: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """How many times the usual number these (item, quantity) are; those that are usual are left out."""
    found, of_owner = dict[tuple[str, int], int](), list[int]()
    for sku, qty in dict.fromkeys(units):
        if qty < FEWEST:
            continue
        of_item = [int(row.qty) for row in _of_item.rows(conn, owner=owner, sku=sku)]
        of_owner = of_owner or [int(row.qty) for row in _of_owner.rows(conn, owner=owner)]
        times = times_usual(qty, of_item, of_owner)
        if times is not None:
            found[sku, qty] = times
    return found


# The conditions repeat those of the partial index on sales by item.
_of_item = asking(
    lambda _: (
        select(order_line.c.qty)
        .where(
            order_line.c.owner == bindparam("owner"),
            order_line.c.sku == bindparam("sku"),
            order_line.c.sku.is_not(None),
            order_line.c.shipped > order_line.c.returned,
        )
        .order_by(order_line.c.shipped_at.desc())
        .limit(RECENT)
    )
)
_of_owner = asking(
    lambda _: (
        select(order_line.c.qty)
        .where(order_line.c.owner == bindparam("owner"), order_line.c.sku.is_not(None))
        .order_by(order_line.c.order.desc(), order_line.c.line.desc())
        .limit(RECENT_OF_OWNER)
    )
)
