"""Records read page by page; `next` is the cursor of the following page, null on the last one."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, or_, select

from sync.central.rules.outcomes import missing
from sync.central.rules.scope import Sites, may_see
from sync.central.store import orders
from sync.central.store.cursors import move_number, row_number
from sync.central.store.moves import MOVES, SOURCE, TARGET, after, caused, shown
from sync.central.store.scope import among
from sync.central.store.tables import (
    customer_order,
    external_id,
    item,
    location,
    move,
    order_line,
    proposal,
    reconciliation,
    reconciliation_line,
)

MOST = 500
Page = dict[str, object]


def items(conn: Connection, cursor: str | None, limit: int) -> Page:
    """Items by SKU."""
    rows = conn.execute(_items, {"after": cursor or "", "most": limit + 1}).all()
    return page("items", rows, limit, lambda row: json.loads(row.document), lambda row: row.sku)


def one_item(conn: Connection, sku: str) -> Page:
    """One item.

    Raises:
        Missing: there is none.
    """
    text = conn.scalar(_item, {"which": sku})
    if text is None:
        raise missing("item", sku)
    return dict(json.loads(text))


def locations(conn: Connection, sites: Sites = None) -> Page:
    """All locations of the sites by code."""
    rows = conn.execute(_locations)
    return {"locations": [json.loads(row.document) for row in rows if may_see(sites, row.site)]}


def order_page(
    conn: Connection, state: str | None, cursor: str | None, limit: int, sites: Sites = None
) -> Page:
    """Orders in the order of their capture, with their lines; those bound to a site only when it is given."""
    asked = _orders.where(among(sites, customer_order.c.site))
    if state is not None:
        asked = asked.where(customer_order.c.state == state)
    rows = conn.execute(asked, {"after": row_number(cursor), "most": limit + 1}).all()
    lines: defaultdict[int, list[Any]] = defaultdict(list)
    for line in conn.execute(_order_lines, {"orders": [row.id for row in rows[:limit]]}):
        lines[line.order].append(line)
    return page("orders", rows, limit, lambda row: orders.document(row, lines[row.id]), lambda row: row.id)


def moves(
    conn: Connection, sku: str, owner: str | None, cursor: str | None, limit: int, *, sites: Sites = None
) -> Page:
    """The moves of an item in the order they were posted, each with the event that caused it.

    Only those from or to a location of the sites.
    """
    # Both ends of a move name the same item, so the source alone finds all of them.
    asked = MOVES.where(SOURCE.c.item == sku, after(*move_number(cursor)))
    if owner is not None:
        asked = asked.where(SOURCE.c.owner == owner)
    if sites is not None:
        inside = select(location.c.code).where(among(sites, location.c.site, bound=True))
        asked = asked.where(or_(SOURCE.c.location.in_(inside), TARGET.c.location.in_(inside)))
    rows = conn.execute(asked.order_by(move.c.event, move.c.n).limit(limit + 1)).all()
    return page("moves", rows, limit, _move, lambda row: f"{row.event}-{row.n}")


def items_named(conn: Connection, system: str, external: str) -> Page:
    """The item that another system calls so, as a page of one or none."""
    rows = conn.execute(_items_named, {"system": system, "external": external}).all()
    return page("items", rows, 1, lambda row: json.loads(row.document), lambda row: row.sku)


def proposals(conn: Connection, state: str | None, cursor: str | None, limit: int) -> Page:
    """Proposals, oldest first."""
    asked = _proposals if state is None else _proposals.where(proposal.c.state == state)
    rows = conn.execute(asked, {"after": row_number(cursor), "most": limit + 1}).all()
    return page("proposals", rows, limit, _proposal, lambda row: row.id)


def differences(conn: Connection, number: int, why: str | None, cursor: str | None, limit: int) -> Page:
    """One reconciliation and a page of its differences.

    Raises:
        Missing: there is none of that number.
    """
    head = conn.execute(_reconciliation, {"number": number}).one_or_none()
    if head is None:
        raise missing("reconciliation", str(number))
    asked = _differences if why is None else _differences.where(reconciliation_line.c.why == why)
    rows = conn.execute(asked, {"number": number, "after": row_number(cursor), "most": limit + 1}).all()
    return {
        "id": head.id,
        "owner": head.owner,
        "system": head.system,
        "compared_at": head.compared_at,
        "compared_by": head.compared_by,
        "compared": head.compared,
        "differing": head.differing,
        **page("differences", rows, limit, _difference, lambda row: row.n),
    }


def page(
    name: str,
    rows: Sequence[Any],
    limit: int,
    show: Callable[[Any], Page],
    mark: Callable[[Any], object],
) -> Page:
    """One page of at most `limit` rows; one row more than that means that there is a next one."""
    more = len(rows) > limit
    return {
        name: [show(row) for row in rows[:limit]],
        "next": str(mark(rows[limit - 1])) if more else None,
    }


def _proposal(row: Any) -> Page:
    return {
        "id": row.id,
        "kind": row.kind,
        "key": row.key,
        "document": json.loads(row.document),
        "state": row.state,
        "proposed_by": row.proposed_by,
        "proposed_at": row.proposed_at,
        "decided_by": row.decided_by,
        "decided_at": row.decided_at,
        "reason": row.reason,
    }


def _difference(row: Any) -> Page:
    return {
        "sku": row.sku,
        "site": row.site or None,
        "location": row.location or None,
        "status": row.status or None,
        "ours": row.ours,
        "theirs": row.theirs,
        "difference": (row.ours or 0) - (row.theirs or 0),
        "why": row.why,
    }


def _move(row: Any) -> Page:
    return {**shown(row), **caused(row)}


_most: BindParameter[int] = bindparam("most")
_items = (
    select(item.c.sku, item.c.document)
    .where(item.c.sku > bindparam("after"))
    .order_by(item.c.sku)
    .limit(_most)
)
_item = select(item.c.document).where(item.c.sku == bindparam("which"))
_locations = select(location.c.site, location.c.document).order_by(location.c.code)
_orders = (
    select(customer_order)
    .where(customer_order.c.id > bindparam("after"))
    .order_by(customer_order.c.id)
    .limit(_most)
)
_order_lines = (
    select(order_line)
    .where(order_line.c.order.in_(bindparam("orders", expanding=True)))
    .order_by(order_line.c.order, order_line.c.line)
)
_items_named = (
    select(item.c.sku, item.c.document)
    .join_from(external_id, item, external_id.c.key == item.c.sku)
    .where(
        external_id.c.kind == "item",
        external_id.c.system == bindparam("system"),
        external_id.c.external == bindparam("external"),
    )
)
_proposals = select(proposal).where(proposal.c.id > bindparam("after")).order_by(proposal.c.id).limit(_most)
_reconciliation = select(reconciliation).where(reconciliation.c.id == bindparam("number"))
_differences = (
    select(reconciliation_line)
    .where(
        reconciliation_line.c.reconciliation == bindparam("number"),
        reconciliation_line.c.n > bindparam("after"),
    )
    .order_by(reconciliation_line.c.n)
    .limit(_most)
)
