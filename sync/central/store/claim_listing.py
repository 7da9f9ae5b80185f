"""Claims read page by page: what stands behind a reserved number."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, select

from sync.central.rules.scope import Sites
from sync.central.store.claims import scope_of
from sync.central.store.cursors import row_number
from sync.central.store.listing import Page, page
from sync.central.store.scope import among
from sync.central.store.tables import customer_order, order_line, reservation


def reservations(
    conn: Connection,
    given: dict[str, str | None],
    cursor: str | None,
    limit: int,
    sites: Sites = None,
) -> Page:
    """Claims in the order they were made; `given` may narrow by `owner`, `sku`, `document` and `site`.

    Of those that are bound to a site only those of `sites`.
    """
    asked = _claims.where(among(sites, _C.site))
    columns = {"owner": _C.owner, "sku": _C.item, "document": _C.document, "site": _C.site}
    for name, column in columns.items():
        if given.get(name) is not None:
            asked = asked.where(column == given[name])
    rows = conn.execute(asked, {"after": row_number(cursor), "most": limit + 1}).all()
    return page("reservations", rows, limit, _claim, lambda row: row.id)


def _claim(row: Any) -> Page:
    found: Page = {
        "reservation": row.id,
        "document": row.document,
        "line": row.line,
        "owner": row.owner,
        "sku": row.item,
        "qty": row.qty,
        "claim": row.claim,
        "channel": row.channel,
        "scope": scope_of(row).to_json(),
    }
    if row.per > 1 or row.line_sku not in {None, row.item}:
        found |= {"per": row.per, "kit": row.line_sku}
    if row.priority is not None:
        found |= {"priority": row.priority, "placed_at": row.placed_at}
    if row.expires is not None:
        found["expires"] = row.expires
    return found


_C = reservation.c
_claims = (
    select(
        reservation,
        order_line.c.sku.label("line_sku"),
        customer_order.c.priority,
        customer_order.c.placed_at,
    )
    .join_from(
        reservation,
        order_line,
        (_C.order == order_line.c.order) & (_C.line == order_line.c.line),
        isouter=True,
    )
    .outerjoin(customer_order, customer_order.c.id == _C.order)
    .where(_C.id > bindparam("after"))
    .order_by(_C.id)
    .limit(bindparam("most"))
)
