"""Private parts that are gone: each erasure is on record, and what was erased is nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select

from app.domain.laws import Violation
from sync.central.checks.events import read_facts
from sync.central.store import erasing
from sync.central.store.tables import event, private_erasure

_LAW = "erasure"


def check_erased(conn: Connection, rows: Sequence[Any]) -> Iterator[Violation]:
    """Some receipts of a chain: what lacks its private part was erased, and what was erased lacks it.

    What came without it, in a file, is one that a person was told of.
    """
    lacking = [row for row in rows if row.private is None and _lacks(row.header)]
    holding = [row for row in rows if row.private is not None]
    known = erasing.erased(conn, [row.event_id for row in (*lacking, *holding)])
    for row in lacking:
        if row.event_id not in known and not erasing.has_case(conn, row.event_id, row.station_id):
            where = f"event number {row.seq} of station {row.station_id}"
            yield Violation(_LAW, where, "no private part", "one, or its erasure on record")
    for row in holding:
        if row.event_id in known:
            where = f"event number {row.seq} of station {row.station_id}"
            yield Violation(_LAW, where, "a private part", "none: it was erased")


def check_erasures(conn: Connection) -> Iterator[Violation]:
    """Every erasure is said by an event, but for those that the next upkeep puts on record."""
    for row in conn.execute(_unfounded):
        yield Violation(_LAW, f"event {row.event_id}", f"erased by {row.by_event}", "an event that says so")


def _lacks(header: object) -> bool:
    said = read_facts(header) or {}
    # Sealed once more by its station without it: whoever made it says so, signed.
    return said.get("private_hash") is not None and said.get("erased") is not True


_unfounded = (
    select(private_erasure.c.event_id, private_erasure.c.by_event)
    .join(event, event.c.event_id == private_erasure.c.by_event, isouter=True)
    .where(private_erasure.c.by_event != "", event.c.id.is_(None))
    .order_by(private_erasure.c.event_id)
)
