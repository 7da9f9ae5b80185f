"""The record of what was refused to whom: rows are added, read, and let go of when their time is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, select

from app.domain.clock import to_text
from sync.central.rules.refusals import Met
from sync.central.store.cursors import row_number
from sync.central.store.prepared import asking, inserting
from sync.central.store.tables import refusal

KEPT = timedelta(days=365)
"""Rows are kept a year; whoever reads the record finds this in its answer."""
MOST = 1_000_000
"""Of more rows than these the oldest go, however young: about 200 MB, which a flood cannot make more."""


def keep(conn: Connection, met: Sequence[Met]) -> None:
    """Adds to the record."""
    rows = [
        {
            "minute": one.minute,
            "code": one.code,
            "route": one.route,
            "who": one.who,
            "source": one.source,
            "times": one.times,
        }
        for one in met
    ]
    _new.run(conn, rows)


def any_over(conn: Connection, now: datetime) -> bool:
    """Whether any row's time is over."""
    row = _bounds.first(conn)
    if row is None or row.last is None:
        return False
    return int(row.last) - int(row.oldest) >= MOST or str(row.minute) < to_text(now - KEPT)


def let_go(conn: Connection, now: datetime) -> int:
    """Removes what is kept no longer; how many rows that were."""
    row = _bounds.first(conn)
    if row is None or row.last is None:
        return 0
    gone = conn.execute(_over, {"before": to_text(now - KEPT), "upto": int(row.last) - MOST})
    return int(gone.rowcount)


def listing(conn: Connection, cursor: str | None, limit: int) -> dict[str, object]:
    """What is on record, the newest first; `next` is where the following page begins."""
    before = row_number(cursor)
    asked = _newest.where(refusal.c.id < before) if before else _newest
    rows = conn.execute(asked.limit(limit + 1)).all()
    shown = rows[:limit]
    return {
        "refusals": [
            Met(row.minute, row.code, row.who, row.source, row.route, int(row.times)).to_json()
            for row in shown
        ],
        "next": str(shown[-1].id) if len(rows) > limit else None,
        "kept_days": KEPT.days,
    }


_new = inserting(refusal, "minute", "code", "route", "who", "source", "times")
_newest = select(refusal).order_by(refusal.c.id.desc())
_bounds = asking(
    lambda _: select(
        func.max(refusal.c.id).label("last"),
        func.min(refusal.c.id).label("oldest"),
        func.min(refusal.c.minute).label("minute"),
    )
)
_over = delete(refusal).where((refusal.c.minute < bindparam("before")) | (refusal.c.id <= bindparam("upto")))
