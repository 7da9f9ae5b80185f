"""Write-offs that dispositions asked for: exactly those units that wait, each by an event that is here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, and_, bindparam, func, or_, select

from app.domain.laws import Violation
from sync.central.rules.discards import AWAITING
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.discards import REJECTED, REQUESTED, rejected_key
from sync.central.store.exceptions import stored_key
from sync.central.store.tables import account, balance, event, exception, write_off


def check_asked(conn: Connection) -> Iterator[Violation]:
    """Units that wait and requests for them are the same; what was rejected has its case."""
    for asked, qty, *parts in conn.execute(MISMATCHED):
        held = account_of(parts)
        yield Violation("write-off", waiting_at(held), f"{int(asked)} asked for", f"{int(qty)} that wait")
    for row in conn.execute(_astray):
        found = f"{row.state}, its units {'wait' if row.account is not None else 'are gone'}"
        yield Violation("write-off", f"write-off {row.code}", found, "a request whose units wait")
    for row in conn.execute(_causeless):
        yield Violation("write-off", f"write-off {row.code}", f"event {row.cause}", "an event that is here")
    held_back = [row.code for row in conn.execute(_rejected)]
    keys = {stored_key(rejected_key(code)): code for code in held_back}
    known = set(conn.scalars(_cases, {"keys": list(keys)})) if keys else set[str]()
    for key, code in keys.items():
        if key not in known:
            yield Violation("answered", f"write-off {code}", "no exception", "one")


def waiting_at(held: Any) -> str:
    """Units that wait, as findings and repairs name them."""
    return f"{held.item} {held.label or 'without a label'} at {held.location}"


_keys: BindParameter[Any] = bindparam("keys", expanding=True)
_asked = (
    select(write_off.c.account, func.sum(write_off.c.qty).label("units"))
    .where(write_off.c.account.is_not(None))
    .group_by(write_off.c.account)
    .subquery()
)
_waits: ColumnElement[bool] = and_(
    account.c.status == "quarantined", account.c.reason == AWAITING, account.c.location.not_like("@%")
)
_units = func.coalesce(_asked.c.units, 0)
# What is below zero waits for nothing; its own case answers for it.
_there = func.coalesce(balance.c.qty, 0)
MISMATCHED = (
    select(_units, _there, *ACCOUNT_COLUMNS)
    .join_from(account, balance, balance.c.account == account.c.id, isouter=True)
    .join(_asked, _asked.c.account == account.c.id, isouter=True)
    .where(
        or_(_waits, _asked.c.units.is_not(None)),
        or_(
            and_(_waits, _there > 0, _units != _there),
            and_(or_(~_waits, _there <= 0), _units != 0),
        ),
    )
    .order_by(account.c.id)
)
"""Units asked for and units that wait, of each account where they differ, with its parts."""
_astray = (
    select(write_off)
    .where(
        or_(
            and_(
                write_off.c.state == REQUESTED, write_off.c.cause.is_not(None), write_off.c.account.is_(None)
            ),
            and_(write_off.c.state.not_in([REQUESTED, REJECTED]), write_off.c.account.is_not(None)),
        )
    )
    .order_by(write_off.c.code)
)
_causeless = (
    select(write_off.c.code, write_off.c.cause)
    .join_from(write_off, event, event.c.event_id == write_off.c.cause, isouter=True)
    .where(write_off.c.cause.is_not(None), event.c.id.is_(None))
    .order_by(write_off.c.code)
)
_rejected = (
    select(write_off.c.code)
    .where(write_off.c.state == REJECTED, write_off.c.account.is_not(None))
    .order_by(write_off.c.code)
)
_cases = select(exception.c.key).where(exception.c.key.in_(_keys))
