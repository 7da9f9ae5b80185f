"""A bench's few figures: units since a moment, the median pace, and what waits for the centre."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import pairwise
from statistics import median
from typing import Any

from sqlalchemy import Connection, Select, func, literal_column, select

from app.domain.clock import to_ms
from app.domain.event import EventKind
from app.ledger.tables import event, outbox

# A longer silence between two saves is a break, not a slow unit.
BREAK_S = 600
_MILLI = 1000


@dataclass(frozen=True, slots=True)
class Figures:
    """Units given a disposition, less those taken back; seconds per unit, None before there is a pace."""

    units: int
    median_s: float | None
    waiting: int


def local_midnight(now: datetime, zone: tzinfo) -> datetime:
    """The last midnight of the site, as a UTC instant."""
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def figures(connection: Connection, since: datetime) -> Figures:
    """The figures since a moment, by this station's clock: local midnight, or the start of a shift."""
    from_ms = to_ms(since)
    undone = set(connection.execute(_undone(from_ms)).scalars())
    flow = select(event.c.seq, event.c.wall_ms, event.c.units).where(
        event.c.kind == EventKind.RETURN_DISPOSITIONED.value, event.c.wall_ms >= from_ms
    )
    saved = [
        (wall_ms, units)
        for seq, wall_ms, units in connection.execute(flow.order_by(event.c.wall_ms))
        if seq not in undone
    ]
    paces = [
        (wall_ms - before) / units / _MILLI
        for (before, _), (wall_ms, units) in pairwise(saved)
        if units and wall_ms - before <= BREAK_S * _MILLI
    ]
    # The outbox has no gaps: acknowledging takes from its front only.
    ends = select(
        select(func.min(outbox.c.seq)).scalar_subquery(), select(func.max(outbox.c.seq)).scalar_subquery()
    )
    first, last = connection.execute(ends).one()
    waiting = last - first + 1 if first is not None else 0
    return Figures(sum(units for _, units in saved), median(paces) if paces else None, waiting)


def _undone(from_ms: int) -> Select[Any]:
    undo = event.alias("undo")
    return (
        select(event.c.seq)
        .join(undo, undo.c.corrects == event.c.event_id)
        .where(undo.c.kind == literal_column(f"'{EventKind.RETURN_UNDONE.value}'"), undo.c.wall_ms >= from_ms)
    )
