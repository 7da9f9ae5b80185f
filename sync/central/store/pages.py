"""Pages of the feed as stations pull them: whole commits, in commit order."""

from __future__ import annotations

import json

from sqlalchemy import Connection, bindparam, func, select

from app.domain.feed import Change, Cursor, Page
from sync.central.store.feed import position
from sync.central.store.tables import feed


def page_after(conn: Connection, cursor: Cursor, limit: int) -> Page:
    """The changes after `cursor`, about `limit` of them: the commit that reaches the limit is given whole.

    A cursor of another generation begins anew. One beyond the feed's end is answered with that end, by which
    the station sees that the feed went back.
    """
    gen, end = position(conn)
    start = cursor.pos if cursor.gen == gen else 0
    if start >= end:
        return Page(gen, end)
    upto = conn.execute(_end_of_commit, {"least": start + limit}).scalar() or end
    changes = tuple(
        Change(row.pos, row.kind, row.key, json.loads(row.document))
        for row in conn.execute(_between, {"start": start, "upto": upto})
    )
    return Page(gen, upto, changes, more=upto < end)


_end_of_commit = select(func.min(feed.c.pos)).where(feed.c.pos >= bindparam("least"), feed.c.ends_commit)
_between = (
    select(feed.c.pos, feed.c.kind, feed.c.key, feed.c.document)
    .where(feed.c.pos > bindparam("start"), feed.c.pos <= bindparam("upto"))
    .order_by(feed.c.pos)
)
