"""Counts of bins against the events that tell of them: each is followed up, once, by what its row says."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from app.domain.event import EventKind
from app.domain.laws import Violation
from sync.central.checks.excused import unfollowed
from sync.central.store.bin_counts import ADJUSTED, UNDONE, WAITING, case_key
from sync.central.store.chain import CENTRE
from sync.central.store.exceptions import stored_key
from sync.central.store.tables import bin_count, event, exception


def check_counts(conn: Connection) -> Iterator[Violation]:
    """Every count has its row: what was booked its event, what waits its exception; undos are followed."""
    excused = unfollowed(conn)
    for row in conn.execute(_unfollowed):
        if excused(row.event_id):
            continue
        yield Violation("counts", f"count {row.event_id}", "nothing follows", "a row that says what does")
    for row in conn.execute(_booked):
        where = f"count {row.event_id}"
        if row.state == ADJUSTED and (row.kind, row.origin) != (str(EventKind.STOCK_ADJUSTED), CENTRE):
            yield Violation("counts", where, f"booked by {row.adjusted_by}", "an adjustment of the centre")
        if row.undone is not None and row.state != UNDONE:
            yield Violation("counts", where, row.state, "taken back, as its undo says")
    waiting = {stored_key(case_key(row.event_id)): row.event_id for row in conn.execute(_waiting)}
    known = set(conn.scalars(_cases)) if waiting else set[str]()
    for key, event_id in sorted(waiting.items()):
        if key not in known:
            yield Violation("answered", f"count {event_id}", "no exception", "one")


_adjustment, _undo = event.alias("adjustment"), event.alias("undo")
_unfollowed = (
    select(event.c.event_id)
    .join(bin_count, bin_count.c.event_id == event.c.event_id, isouter=True)
    .where(
        event.c.kind == str(EventKind.BIN_COUNTED),
        event.c.origin != CENTRE,
        bin_count.c.event_id.is_(None),
    )
    .order_by(event.c.id)
)
_booked = (
    select(
        bin_count.c.event_id,
        bin_count.c.state,
        bin_count.c.adjusted_by,
        _adjustment.c.kind,
        _adjustment.c.origin,
        _undo.c.event_id.label("undone"),
    )
    .join(_adjustment, _adjustment.c.event_id == bin_count.c.adjusted_by, isouter=True)
    .join(
        _undo,
        (_undo.c.corrects == bin_count.c.event_id) & (_undo.c.kind == str(EventKind.BIN_UNDONE)),
        isouter=True,
    )
    .order_by(bin_count.c.event_id)
)
_waiting = select(bin_count.c.event_id).where(bin_count.c.state == WAITING)
_cases = select(exception.c.key).where(exception.c.type == "count.differs")
