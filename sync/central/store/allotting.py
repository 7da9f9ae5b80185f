"""What allotments keep for channels, and what safety categories ask for: policy and records together."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from sync.central.rules.allocation_policy import DEFAULT, AllocationPolicy, Allotment, Target, kept_back
from sync.central.rules.promise import BASKET, RESERVED
from sync.central.store.claims import Standing
from sync.central.store.sent import Sold, sent_between


def categories(policy: AllocationPolicy, documents: Mapping[str, str]) -> Mapping[str, str]:
    """The category of each item by its record, where the policy tells categories apart; else none is read."""
    # There is always a rule for the rest; alone, it tells nothing apart.
    by_category = any(allotment.target is Target.CATEGORY for allotment in policy.allotments)
    if not by_category and policy.category_rules.keys() <= {DEFAULT}:
        return {}
    return {sku: category_of(document) for sku, document in documents.items()}


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
    """Whose stock is looked at, under which policy, when, the grades sold as new, and units that are so."""

    owner: str
    policy: AllocationPolicy
    now: datetime
    as_new: Collection[str | None]
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
    held, sent = _held(claims), _sent(conn, asked, counting)
    return {
        sku: kept_back(allotted, asked.now, asked.sellable[sku], held[sku], sent[sku])
        for sku, allotted in counting.items()
        if allotted
    }


def _held(claims: Iterable[Standing]) -> Mapping[str, Mapping[str, int]]:
    """Units of each item that a channel has claimed, as new and of what is here."""
    held: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for claim in claims:
        if claim.kind in {RESERVED, BASKET} and claim.scope.grade is None and claim.scope.supply is None:
            held[claim.item][claim.channel] += claim.qty
    return held


def _sent(
    conn: Connection, asked: Asking, counting: Mapping[str, Sequence[Allotment]]
) -> Mapping[str, Mapping[str, int]]:
    """Units of each item that left for a channel since its allotment began."""
    began: defaultdict[datetime, list[tuple[str, str]]] = defaultdict(list)
    for sku, allotted in counting.items():
        for allotment in allotted:
            if allotment.since is not None:
                began[allotment.since].append((sku, allotment.channel))
    sent: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for since, of in began.items():
        skus, wanted = list({sku: None for sku, _ in of}), set(of)
        for row in sent_between(conn, Sold(asked.owner, skus, asked.as_new), since):
            if (row.item, row.channel) in wanted:
                sent[row.item][row.channel] += int(row.qty)
    return sent
