"""The mirror of the centre's feed: a page lands whole, with its cursor, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from app.domain.feed import Change, Page
from app.ledger.records import LookUps, RecordKind, look_ups
from app.ledger.tables import gtin, mirror, serial, tracking
from app.ledger.writer import Ledger

# SQLite takes 999 parameters in every version; one is the kind.
_AT_ONCE = 500
_LOOK_UP_TABLES = (gtin, tracking, serial)


@dataclass(frozen=True, slots=True)
class Applied:
    """What a page changed: records, how many of them this program cannot read, and which kinds."""

    records: int = 0
    opaque: int = 0
    kinds: frozenset[str] = frozenset()


def apply_page(ledger: Ledger, page: Page) -> Applied:
    """Puts a page and its cursor into the mirror, in one durable commit.

    A page of an older generation, or one that lies wholly behind the cursor, changes nothing. A page of a
    newer generation discards the mirror first: it must have been asked for from position 0.

    Raises:
        Unavailable: nothing was applied.
    """
    cursor = ledger.cursor
    if page.cursor <= cursor:
        return Applied()
    renewed = page.gen > cursor.gen
    known = 0 if renewed else cursor.pos
    # The last change of a record is the record.
    latest = {(change.kind, change.key): change for change in page.changes if change.pos > known}
    by_kind: dict[str, list[Change]] = {}
    for change in latest.values():
        by_kind.setdefault(change.kind, []).append(change)
    with ledger.transaction() as tx:
        connection = tx.connection
        if renewed:
            for table in (mirror, *_LOOK_UP_TABLES):
                connection.execute(delete(table))
        opaque = sum(_apply(connection, kind, changes) for kind, changes in by_kind.items())
        ledger.set_cursor(tx, page.cursor)
    return Applied(len(latest), opaque, frozenset(by_kind))


def _apply(connection: Connection, kind: str, changes: list[Change]) -> int:
    _forget(connection, kind, [change.key for change in changes])
    kept: list[dict[str, Any]] = []
    found: list[tuple[str, LookUps]] = []
    for change in changes:
        if change.document is None:
            continue
        leads = look_ups(kind, change.key, change.document)
        kept.append(
            {
                "kind": kind,
                "key": change.key,
                "document": _text(change.document),
                "pos": change.pos,
                "readable": int(leads is not None),
            }
        )
        if leads is not None:
            found.append((change.key, leads))
    if kept:
        connection.execute(insert(mirror), kept)
    _lead_to(connection, found)
    return len(kept) - len(found)


def _forget(connection: Connection, kind: str, keys: list[str]) -> None:
    """Removes the records and what leads to them."""
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        here = (mirror.c.kind == kind, mirror.c.key.in_(some))
        old = connection.execute(select(mirror.c.key, mirror.c.document).where(*here, mirror.c.readable == 1))
        for key, text in old.all():
            leads = look_ups(kind, key, json.loads(text)) or LookUps()
            for table, rows in _rows(key, leads):
                for row in rows:
                    matching = (table.c[name] == value for name, value in row.items())
                    connection.execute(delete(table).where(*matching))
        connection.execute(delete(mirror).where(*here))


def _lead_to(connection: Connection, found: Iterable[tuple[str, LookUps]]) -> None:
    rows: dict[Table, list[dict[str, Any]]] = {table: [] for table in _LOOK_UP_TABLES}
    for key, leads in found:
        for table, some in _rows(key, leads):
            rows[table].extend(some)
    for table, some in rows.items():
        if some:
            connection.execute(insert(table), some)


def _rows(key: str, leads: LookUps) -> tuple[tuple[Table, list[dict[str, Any]]], ...]:
    return (
        (gtin, [{"gtin": code, "sku": key} for code in leads.gtins]),
        (tracking, [{"tracking": code, "rma": key} for code in leads.tracking]),
        (serial, [{"serial": code, "rma": key, "line": line} for code, line in leads.serials]),
    )


def opaque_counts(ledger: Ledger) -> Mapping[str, int]:
    """Records this program cannot read, by kind: shown as "needs update"."""
    counted = select(mirror.c.kind, func.count()).where(mirror.c.readable == 0).group_by(mirror.c.kind)
    return {row[0]: row[1] for row in ledger.connection.execute(counted)}


def reread(ledger: Ledger) -> int:
    """Reads again what an older program could not, once at start; answers how many became readable."""
    unread = select(mirror.c.kind, mirror.c.key, mirror.c.document).where(
        mirror.c.readable == 0, mirror.c.kind.in_(list(RecordKind))
    )
    found = [
        (kind, key, leads)
        for kind, key, text in ledger.connection.execute(unread)
        if (leads := look_ups(kind, key, json.loads(text))) is not None
    ]
    if found:
        with ledger.transaction() as tx:
            for kind, key, _ in found:
                tx.connection.execute(
                    update(mirror).where(mirror.c.kind == kind, mirror.c.key == key).values(readable=1)
                )
            _lead_to(tx.connection, [(key, leads) for _, key, leads in found])
    return len(found)


def _text(document: Mapping[str, object]) -> str:
    # Not canonical: a document of another version may hold what ours never do (floats, halves of surrogate
    # pairs) and is kept all the same.
    return json.dumps(dict(document), separators=(",", ":"))
