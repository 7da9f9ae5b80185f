"""What items ask for beyond their stock: where they may go, how fresh, in which packs, what replaces them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from app.domain.item import MOST_DAYS, Item
from sync.central.rules.eligible import NOTHING, Asks
from sync.central.store.prepared import asking
from sync.central.store.tables import item

_DAYS, _REGIONS = "min_remaining_days", "restricted_regions"


def item_records(conn: Connection, skus: Sequence[str]) -> Mapping[str, Item]:
    """The records of those items that the centre knows."""
    rows = _documents.rows(conn, skus=list(dict.fromkeys(skus)))
    return {row.sku: Item.from_json(json.loads(row.document)) for row in rows}


def least_of(conn: Connection, skus: Sequence[str]) -> Mapping[str, int]:
    """The fewest base units that an order may ask for, of those of the items that say so."""
    return {row.sku: row.least for row in _least.rows(conn, skus=list(dict.fromkeys(skus)))}


def asks_of(document: str) -> Asks:
    """What an item's record asks of every unit; one that cannot be read is the audit's finding, not ours."""
    if _DAYS not in document and _REGIONS not in document:
        # Nearly every record, and every promise reads some.
        return NOTHING
    try:
        record = json.loads(document)
    except ValueError:
        return NOTHING
    if not isinstance(record, dict):
        return NOTHING
    days, regions = record.get(_DAYS), record.get(_REGIONS)
    listed = regions if isinstance(regions, list) else ()
    return Asks(
        days if isinstance(days, int) and 0 < days <= MOST_DAYS else 0,
        tuple(region for region in listed if isinstance(region, str)),
    )


_least = asking(
    lambda among: select(item.c.sku, item.c.least).where(among(item.c.sku, "skus"), item.c.least.is_not(None))
)
_documents = asking(lambda among: select(item.c.sku, item.c.document).where(among(item.c.sku, "skus")))
