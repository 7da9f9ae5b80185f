"""What items ask for beyond their stock: where they may go, how fresh, in which packs, what replaces them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from app.domain.item import Item
from sync.central.rules.allocation_policy import covers
from sync.central.store.prepared import asking
from sync.central.store.tables import item


def item_records(conn: Connection, skus: Sequence[str]) -> Mapping[str, Item]:
    """The records of those items that the centre knows."""
    rows = _documents.rows(conn, skus=list(dict.fromkeys(skus)))
    return {row.sku: Item.from_json(json.loads(row.document)) for row in rows}


def least_of(conn: Connection, skus: Sequence[str]) -> Mapping[str, int]:
    """The fewest base units that an order may ask for, of those of the items that say so."""
    return {row.sku: row.least for row in _least.rows(conn, skus=list(dict.fromkeys(skus)))}


@dataclass(frozen=True, slots=True)
class Restricted:
    """An item that may not be sent to a region, by its own record."""

    sku: str
    region: str
    restricted: str


def restricted_in(records: Mapping[str, Item], region: str | None) -> list[Restricted]:
    """The items that may not go there; a restriction on a country holds for its parts too."""
    if region is None:
        return []
    return [
        Restricted(sku, region, wide)
        for sku, record in sorted(records.items())
        for wide in record.restricted_regions
        if covers(wide, region)
    ]


_least = asking(
    lambda among: select(item.c.sku, item.c.least).where(among(item.c.sku, "skus"), item.c.least.is_not(None))
)
_documents = asking(lambda among: select(item.c.sku, item.c.document).where(among(item.c.sku, "skus")))
