"""What the centre knows of the codes in some rows of a table, in one look at a batch."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from app.domain.policy import read_policy
from app.domain.refusal import Refused
from sync.central.rules.judging import Known
from sync.central.rules.ownership import RecordKind
from sync.central.rules.spelling import look_alike
from sync.central.store.prepared import asking
from sync.central.store.tables import gtin, item, location, owner, policy


@dataclass(frozen=True, slots=True)
class Words:
    """Codes that rows may use: categories of the policy in force, owners; None where there are none yet."""

    categories: frozenset[str] | None = None
    entities: frozenset[str] | None = None


def words_in_force(conn: Connection) -> Words:
    """Read once for a whole table."""
    return Words(_categories(conn), frozenset(row.code for row in _entities.rows(conn)) or None)


def known_to_centre(
    conn: Connection,
    kind: RecordKind,
    keys: Sequence[str],
    gtins: Sequence[str],
    words: Words,
) -> Known:
    """The records of these keys, the items that look like them, and whose these GTINs are."""
    keys = [key for key in dict.fromkeys(keys) if key.isprintable()]
    if kind is RecordKind.LOCATION:
        places = {row.code: json.loads(row.document) for row in _locations.rows(conn, keys=keys)}
        return Known(places, entities=words.entities)
    stored = {row.sku: json.loads(row.document) for row in _items.rows(conn, keys=keys)}
    alike = defaultdict[str, list[str]](list)
    for row in _alike.rows(conn, folds=list({look_alike(key) for key in keys})):
        alike[row.folded].append(row.sku)
    owners = {row.gtin: row.sku for row in _gtins.rows(conn, codes=list(gtins))}
    return Known(stored, alike, owners, words.categories, words.entities)


def _categories(conn: Connection) -> frozenset[str] | None:
    source = _policy.first(conn)
    try:
        return None if source is None else frozenset(read_policy(source.source, "policy").categories)
    except Refused:
        return None


_items = asking(lambda among: select(item.c.sku, item.c.document).where(among(item.c.sku, "keys")))
_locations = asking(
    lambda among: select(location.c.code, location.c.document).where(among(location.c.code, "keys"))
)
_alike = asking(
    lambda among: select(item.c.folded, item.c.sku).where(among(item.c.folded, "folds")).order_by(item.c.sku)
)
_gtins = asking(lambda among: select(gtin.c.gtin, gtin.c.sku).where(among(gtin.c.gtin, "codes")))
_entities = asking(lambda _: select(owner.c.code))
_policy = asking(lambda _: select(policy.c.source).order_by(policy.c.id.desc()).limit(1))
