"""Write-offs of regulated goods: their units wait, quarantined, until a consignment takes them away."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from app.domain.account import Status
from app.domain.clock import to_text
from sync.central.rules.consignment import still_waiting
from sync.central.store.act import Act
from sync.central.store.discards import overdue_key
from sync.central.store.exceptions import Case, close_cases, open_case
from sync.central.store.tables import account, balance, event, move, write_off

TYPE = "disposal.overdue"
_ASKED = "9999-12-31T23:59:59.999Z"


def key_of(code: str) -> str:
    """The key of the case of a write-off whose goods wait too long."""
    return overdue_key(code)


def any_due(conn: Connection, now: str) -> bool:
    """Whether a write-off's goods should have left by now."""
    return conn.execute(_due.limit(1), {"now": now}).first() is not None


def remind(act: Act) -> int:
    """Opens a case for each write-off whose goods wait longer than the policy allows; how many.

    What was looked at is looked at again only when its goods come back.
    """
    opened = 0
    for row in act.conn.execute(_due, {"now": to_text(act.posted_at)}).all():
        qty = next((q for one, q in _waiting(act.conn, row.owner, row.sku) if one.code == row.code), 0)
        if qty:
            open_case(act.conn, _overdue(row, qty), act.posted_at)
            opened += 1
        # What has left by now is done; what was asked about waits to leave.
        act.conn.execute(_note, {"which": row.code, "by": _ASKED if qty else None})
    return opened


def left(act: Act, owner: str, skus: Collection[str]) -> None:
    """Goods left: those write-offs are done of which none wait any more."""
    for sku in sorted(skus):
        done = [row.code for row, qty in _waiting(act.conn, owner, sku) if row.dispose_by and not qty]
        for code in done:
            act.conn.execute(_note, {"which": code, "by": None})
        close_cases(act.conn, [key_of(code) for code in done], act.posted_at, "Its goods left.")


def back(act: Act, owner: str, skus: Collection[str]) -> None:
    """Goods came back: they wait again, and have waited long enough."""
    for sku in sorted(skus):
        for row, qty in _waiting(act.conn, owner, sku):
            if qty and row.dispose_by is None:
                act.conn.execute(_note, {"which": row.code, "by": to_text(act.posted_at)})


def _waiting(conn: Connection, owner: str, sku: str) -> Iterator[tuple[Any, int]]:
    """The write-offs of regulated units of an item, each with how many of them still wait."""
    rows = conn.execute(_approved, {"owner": owner, "sku": sku}).all()
    standing = 0 if not rows else int(conn.scalar(_standing, {"owner": owner, "sku": sku}) or 0)
    later = 0
    for row in rows:
        yield row, still_waiting(standing, later, int(row.qty))
        later += int(row.qty)


def _overdue(row: Any, qty: int) -> Case:
    return Case(
        key=key_of(row.code),
        type=TYPE,
        subject=f"document:{row.code}",
        owner_role="supervisor",
        fix=f"{qty} of {row.sku} ({row.regulated}) were written off and still wait for their disposal: "
        "have a consignment by scrap or recycle take them, with their papers.",
        sku=row.sku,
        qty=qty,
    )


_due = select(write_off).where(write_off.c.dispose_by <= bindparam("now")).order_by(write_off.c.code)
_note = update(write_off).where(write_off.c.code == bindparam("which")).values(dispose_by=bindparam("by"))
# The last approved first: those leave last.
_approved = (
    select(write_off.c.code, write_off.c.qty, write_off.c.dispose_by)
    .where(
        write_off.c.owner == bindparam("owner"),
        write_off.c.sku == bindparam("sku"),
        write_off.c.state == "approved",
        write_off.c.regulated.is_not(None),
    )
    .order_by(write_off.c.decided_at.desc(), write_off.c.code.desc())
)
# Where write-offs of it were moved to, whatever reason the policy had for it by then.
_reasons = (
    select(account.c.id)
    .join_from(move, event, event.c.id == move.c.event)
    .join(account, account.c.id == move.c.target)
    .join(write_off, write_off.c.event_id == event.c.event_id)
    .where(
        write_off.c.owner == bindparam("owner"),
        write_off.c.sku == bindparam("sku"),
        write_off.c.regulated.is_not(None),
        account.c.status == Status.QUARANTINED.value,
    )
)
_standing = select(func.sum(balance.c.qty)).where(balance.c.account.in_(_reasons))
