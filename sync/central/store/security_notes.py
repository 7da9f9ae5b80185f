"""The record of security matters: rows are added, read, and let go of when their time is over.

What was refused to whom, by the minute; and each token that was made or ended and each station that joined,
also where somebody did so at the centre's own computer, where there is no key to seal an event with.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, select

from app.domain.clock import to_text
from sync.central.rules.refusals import Met, minute_of
from sync.central.store.cursors import row_number
from sync.central.store.prepared import asking, inserting
from sync.central.store.tables import security_note

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


def tell(conn: Connection, code: str, who: str, now: datetime, source: str = "") -> None:
    """Adds one thing that was done: to which token or station, and from where."""
    keep(conn, [Met(minute_of(now), code, who, source, "", 1)])


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
    asked = _newest.where(security_note.c.id < before) if before else _newest
    rows = conn.execute(asked.limit(limit + 1)).all()
    shown = rows[:limit]
    return {
        "security": [
            Met(row.minute, row.code, row.who, row.source, row.route, int(row.times)).to_json()
            for row in shown
        ],
        "next": str(shown[-1].id) if len(rows) > limit else None,
        "kept_days": KEPT.days,
    }


_new = inserting(security_note, "minute", "code", "route", "who", "source", "times")
_newest = select(security_note).order_by(security_note.c.id.desc())
_bounds = asking(
    lambda _: select(
        func.max(security_note.c.id).label("last"),
        func.min(security_note.c.id).label("oldest"),
        func.min(security_note.c.minute).label("minute"),
    )
)
_over = delete(security_note).where(
    (security_note.c.minute < bindparam("before")) | (security_note.c.id <= bindparam("upto"))
)
