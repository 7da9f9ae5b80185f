"""The mirror of the centre's feed: a page lands whole, with its cursor, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    bindparam,
    delete,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from app.domain.feed import Change, Cursor, Page
from app.ledger import erasing, site_stock
from app.ledger.approvers import take_in
from app.ledger.database import Transaction
from app.ledger.reading import fetched
from app.ledger.records import LookUps, RecordKind, look_ups
from app.ledger.statements import compiled, row_of, upsert
from app.ledger.tables import gtin, mirror, serial, tracking
from app.ledger.writer import Ledger

_LOOK_UP_TABLES = (gtin, tracking, serial)

# Only these have codes that a person can scan.
_LEADING = frozenset({RecordKind.ITEM.value, RecordKind.RMA.value})

_Row = tuple[str | int, ...]


_TOLD_LATELY = 500


@dataclass(frozen=True, slots=True)
class Applied:
    """What a page changed: records, how many of them this program cannot read, and which kinds."""

    records: int = 0
    opaque: int = 0
    kinds: frozenset[str] = frozenset()


def apply_page(ledger: Ledger, page: Page) -> Applied:
    """Puts a page and its cursor into the mirror, in one durable commit.

    A page of an older generation, or one that lies wholly behind the cursor, changes nothing. A page of a
    newer generation discards the mirror first: it must have been asked for from position 0. What an earlier
    page had erased and the disk did not take then goes before it, what this one has erased behind it.

    Raises:
        Unavailable: nothing was applied; or all of it, and what it has erased is still owed.
    """
    erasing.apply(ledger)
    applied = _applied(ledger, page)
    if RecordKind.ERASURE in applied.kinds:
        erasing.apply(ledger)
    return applied


def _applied(ledger: Ledger, page: Page) -> Applied:
    cursor = ledger.cursor
    if page.cursor < cursor or (page.cursor == cursor and not page.stock):
        return Applied()
    renewed = page.gen > cursor.gen
    known = 0 if renewed else cursor.pos
    # The last change of a record is the record.
    latest = {(change.kind, change.key): change for change in page.changes if change.pos > known}
    by_kind: dict[str, list[Change]] = {}
    for change in latest.values():
        by_kind.setdefault(change.kind, []).append(change)
    counted = site_stock.counted(ledger.connection, page.stock, ledger.head.epoch) if page.stock else None
    with ledger.transaction() as tx:
        if renewed:
            for table in (mirror, *_LOOK_UP_TABLES):
                tx.connection.execute(delete(table))
            site_stock.clear(tx)
        opaque = sum(_apply(tx, kind, changes) for kind, changes in by_kind.items())
        if page.stock and counted is not None:
            site_stock.apply(tx, page.stock, counted)
        ledger.set_cursor(tx, page.cursor, take_in(tx, list(latest.values())))
    return Applied(len(latest), opaque, frozenset(by_kind))


def forget(ledger: Ledger) -> None:
    """Drops the mirror; the next page is asked for from the beginning of the feed.

    Raises:
        Unavailable: nothing was dropped.
    """
    with ledger.transaction() as tx:
        for table in (mirror, *_LOOK_UP_TABLES):
            tx.connection.execute(delete(table))
        site_stock.clear(tx)
        ledger.set_cursor(tx, Cursor(0, 0))


@dataclass(frozen=True, slots=True)
class _Statements:
    """Compiled once: a page has a thousand records, and a new station takes a million."""

    put: str
    drop: str
    known: str
    lead: tuple[str, ...]
    mislead: tuple[str, ...]


@cache
def _statements() -> _Statements:
    return _Statements(
        put=compiled(upsert(mirror, "kind", "key")),
        drop=compiled(delete(mirror).where(*_is_row(mirror, "kind", "key"))),
        known=compiled(
            select(mirror.c.key, mirror.c.document).where(
                mirror.c.key.in_(select(func.json_each(bindparam("keys")).table_valued("value").c.value)),
                mirror.c.kind == bindparam("kind"),
                mirror.c.readable == literal_column("1"),
            )
        ),
        lead=tuple(compiled(insert(table).values(row_of(table))) for table in _LOOK_UP_TABLES),
        mislead=tuple(
            compiled(delete(table).where(*_is_row(table, *table.columns.keys()))) for table in _LOOK_UP_TABLES
        ),
    )


def _is_row(table: Table, *names: str) -> list[ColumnElement[bool]]:
    return [table.c[name] == bindparam(f"is_{name}") for name in names]


def _apply(tx: Transaction, kind: str, changes: list[Change]) -> int:
    sql = _statements()
    before = {row for key, leads in _read(tx.connection, kind, changes) for row in _rows(key, leads)}
    put: list[_Row] = []
    drop: list[_Row] = []
    after: set[tuple[int, _Row]] = set()
    opaque = 0
    for change in changes:
        if change.document is None:
            drop.append((kind, change.key))
            continue
        text = _text(change.document)
        leads = _leads(_Told(kind, change.key, text, change.document))
        opaque += leads is None
        put.append((kind, change.key, text, change.pos, int(leads is not None)))
        after.update(_rows(change.key, leads or LookUps()))
    tx.run_many(sql.put, put)
    tx.run_many(sql.drop, drop)
    for statements, rows in ((sql.mislead, before - after), (sql.lead, after - before)):
        for table, statement in enumerate(statements):
            tx.run_many(statement, sorted(row for of, row in rows if of == table))
    return opaque


def _read(connection: Connection, kind: str, changes: list[Change]) -> Iterator[tuple[str, LookUps]]:
    """What leads to these records as they were stored until now."""
    if kind not in _LEADING:
        return
    keys = json.dumps([change.key for change in changes])
    for key, text in fetched(connection, _statements().known, (keys, kind)):
        yield key, _leads(_Told(kind, key, text)) or LookUps()


class _Told:
    """A record by the text it is stored as; `document` spares reading that again, where it is known."""

    __slots__ = ("_same", "document")

    def __init__(self, kind: str, key: str, text: str, document: Mapping[str, object] | None = None) -> None:
        self._same = (kind, key, text)
        self.document = document

    def __hash__(self) -> int:
        return hash(self._same)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Told) and self._same == other._same

    def leads(self) -> LookUps | None:
        kind, key, text = self._same
        return look_ups(kind, key, json.loads(text) if self.document is None else self.document)


@lru_cache(_TOLD_LATELY)
def _leads(told: _Told) -> LookUps | None:
    # What a record led to is asked once more when the record changes.
    return told.leads()


def _rows(key: str, leads: LookUps) -> Iterator[tuple[int, _Row]]:
    """The look-up rows of a record, each with the place of its table in `_LOOK_UP_TABLES`."""
    for code in leads.gtins:
        yield 0, (code, key)
    for code in leads.tracking:
        yield 1, (code, key)
    for code, line in leads.serials:
        yield 2, (code, key, line)


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
            for kind, key, leads in found:
                tx.connection.execute(
                    update(mirror).where(mirror.c.kind == kind, mirror.c.key == key).values(readable=1)
                )
                for of, row in _rows(key, leads):
                    tx.run(_statements().lead[of], row)
    return len(found)


def _text(document: Mapping[str, object]) -> str:
    # Not canonical: a document of another version may hold floats and is kept all the same.
    return json.dumps(dict(document), separators=(",", ":"))
