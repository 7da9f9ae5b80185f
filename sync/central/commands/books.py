"""How an owner's books are kept: the costing method, and which days are closed."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Connection, select

from app.domain.clock import to_text
from app.domain.refusal import Refused
from sync.central.commands.shapes import Asked, Code, Day, shown
from sync.central.rules.books import Method
from sync.central.store.act import Act
from sync.central.store.prepared import asking, replacing
from sync.central.store.tables import owner_books


class BooksAsked(Asked):
    """What is to hold for an owner's books from now on; what is left out stays as it is.

    `locked_until` closes every day up to it: what happened then and comes later counts for the next day. A
    closed day is never opened again. Another `costing` goes on with what stock is worth now.
    """

    model_config = shown(owner="ACME", costing="fifo", locked_until="2026-10-31")

    owner: Code
    costing: Literal["moving_average", "fifo"] | None = None
    locked_until: Day | None = None


def keep_books(act: Act, asked: BooksAsked) -> dict[str, object]:
    """Sets how an owner's books are kept.

    Raises:
        Refused: a closed day would be open again, or days are closed that are not over.
    """
    row = _settings.first(act.conn, owners=[asked.owner])
    before = row.locked_until if row is not None else None
    locked = asked.locked_until or before
    today = to_text(act.posted_at)[:10]
    if before is not None and locked is not None and locked < before:
        raise Refused(
            "books.locked",
            f"Read {locked} as the last closed day of {asked.owner}.",
            f"Expected {before} or later: what is closed stays closed.",
            "Leave it as it is; corrections count for the open period.",
        )
    if locked is not None and locked >= today and locked != before:
        raise Refused(
            "books.not_over",
            f"Read {locked} as the last closed day of {asked.owner}.",
            f"Expected a day before today, {today}.",
            "Close it once it is over.",
        )
    costing = asked.costing or (row.costing if row is not None else Method.MOVING_AVERAGE.value)
    changed = {"changed_at": to_text(act.posted_at), "changed_by": act.operator}
    _put.run(act.conn, [{"owner": asked.owner, "costing": costing, "locked_until": locked, **changed}])
    return {"owner": asked.owner, "costing": costing, "locked_until": locked}


def books_document(conn: Connection) -> dict[str, object]:
    """How the books of each owner are kept for whom it was ever said."""
    rows = conn.execute(select(owner_books).order_by(owner_books.c.owner))
    return {
        "books": [
            {"owner": row.owner, "costing": row.costing, "locked_until": row.locked_until} for row in rows
        ]
    }


_settings = asking(lambda among: select(owner_books).where(among(owner_books.c.owner, "owners")))
_put = replacing(owner_books, ("owner",))
