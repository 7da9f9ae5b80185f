"""Closing an exception: somebody says what was done about it."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from app.domain.clock import to_text
from sync.central.commands.requests import Resolution
from sync.central.rules.outcomes import Conflict, missing
from sync.central.store.act import Act
from sync.central.store.tables import exception


def resolve(act: Act, number: int, asked: Resolution) -> dict[str, object]:
    """Marks an exception as resolved, with who did what.

    Raises:
        Missing: there is none of that number.
        Conflict: it is resolved already.
    """
    state = act.conn.scalar(_state, {"number": number})
    if state is None:
        raise missing("exception", str(number))
    if state != "open":
        raise Conflict(
            "exception.resolved",
            f"Exception {number} is resolved.",
            "Expected an open one.",
            "If it happens again it opens again.",
        )
    act.conn.execute(
        _resolve,
        {
            "number": number,
            "state": "resolved",
            "resolved_at": to_text(act.posted_at),
            "resolved_by": act.operator,
            "resolution": asked.note,
        },
    )
    return {"id": number, "state": "resolved"}


_state = select(exception.c.state).where(exception.c.id == bindparam("number"))
_resolve = update(exception).where(exception.c.id == bindparam("number"))
