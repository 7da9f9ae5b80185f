"""Side ways of a return: its parcel is on the way, or it ends without all its units."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, text, update

from app.domain.clock import to_text
from app.domain.event import EventKind
from app.domain.returns import LineState
from sync.central.commands import replacing
from sync.central.commands.return_exits_asked import ReturnExit, ReturnSent
from sync.central.commands.returns import rma_document
from sync.central.rules.outcomes import Conflict, missing
from sync.central.store import return_ends
from sync.central.store.act import Act
from sync.central.store.posting import record
from sync.central.store.returns_policy import returns_policy
from sync.central.store.savepoint import savepoint
from sync.central.store.tables import rma, rma_line

_DATE = 10
# What is left is due at the next tick.
_AT_ONCE = 500


def sent(act: Act, code: str, asked: ReturnSent) -> dict[str, object]:
    """Notes that a parcel of an RMA is on its way; no unit moves.

    Raises:
        Missing: no such RMA.
        Conflict: it has ended.
    """
    row = _open(act.conn, code)
    document = json.loads(row.document)
    if asked.tracking not in document["tracking"]:
        document["tracking"].append(asked.tracking)
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        act.conn.execute(_set_document, {"which": code, "text": text})
    body = {"rma": code, "tracking": asked.tracking}
    record(act, act.event(EventKind.RETURN_SENT, (f"rma:{code}",), (), body))
    return rma_document(act.conn, code)


def end(act: Act, code: str, asked: ReturnExit) -> dict[str, object]:
    """Ends an RMA: units that did not come are given back to their sales; no unit moves.

    Raises:
        Missing: no such RMA.
        Conflict: it has ended already, or somebody has a replacement in hand that would be cancelled.
    """
    row = _open(act.conn, code)
    record(act, return_ends.ended(act, row, LineState(asked.exit), asked.reason))
    replacing.end(act, code, asked.reason)
    return rma_document(act.conn, code)


def any_overdue(conn: Connection, now: datetime) -> bool:
    """Whether the time to send the goods of a return is over, and nothing of it is on its way or here."""
    return conn.execute(_overdue, {"day": _last_day(conn, now), "most": 1}).first() is not None


def expire_overdue(act: Act) -> int:
    """Ends returns whose time to send the goods is over, by the policy they were authorized under; how many.

    What was sent on the last day has the days on the road that the policy in force gives it. One whose parcel
    a carrier has does not expire. Goods that come all the same are a fact with a case.
    """
    rows = act.conn.execute(_overdue, {"day": _last_day(act.conn, act.posted_at), "most": _AT_ONCE}).all()
    return sum(_expire(act, row) for row in rows)


def _expire(act: Act, row: Row[Any]) -> bool:
    """Whether it ended; one whose replacement is in somebody's hands is looked at again at the next tick."""
    reason = f"Its goods were to be sent by {row.send_by}, and nothing came."
    try:
        with savepoint(act.conn):
            record(act, return_ends.ended(act, row, LineState.EXPIRED, reason))
            replacing.end(act, row.code, reason)
    except Conflict:
        return False
    return True


def _last_day(conn: Connection, now: datetime) -> str:
    """The day before which goods had to be sent to be here now."""
    policy = returns_policy(conn)
    return to_text(now - timedelta(days=policy.travel_days if policy else 0))[:_DATE]


def _open(conn: Connection, code: str) -> Row[Any]:
    row: Row[Any] | None = conn.execute(_rma, {"which": code}).one_or_none()
    if row is None:
        raise missing("rma", code)
    if row.state != "open":
        raise Conflict(
            "rma.ended",
            f"RMA {code} is {row.state}.",
            "Expected an open one.",
            "Nothing more is to come of it.",
        )
    return row


_begun = select(rma_line.c.line).where(
    rma_line.c.rma == rma.c.code, rma_line.c.state != str(LineState.AUTHORIZED)
)
# The conditions are those of the partial index on last days.
_overdue = (
    select(rma)
    .where(text("rma.state = 'open' AND rma.send_by IS NOT NULL"))
    .where(rma.c.send_by < bindparam("day"), ~_begun.exists())
    .order_by(rma.c.send_by, rma.c.code)
    .limit(bindparam("most"))
)
_rma = select(rma).where(rma.c.code == bindparam("which"))
_set_document = update(rma).where(rma.c.code == bindparam("which")).values(document=bindparam("text"))
