"""What an open case answers for: a law that is broken where somebody was told so is not broken in silence."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, literal, or_, select

from sync.central.store.exceptions import stored_key
from sync.central.store.posting_cases import unallocated_key, unfollowed_key
from sync.central.store.tables import account, event, exception, move


def unallocated(conn: Connection) -> Callable[[str, str], bool]:
    """Whether an open case says that claims on an owner's item were not brought in line with its stock."""
    rows = conn.execute(_not_allocated).all()
    keys = {row.key for row in rows}
    # The key may be stored as a digest, so that it is made anew and not taken apart.
    sessions = {row.subject for row in rows}

    def excused(owner: str, item: str) -> bool:
        return any(stored_key(unallocated_key(session, owner, item)) in keys for session in sessions)

    return excused


def unfollowed(conn: Connection) -> Callable[[str], bool]:
    """Whether a case, open or answered, says that the centre did not do what follows from an event."""
    keys = set(conn.scalars(_not_followed))

    def excused(event_id: str) -> bool:
        return stored_key(unfollowed_key(event_id)) in keys

    return excused


_not_followed = select(exception.c.key).where(exception.c.type == "event.not_followed")
_not_allocated = select(exception.c.key, exception.c.subject).where(
    exception.c.type == "allocation.failed", exception.c.state == "open"
)

UNFOLLOWED_PLACES = (
    select(account.c.location)
    .distinct()
    .join_from(exception, event, exception.c.subject == literal("event:") + event.c.event_id)
    .join(move, move.c.event == event.c.id)
    .join(account, or_(account.c.id == move.c.source, account.c.id == move.c.target))
    .where(exception.c.type == "event.not_followed")
)
"""Where events moved units after which the centre did not do its part."""
