"""The change feed: what stations mirror, in commit order."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, bindparam, select, update

from sync.central.store.prepared import asking, inserting, updating
from sync.central.store.tables import counter, feed, meta

_FIRST = datetime(2020, 1, 1, tzinfo=UTC)
_MINUTE_S = 60
_written_out = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it is from now on; `event_id` names the event that changed it, when there is one."""

    kind: str
    key: str
    document: Mapping[str, object]
    event_id: str | None = None


def position(conn: Connection) -> tuple[int, int]:
    """The feed's generation and its last position."""
    gen, pos = _position.rows(conn)[0]
    return int(gen), int(pos)


def publish(conn: Connection, changes: Sequence[Record]) -> None:
    """Appends changes; only inside the one writer's transaction, which orders the positions."""
    if not changes:
        return
    gen, pos = position(conn)
    _append.run(
        conn,
        [
            {
                "pos": pos + n,
                "gen": gen,
                "kind": change.kind,
                "key": change.key,
                "document": _written_out(change.document),
                "event_id": change.event_id,
            }
            for n, change in enumerate(changes, 1)
        ],
    )
    _advance.one(conn, upto=pos + len(changes))


def begin_generation(conn: Connection, replaced: int = 0, at: datetime | None = None) -> int:
    """Begins a new generation of the feed, for a ledger that was put back; answers its number.

    It is later than the copy's and than that of the centre which the copy replaces: that one may itself have
    been put back from the same copy, and stations know its generation. Where nothing says what was replaced
    (a new machine, a file too damaged to read), the instant `at` of putting back does: the number is at least
    the whole minutes since 2020, so that one copy put back in two places begins two generations. Stations
    keep (generation, position): one that meets another generation drops its mirror of the centre's records
    and fetches them from the beginning.
    """
    minutes = int((at - _FIRST).total_seconds()) // _MINUTE_S if at is not None else 0
    gen = max(position(conn)[0] + 1, replaced + 1, minutes)
    conn.execute(update(meta).where(meta.c.name == "feed_gen").values(value=str(gen)))
    return gen


def end_commit(conn: Connection) -> None:
    """Marks the last position as the end of this commit; called by the one writer before it commits."""
    _end.one(conn)


GENERATION = select(meta.c.value).where(meta.c.name == "feed_gen").scalar_subquery()
POSITION = select(counter.c.value).where(counter.c.name == "feed").scalar_subquery()
_position = asking(lambda _: select(GENERATION, POSITION))
_append = inserting(feed)
_advance = updating(update(counter).where(counter.c.name == "feed").values(value=bindparam("upto")), "upto")
_end = updating(
    update(feed)
    .where(
        feed.c.pos == POSITION,
        feed.c.ends_commit.is_(False),
    )
    .values(ends_commit=True)
)
