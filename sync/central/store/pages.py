"""Pages of the feed as stations pull them: whole commits, in commit order, short enough to be taken."""

from __future__ import annotations

import json

from sqlalchemy import Connection, bindparam, func, select

from app.domain.feed import Change, Cursor, Page
from sync.central.store.approvers import SITED_KINDS
from sync.central.store.feed import position
from sync.central.store.prepared import asking
from sync.central.store.tables import feed
from sync.wire.protocol import MAX_ANSWER

# Signs of documents, each of at most four bytes on the wire: half of what a station takes in one answer.
MAX_SIGNS = MAX_ANSWER // 8


def page_after(
    conn: Connection, cursor: Cursor, limit: int, most: int = MAX_SIGNS, site: str | None = None
) -> Page:
    """The changes after `cursor`, about `limit` of them: the commit that reaches the limit is given whole.

    When their documents are longer than `most` signs together, the page ends at an earlier commit's end,
    though never before the first.

    A station of a `site` is told only of transfers that go there, and of approvers who may act there.

    A cursor of another generation begins anew. One beyond the feed's end is answered with that end, by which
    the station sees that the feed went back.
    """
    gen, end = position(conn)
    start = cursor.pos if cursor.gen == gen else 0
    if start >= end:
        return Page(gen, end)
    upto = _end_of_commit.value(conn, least=start + limit) or end
    upto = _short_enough(conn, start, upto, most)
    changes = tuple(
        change
        for pos, kind, key, document in _between.each(conn, start=start, upto=upto)
        if _concerns(change := Change(pos, kind, key, json.loads(document)), site)
    )
    return Page(gen, upto, changes, more=upto < end)


def _concerns(change: Change, site: str | None) -> bool:
    if site is None or change.document is None:
        return True
    if change.kind in SITED_KINDS:
        sites = change.document.get("sites")
        return isinstance(sites, list) and site in sites
    return change.kind != "transfer" or change.document.get("target") == site


def concerns(kind: str, document: str, site: str) -> bool:
    """Whether a station of a site is told of a record; `document` is its text."""
    return kind not in _SITED or _concerns(Change(1, kind, "", json.loads(document)), site)


def _short_enough(conn: Connection, start: int, upto: int, most: int) -> int:
    """The last end of a commit up to which the documents are short enough; the first when none is."""
    signs, cut = 0, 0
    for pos, length, ends in _lengths.rows(conn, start=start, upto=upto):
        signs += length
        if cut and signs > most:
            return cut
        if ends:
            cut = pos
    return upto


_SITED = SITED_KINDS | {"transfer"}
_end_of_commit = asking(
    lambda _: select(func.min(feed.c.pos)).where(feed.c.pos >= bindparam("least"), feed.c.ends_commit)
)
_between = asking(
    lambda _: (
        select(feed.c.pos, feed.c.kind, feed.c.key, feed.c.document)
        .where(feed.c.pos > bindparam("start"), feed.c.pos <= bindparam("upto"))
        .order_by(feed.c.pos)
    )
)
_lengths = asking(
    lambda _: (
        select(feed.c.pos, func.length(feed.c.document), feed.c.ends_commit)
        .where(feed.c.pos > bindparam("start"), feed.c.pos <= bindparam("upto"))
        .order_by(feed.c.pos)
    )
)
