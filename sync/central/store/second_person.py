"""The other person that goods need which wait to be written off, whichever way they are to go instead."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from app.domain.approvals.people import same_person
from app.domain.policy.leaving import GIVEN_AWAY
from sync.central.rules.outcomes import Forbidden
from sync.central.store.discards import REJECTED
from sync.central.store.tables import write_off
from sync.central.store.whose_work import asked_by


def require_second(conn: Connection, operator: str, account: int, way: str) -> None:
    """Refuses one person's way out for units of an account whose write-off is pending or was rejected.

    Who asked for the write-off may name no other way; who rejected it, none that gives the goods away.

    Raises:
        Forbidden: it would be one person's word alone.
    """
    for row in conn.execute(_waiting, {"which": account}):
        if any(same_person(one, operator) for one in asked_by(conn, row.cause, row.requested_by)):
            raise Forbidden(
                "write_off.own_request",
                f"Write-off {row.code} was asked for by {operator} and is {row.state}.",
                "Expected another person's word on what becomes of its units.",
                "Ask a supervisor who did not request it, or take back the word that asked for it.",
            )
        rejected_it = row.state == REJECTED and same_person(row.decided_by, operator)
        if rejected_it and way in GIVEN_AWAY:
            raise Forbidden(
                "write_off.own_rejection",
                f"Write-off {row.code} was rejected by {operator}, who now reads {way}.",
                "Expected another person's word on giving its units away.",
                "Ask another supervisor, or choose a way that does not give the goods away.",
            )


_waiting = (
    select(
        *(write_off.c[name] for name in ("code", "state", "cause", "requested_by", "decided_by")),
    )
    .where(write_off.c.account == bindparam("which"))
    .order_by(write_off.c.code)
)
