"""Closing an exception: somebody says what was done about it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, text, update

from app.domain.clock import to_text
from sync.central.commands.requests import Resolution
from sync.central.rules.outcomes import Conflict, missing
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.act import Act
from sync.central.store.exceptions import stored_key
from sync.central.store.posting import negative_key
from sync.central.store.settling import settle_waiting
from sync.central.store.tables import account, balance, exception, receipt


def resolve(act: Act, number: int, asked: Resolution) -> dict[str, object]:
    """Marks an exception as resolved, with who did what.

    When it is about events that are not posted, posting is tried again first.

    Raises:
        Missing: there is none of that number.
        Conflict: it is resolved already, or what it is about still stands.
    """
    row = act.conn.execute(_case, {"number": number}).one_or_none()
    if row is None:
        raise missing("exception", str(number))
    if row.state != "open":
        raise Conflict(
            "exception.resolved",
            f"Exception {number} is resolved.",
            "Expected an open one.",
            "If it happens again it opens again.",
        )
    if row.type in {"event.unposted", "kind.unknown"}:
        settle_waiting(act)
    standing = _standing(act.conn, row)
    if standing:
        raise Conflict("exception.stands", standing, "Expected that it is so no more.", row.fix)
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


def _standing(conn: Connection, row: Row[Any]) -> str:
    """What an exception is about, in words, while the ledger itself shows that it is so; else nothing."""
    about = row.subject.partition(":")[2]
    if row.type == "event.unposted" and conn.execute(_waiting, {"which": about}).first() is not None:
        return f"Event {about} is still not posted."
    if row.type == "stock.negative":
        for qty, *parts in conn.execute(_negative, {"sku": about}):
            short = account_of(parts)
            if stored_key(negative_key(short)) == row.key:
                return f"{short.item} at {short.location} still stands at {qty}."
    return ""


_case = select(exception).where(exception.c.id == bindparam("number"))
_waiting = select(receipt.c.id).where(
    receipt.c.event_id == bindparam("which"), text("receipt.state IN ('unposted', 'parked')")
)
_negative = (
    select(balance.c.qty, *ACCOUNT_COLUMNS)
    .join_from(balance, account, balance.c.account == account.c.id)
    .where(account.c.item == bindparam("sku"), balance.c.qty < 0)
)
_resolve = update(exception).where(exception.c.id == bindparam("number"))
