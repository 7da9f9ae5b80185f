"""Telling apart which records a caller may write and which it may only propose."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, bindparam, select

from sync.central.rules.ownership import CENTRE, RecordKind, Speaker, entity_of, owner_of
from sync.central.store.prepared import Ask, asking
from sync.central.store.tables import item, location, record_owner

KEY_FIELD: Mapping[RecordKind, str] = {RecordKind.ITEM: "sku", RecordKind.LOCATION: "code"}
"""The field of a document that is its key."""

STORED: Mapping[RecordKind, Ask] = {
    RecordKind.ITEM: asking(
        lambda among: select(item.c.sku, item.c.document).where(among(item.c.sku, "keys"))
    ),
    RecordKind.LOCATION: asking(
        lambda among: select(location.c.code, location.c.document).where(among(location.c.code, "keys"))
    ),
}
"""Key and document of each record among `keys`."""


def divide(
    conn: Connection, kind: RecordKind, documents: Sequence[object], speaker: Speaker | None
) -> tuple[list[int], list[int]]:
    """The places of the documents this caller may write, and of those it may only propose.

    A record is written by whoever speaks for its owner before and after: nobody takes a record over by
    writing another entity into it. None speaks for everybody. What has no key or is no object is for its
    reader to reject.
    """
    owners = {row.entity: row.owner for row in conn.execute(_of_kind, {"kind": str(kind)})}
    if speaker is None or not owners:
        return list(range(len(documents))), []
    keys = {index: key for index, d in enumerate(documents) if (key := _key(kind, d)) is not None}
    rows = STORED[kind].rows(conn, keys=list(dict.fromkeys(keys.values())))
    stored = {row[0]: entity_of(json.loads(row[1])) for row in rows}
    mine, theirs = list[int](), list[int]()
    for index, document in enumerate(documents):
        entities = set[str]()
        if isinstance(document, Mapping) and index in keys:
            entity = entity_of(document)
            entities = {entity, stored.get(keys[index], entity)}
        may = all(speaker.speaks_for(owner_of(owners, entity)) for entity in entities)
        (mine if may else theirs).append(index)
    return mine, theirs


def owners_of(conn: Connection, kind: RecordKind, key: str, document: object) -> set[str]:
    """The owners of a record as it is and as a document would make it; the centre where nobody was named."""
    owners = {row.entity: row.owner for row in conn.execute(_of_kind, {"kind": str(kind)})}
    entities = {entity_of(document)} if isinstance(document, Mapping) else set[str]()
    entities |= {entity_of(json.loads(row[1])) for row in STORED[kind].rows(conn, keys=[key])}
    return {owner_of(owners, entity) or CENTRE for entity in entities}


def _key(kind: RecordKind, document: object) -> str | None:
    if not isinstance(document, Mapping):
        return None
    key = document.get(KEY_FIELD[kind])
    return key if isinstance(key, str) and key.isprintable() else None


_of_kind = select(record_owner.c.entity, record_owner.c.owner).where(record_owner.c.kind == bindparam("kind"))
