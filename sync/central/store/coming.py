"""What is to come of items, and who waits for them: read for a dated answer, never for a promise."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app.domain.clock import from_text
from app.domain.reservation import ANY, Scope
from sync.central.rules.allocation_policy import AllocationPolicy, Supply
from sync.central.rules.cover import Cover
from sync.central.rules.dated import Coming, Waiting
from sync.central.rules.eligible import ANYTHING, Eligible
from sync.central.rules.promise import SAFETY
from sync.central.rules.supply import OPEN
from sync.central.rules.transfer import LEFT
from sync.central.store import orders
from sync.central.store.allotting import category_of, safety_of
from sync.central.store.expected import AWAITED_LINE, OUTSTANDING
from sync.central.store.supplies import CLAIMED_LINES, reference
from sync.central.store.tables import (
    customer_order,
    item,
    order_line,
    rma,
    rma_line,
    site_safety,
    supply,
    supply_line,
    transfer,
    transfer_line,
)

RETURN_DAYS = 14
"""Days after its authorization when a return is expected; one that is later than that may never come."""


def coming(conn: Connection, owner: str, skus: Sequence[str], now: datetime) -> dict[str, list[Coming]]:
    """What is to come of each item, soonest first, claims on it taken off."""
    found = defaultdict[str, list[Coming]](list)
    given = {"owner": owner, "skus": list(skus)}
    for row in conn.execute(_supplies, given):
        units = row.qty - row.cancelled - row.received - int(row.claimed)
        if units > 0:
            name = reference(row.supply, row.line)
            found[row.sku].append(Coming(Supply.INBOUND, name, units, _day(row.due_at), row.site))
    for row in conn.execute(_transfers, given):
        units = row.shipped - row.received - row.damaged - row.short
        name = f"{row.transfer}:{row.line}"
        due = _day(row.due_at) if row.due_at else None
        found[row.sku].append(Coming(Supply.TRANSFERS, name, units, due, row.target, row.lot or None))
    for row in conn.execute(_returns, given):
        due = _day(row.created_at) + timedelta(days=RETURN_DAYS)
        # Late returns are no longer expected on any day.
        when = due if due >= now.date() else None
        site = json.loads(row.document).get("site")
        units = int(row.left)
        found[row.sku].append(Coming(Supply.EXPECTED_RETURNS, f"{row.code}:{row.line}", units, when, site))
    for entries in found.values():
        entries.sort(key=lambda entry: (entry.due or date.max, entry.supply, entry.reference))
    return found


def waiting(conn: Connection, owner: str, skus: Sequence[str]) -> dict[str, list[Waiting]]:
    """The lines that wait for each item, the most entitled first, blocked ones among them."""
    found = defaultdict[str, list[Waiting]](list)
    for row in conn.execute(_waiting, {"owner": owner, "skus": list(skus)}):
        found[row.sku].append(Waiting(orders.scope(row, row), row.open))
    return found


@dataclass(frozen=True, slots=True)
class Kept:
    """What is said of an item beside its units: its category, its safety stock, and that of each site."""

    category: str
    safety: int
    at: Mapping[str, int]

    def missing(self, cover: Cover, rule: Eligible = ANYTHING) -> list[Waiting]:
        """What is owed, and kept as safety and not here: it comes before everything else."""
        owed = -min(0, sum(cell.qty for cell in cover.cells if cell.as_new))
        asked = [(ANY, self.safety), *((Scope(site=site), units) for site, units in self.at.items())]
        short = ((scope, units - cover.placed(SAFETY, rule.within(scope))) for scope, units in asked)
        found = [Waiting(scope, units, SAFETY) for scope, units in short if units > 0]
        return [*([Waiting(ANY, owed, "owed")] if owed else []), *found]


def kept(conn: Connection, skus: Sequence[str], policy: AllocationPolicy) -> dict[str, Kept]:
    """What is kept of each item that is known, and in which category it is."""
    sites = defaultdict[str, dict[str, int]](dict)
    for row in conn.execute(_site_safety, {"skus": list(skus)}):
        sites[row.sku][row.site] = row.qty
    found = dict[str, Kept]()
    for row in conn.execute(_records, {"skus": list(skus)}):
        category = category_of(row.document)
        found[row.sku] = Kept(category, safety_of(policy, category, row.safety), sites[row.sku])
    return found


def _day(text: str) -> date:
    return from_text(text).date()


_skus: Any = bindparam("skus", expanding=True)
_supplies = CLAIMED_LINES.where(
    supply.c.owner == bindparam("owner"), supply.c.state == OPEN, supply_line.c.sku.in_(_skus)
)
_transfers = (
    select(transfer_line, transfer.c.target, transfer.c.due_at)
    .join_from(transfer_line, transfer, transfer_line.c.transfer == transfer.c.code)
    .where(
        transfer.c.owner == bindparam("owner"),
        transfer.c.state.in_([milestone.value for milestone in LEFT]),
        transfer_line.c.sku.in_(_skus),
        transfer_line.c.shipped > transfer_line.c.received + transfer_line.c.damaged + transfer_line.c.short,
    )
)
_returns = (
    select(
        rma.c.code,
        rma.c.document,
        rma.c.created_at,
        rma_line.c.line,
        rma_line.c.sku,
        OUTSTANDING.label("left"),
    )
    .join_from(rma_line, rma, rma_line.c.rma == rma.c.code)
    .where(
        rma.c.owner == bindparam("owner"),
        rma_line.c.sku.in_(_skus),
        AWAITED_LINE,
    )
)
_filled = order_line.c.reserved + order_line.c.shipped + order_line.c.cancelled
_waiting = (
    select(
        order_line.c.sku,
        order_line.c.lot,
        order_line.c.grade,
        order_line.c.fresh,
        customer_order.c.site,
        (order_line.c.qty - _filled).label("open"),
    )
    .join_from(order_line, customer_order, order_line.c.order == customer_order.c.id)
    .where(
        order_line.c.owner == bindparam("owner"),
        order_line.c.sku.in_(_skus),
        order_line.c.sku.is_not(None),
        order_line.c.qty > _filled,
    )
    .order_by(order_line.c.priority, order_line.c.placed_at, order_line.c.order, order_line.c.line)
)
_records = select(item.c.sku, item.c.document, item.c.safety).where(item.c.sku.in_(_skus))
_site_safety = (
    select(site_safety).where(site_safety.c.sku.in_(_skus)).order_by(site_safety.c.sku, site_safety.c.site)
)
