"""What administrators do, on the record: each act is an event of the centre's own chain.

Whoever may make tokens could act under any name; what keeps that in sight is that nobody makes one unseen.
"""

from __future__ import annotations

import json
from enum import StrEnum

from sqlalchemy import Connection, select

from app.domain.event import EventKind
from sync.central.store.act import Act
from sync.central.store.cursors import row_number
from sync.central.store.tables import event


class Deed(StrEnum):
    """What was done; the word stands in the event's body as `did`."""

    TOKEN_MADE = "token.made"  # noqa: S105 - what was done, no secret
    TOKEN_ENDED = "token.ended"  # noqa: S105 - as above
    STATION_INVITED = "station.invited"
    STATION_SHUT_OUT = "station.shut_out"
    STATION_LET_IN = "station.let_in"
    APPROVER_ENROLLED = "approver.enrolled"
    APPROVER_REVOKED = "approver.revoked"
    APPROVER_UNLOCKED = "approver.unlocked"
    RETENTION_SET = "retention.set"


def record(act: Act, did: Deed, subject: str, reason: str = "", **said: object) -> None:
    """Puts it on record in the act's transaction.

    Args:
        act: whose word it is.
        did: what they did.
        subject: to what, as `token:Kim` or `station:<id>`.
        reason: in the person's own words, which stay apart from the facts.
        said: what it was changed to; no secret and nothing personal.
    """
    private = {"reason": reason} if reason else None
    body = {"did": str(did), "to": subject, **said}
    act.record(act.event(EventKind.CENTRE_GOVERNED, (subject,), (), body, private))


def acts(conn: Connection, cursor: str | None, limit: int) -> dict[str, object]:
    """What was done, oldest first, each with who did it and when."""
    rows = conn.execute(_acts.where(event.c.id > row_number(cursor)).limit(limit + 1)).all()
    shown = rows[:limit]
    return {
        "acts": [
            {"event_id": row.event_id, "at": row.occurred_at, "by": row.operator, **json.loads(row.body)}
            for row in shown
        ],
        "next": str(shown[-1].id) if len(rows) > limit else None,
    }


_acts = (
    select(event.c.id, event.c.event_id, event.c.occurred_at, event.c.operator, event.c.body)
    .where(event.c.kind == str(EventKind.CENTRE_GOVERNED))
    .order_by(event.c.id)
)
