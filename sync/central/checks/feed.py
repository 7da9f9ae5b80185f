"""The change feed against the records that it announces."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, bindparam, func, select

from app.domain.laws import Violation
from sync.central.store.feed import position
from sync.central.store.return_sheets import SOLD
from sync.central.store.tables import event, feed, item, location, policy, rma, rma_done, transfer
from sync.central.store.transfers import record_of

_PAGE = 500

# From keys to the records under them, as they travel.
Records = Callable[[Connection, Sequence[str]], dict[str, object]]


def check_feed(conn: Connection) -> Iterator[Violation]:
    """Positions follow one another up to the counter; the newest of each key is the record as it stands."""
    yield from _positions(conn)
    for row in conn.execute(_eventless):
        yield Violation("feed", f"position {row.pos}", f"event {row.event_id}", "an event that is here")
    with conn.execute(_newest, execution_options={"yield_per": _PAGE}) as newest:
        for rows in newest.partitions():
            yield from _compared(conn, rows)
    for kind, table_keys in _SILENT.items():
        for key in conn.scalars(table_keys):
            yield Violation("feed", f"{kind} {key}", "nothing", "its record")


def _positions(conn: Connection) -> Iterator[Violation]:
    try:
        gen, end = position(conn)
    except (TypeError, ValueError):
        yield Violation("feed", "its counter", "no generation or no end", "two numbers")
        return
    row = conn.execute(_span).one()
    last = int(row.last or 0)
    if last != end:
        yield Violation("feed", "its end", f"position {last}", f"position {end}")
    if row.rows and last - int(row.first) + 1 != row.rows:
        yield Violation("feed", "its positions", f"{row.rows} of them", f"all from {row.first} to {last}")
    if row.rows and int(row.gen) > gen:
        yield Violation("feed", "its generation", str(row.gen), f"at most {gen}")
    if row.rows and not conn.scalar(_whole, {"last": last}):
        yield Violation("feed", f"position {last}", "within a commit", "the end of a commit")


def _compared(conn: Connection, rows: Sequence[Any]) -> Iterator[Violation]:
    by_kind: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row)
    # A kind without a table here is another program's; that no record of ours is silent is asked apart.
    for kind in by_kind.keys() & _RECORDS.keys():
        records = _RECORDS[kind](conn, [row.key for row in by_kind[kind]])
        for row in by_kind[kind]:
            where = f"{kind} {row.key} at position {row.pos}"
            if row.key not in records:
                yield Violation("feed", where, "announced", "a record that is here")
            elif _recorded(kind, row.document) != records[row.key]:
                yield Violation("feed", where, "another record", "the record as it stands")


def _recorded(kind: str, document: str) -> object:
    """A document without what is worked out for stations beside the record, as it stood when it travelled."""
    found = _read(document)
    if kind == "rma" and isinstance(found, dict) and isinstance(found.get("lines"), list):
        lines = [line for line in found["lines"] if isinstance(line, dict)]
        return found | {"lines": [{name: line[name] for name in line if name != SOLD} for line in lines]}
    return found


def _items(conn: Connection, keys: Sequence[str]) -> dict[str, object]:
    return {row.sku: _read(row.document) for row in conn.execute(_of_items, {"keys": keys})}


def _locations(conn: Connection, keys: Sequence[str]) -> dict[str, object]:
    return {row.code: _read(row.document) for row in conn.execute(_of_locations, {"keys": keys})}


def _policies(conn: Connection, keys: Sequence[str]) -> dict[str, object]:
    rows = conn.execute(_of_policies, {"keys": keys})
    return {row.version: {"version": row.version, "source": row.source} for row in rows}


def _rmas(conn: Connection, keys: Sequence[str]) -> dict[str, object]:
    done: defaultdict[str, list[object]] = defaultdict(list)
    for row in conn.execute(_of_done, {"keys": keys}):
        done[row.rma].append({"line": row.line, "station": row.station, "qty": row.qty})
    found = dict[str, object]()
    for row in conn.execute(_of_rmas, {"keys": keys}):
        record = _read(row.document)
        more = {"done": done[row.code], "state": row.state}
        found[row.code] = {**record, **more} if isinstance(record, Mapping) else None
    return found


def _transfers(conn: Connection, keys: Sequence[str]) -> dict[str, object]:
    known = conn.scalars(_of_transfers, {"keys": keys}).all()
    return {code: record_of(conn, code).to_json() for code in known}


def _read(document: str) -> object:
    """A document; its own text when it is none, which equals no record."""
    try:
        return json.loads(document)
    except ValueError:
        return document


def _keys() -> BindParameter[Any]:
    return bindparam("keys", expanding=True)


def _unannounced(kind: str, key: Any) -> Select[Any]:
    return select(key).where(key.not_in(select(feed.c.key).where(feed.c.kind == kind))).order_by(key)


_RECORDS: Mapping[str, Records] = {
    "item": _items,
    "location": _locations,
    "policy": _policies,
    "rma": _rmas,
    "transfer": _transfers,
}
_SILENT: Mapping[str, Select[Any]] = {
    "item": _unannounced("item", item.c.sku),
    "location": _unannounced("location", location.c.code),
    "policy": _unannounced("policy", policy.c.version),
    "rma": _unannounced("rma", rma.c.code),
    "transfer": _unannounced("transfer", transfer.c.code),
}
_span = select(
    func.count().label("rows"),
    func.min(feed.c.pos).label("first"),
    func.max(feed.c.pos).label("last"),
    func.max(feed.c.gen).label("gen"),
)
_whole = select(feed.c.ends_commit).where(feed.c.pos == bindparam("last"))
_eventless = (
    select(feed.c.pos, feed.c.event_id)
    .join_from(feed, event, feed.c.event_id == event.c.event_id, isouter=True)
    .where(feed.c.event_id.is_not(None), event.c.id.is_(None))
    .order_by(feed.c.pos)
)
_last = select(func.max(feed.c.pos).label("pos")).group_by(feed.c.kind, feed.c.key).subquery()
_newest = (
    select(feed.c.pos, feed.c.kind, feed.c.key, feed.c.document)
    .join_from(feed, _last, feed.c.pos == _last.c.pos)
    .order_by(feed.c.pos)
)
_of_items = select(item.c.sku, item.c.document).where(item.c.sku.in_(_keys()))
_of_locations = select(location.c.code, location.c.document).where(location.c.code.in_(_keys()))
_of_policies = select(policy.c.version, policy.c.source).where(policy.c.version.in_(_keys()))
_of_transfers = select(transfer.c.code).where(transfer.c.code.in_(_keys()))
_of_rmas = select(rma.c.code, rma.c.state, rma.c.document).where(rma.c.code.in_(_keys()))
# In the order in which they travel.
_of_done = (
    select(rma_done)
    .where(rma_done.c.rma.in_(_keys()), rma_done.c.qty != 0)
    .order_by(rma_done.c.rma, rma_done.c.line, rma_done.c.station)
)
