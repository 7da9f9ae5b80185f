"""The rows of a snapshot: each record of the feed as it was last changed up to a position."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, bindparam, func, select

from app.domain.feed import Cursor
from app.domain.snapshot import line_of
from sync.central.store.pages import concerns
from sync.central.store.tables import feed


def lines_at(conn: Connection, cursor: Cursor, site: str) -> Iterator[bytes]:
    """The lines of the snapshot for a station of a site, in the order of their positions."""
    with conn.execute(_latest, {"upto": cursor.pos}, execution_options={"yield_per": 1000}) as rows:
        for row in rows:
            if concerns(row.kind, row.document, site):
                yield line_of(row.pos, row.kind, row.key, row.document)


_last = (
    select(func.max(feed.c.pos).label("pos"))
    .where(feed.c.pos <= bindparam("upto"))
    .group_by(feed.c.kind, feed.c.key)
    .subquery()
)
_latest = (
    select(feed.c.pos, feed.c.kind, feed.c.key, feed.c.document)
    .join_from(feed, _last, feed.c.pos == _last.c.pos)
    .order_by(feed.c.pos)
)
