"""What allotments keep for channels, and what safety categories ask for: policy and records together."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from app.domain.clock import to_text
from sync.central.rules.allocation_policy import DEFAULT, AllocationPolicy, Wanted
from sync.central.rules.promise import RESERVED
from sync.central.store.claims import Standing
from sync.central.store.prepared import asking
from sync.central.store.tables import customer_order, item, order_line


def categories(conn: Connection, policy: AllocationPolicy, skus: Sequence[str]) -> Mapping[str, str]:
    """The category of each item, where the policy tells categories apart; else nothing is read."""
    # There is always a rule for the rest; alone, it tells nothing apart.
    if not policy.allotments and policy.category_rules.keys() <= {DEFAULT}:
        return {}
    rows = _documents.rows(conn, skus=list(skus))
    return {row.sku: str(json.loads(row.document).get("category") or DEFAULT) for row in rows}


def safety_of(policy: AllocationPolicy, category: str, own: int) -> int:
    """The safety stock of an item: its own, or what its category asks for when it has none."""
    return own or policy.category(category).safety or 0


@dataclass(frozen=True, slots=True)
class Asking:
    """Whose stock is looked at, under which policy, when, and what of it is sellable as new."""

    owner: str
    policy: AllocationPolicy
    now: datetime
    sellable: Mapping[str, int]
    categories: Mapping[str, str]


def kept_for_channels(
    conn: Connection, asked: Asking, claims: Iterable[Standing]
) -> dict[str, dict[str, int]]:
    """Units of each item that each channel has not taken yet of its allotment; nothing without allotments."""
    policy, now = asked.policy, asked.now
    if not policy.allotments:
        return {}
    own: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for claim in claims:
        if claim.kind == RESERVED and claim.scope.grade is None and claim.scope.supply is None:
            own[claim.item][claim.channel] += claim.qty
    for allotment in policy.allotments:
        if allotment.since is not None and allotment.in_force(now):
            given = {"owner": asked.owner, "channel": allotment.channel, "since": to_text(allotment.since)}
            for row in _shipped.rows(conn, **given, skus=list(asked.sellable)):
                own[row.sku][allotment.channel] += int(row.qty)
    found = dict[str, dict[str, int]]()
    for sku, units in asked.sellable.items():
        wanted = Wanted(sku, asked.categories.get(sku, DEFAULT), "")
        kept = {entry.channel: entry.units for entry in policy.kept_back(wanted, now, units, own[sku])}
        if kept:
            found[sku] = kept
    return found


_documents = asking(lambda among: select(item.c.sku, item.c.document).where(among(item.c.sku, "skus")))
_shipped = asking(
    lambda among: (
        select(order_line.c.sku, func.sum(order_line.c.shipped).label("qty"))
        .join_from(order_line, customer_order, order_line.c.order == customer_order.c.id)
        .where(
            order_line.c.owner == bindparam("owner"),
            customer_order.c.channel == bindparam("channel"),
            order_line.c.shipped_at >= bindparam("since"),
            among(order_line.c.sku, "skus"),
        )
        .group_by(order_line.c.sku)
    )
)
