"""What an open case answers for: a law that is broken where somebody was told so is not broken in silence."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, select

from sync.central.store.exceptions import stored_key
from sync.central.store.posting_cases import unallocated_key
from sync.central.store.tables import exception


def unallocated(conn: Connection) -> Callable[[str, str], bool]:
    """Whether an open case says that claims on an owner's item were not brought in line with its stock."""
    rows = conn.execute(_not_allocated).all()
    keys = {row.key for row in rows}
    # The key may be stored as a digest, so that it is made anew and not taken apart.
    sessions = {row.subject for row in rows}

    def excused(owner: str, item: str) -> bool:
        return any(stored_key(unallocated_key(session, owner, item)) in keys for session in sessions)

    return excused


_not_allocated = select(exception.c.key, exception.c.subject).where(
    exception.c.type == "allocation.failed", exception.c.state == "open"
)
