"""What allotments keep for channels, and what safety categories ask for: policy and records together."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from app.domain.clock import to_text
from sync.central.rules.allocation_policy import DEFAULT, AllocationPolicy, Allotment, Target, kept_back
from sync.central.rules.promise import BASKET, RESERVED
from sync.central.store.claims import Standing
from sync.central.store.prepared import asking
from sync.central.store.tables import customer_order, item, order_line


def categories(conn: Connection, policy: AllocationPolicy, skus: Sequence[str]) -> Mapping[str, str]:
    """The category of each item, where the policy tells categories apart; else nothing is read."""
    # There is always a rule for the rest; alone, it tells nothing apart.
    by_category = any(allotment.target is Target.CATEGORY for allotment in policy.allotments)
    if not by_category and policy.category_rules.keys() <= {DEFAULT}:
        return {}
    return {row.sku: category_of(row.document) for row in _documents.rows(conn, skus=list(skus))}


def category_of(document: str) -> str:
    """The category in an item's record; a record that cannot be read is the audit's finding, not ours."""
    try:
        found = json.loads(document)
    except ValueError:
        return DEFAULT
    named = found.get("category") if isinstance(found, dict) else None
    return named if isinstance(named, str) and named else DEFAULT


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
    if not asked.policy.allotments:
        return {}
    counting = {
        sku: asked.policy.allotted(sku, asked.categories.get(sku, DEFAULT), asked.now)
        for sku in asked.sellable
    }
    own = _own(conn, asked.owner, counting, claims)
    return {
        sku: kept_back(allotted, asked.now, asked.sellable[sku], own[sku])
        for sku, allotted in counting.items()
        if allotted
    }


def _own(
    conn: Connection,
    owner: str,
    counting: Mapping[str, Sequence[Allotment]],
    claims: Iterable[Standing],
) -> Mapping[str, Mapping[str, int]]:
    """Units of each item that are a channel's own already: claimed, and shipped since its allotment began."""
    own: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for claim in claims:
        if claim.kind in {RESERVED, BASKET} and claim.scope.grade is None and claim.scope.supply is None:
            own[claim.item][claim.channel] += claim.qty
    began: defaultdict[tuple[str, datetime], list[str]] = defaultdict(list)
    for sku, allotted in counting.items():
        for allotment in allotted:
            if allotment.since is not None:
                began[allotment.channel, allotment.since].append(sku)
    for (channel, since), skus in began.items():
        for row in _shipped.rows(conn, owner=owner, channel=channel, since=to_text(since), skus=skus):
            own[row.sku][channel] += int(row.qty)
    return own


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
