"""What only the passing of time makes due: baskets and returns end, orders come near, units are past date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, select

from app.domain.clock import from_text, to_text
from sync.central.commands.allocation_policies import settle_waiting_lines
from sync.central.commands.baskets import any_due, expire_due
from sync.central.commands.return_exits import any_overdue, expire_overdue
from sync.central.store.act import Act
from sync.central.store.allocation_policy import policy_in_force
from sync.central.store.backorders import settle
from sync.central.store.prepared import replacing
from sync.central.store.tables import (
    account,
    balance,
    customer_order,
    lot,
    meta,
    order_line,
    reservation,
)

_DATE = 10
_UNTIL = "upkeep_until"
_LONG_AGO = "2000-01-01T00:00:00.000Z"


def is_due(conn: Connection, now: datetime) -> bool:
    """Whether `upkeep` would do anything; only reads."""
    since = _since(conn, now)
    return (
        any_due(conn, to_text(now))
        or any_overdue(conn, now)
        or any(_aged(conn, since, now))
        or any(_near(conn, since, now))
        or _turned(conn, since, now)
    )


def upkeep(act: Act) -> dict[str, int]:
    """Ends baskets and returns whose time is over, settles what a date or a horizon changed since last time.

    Claims on units that are past their date are taken back; orders that came within the horizon get what
    they wait for. Doing it late or twice changes nothing but when it is done.
    """
    now = act.posted_at
    since = _since(act.conn, now)
    ended = expire_due(act)
    expired = expire_overdue(act)
    changed: defaultdict[str, set[str]] = defaultdict(set)
    for row in (*_aged(act.conn, since, now), *_near(act.conn, since, now)):
        changed[row.owner].add(row.item)
    for owner, items in sorted(changed.items()):
        settle(act, owner, items)
    if _turned(act.conn, since, now):
        settle_waiting_lines(act)
    _note.run(act.conn, [{"name": _UNTIL, "value": to_text(now)}])
    return {"baskets": ended, "returns": expired, "items": sum(map(len, changed.values()))}


def _since(conn: Connection, now: datetime) -> datetime:
    """Until when upkeep was done; a clock that was put back does it again from there."""
    return min(from_text(conn.scalar(_last) or _LONG_AGO), now)


def _aged(conn: Connection, since: datetime, now: datetime) -> Iterable[Any]:
    """Claimed items with units whose last good day has passed since."""
    first, today = to_text(since)[:_DATE], to_text(now)[:_DATE]
    return conn.execute(_past_date, {"first": first, "today": today}).all() if first < today else ()


def _near(conn: Connection, since: datetime, now: datetime) -> Iterable[Any]:
    """Items of waiting orders that came within the horizon since."""
    days = policy_in_force(conn).horizon_days
    if days is None:
        return ()
    ahead = timedelta(days=days)
    return conn.execute(_came_near, {"first": to_text(since + ahead), "last": to_text(now + ahead)}).all()


def _turned(conn: Connection, since: datetime, now: datetime) -> bool:
    """Whether an allotment began, ended or was opened to all since."""
    instants = (
        instant
        for allotment in policy_in_force(conn).allotments
        for instant in (allotment.since, allotment.until, allotment.spills_at)
        if instant is not None
    )
    return any(since < instant <= now for instant in instants)


_last = select(meta.c.value).where(meta.c.name == _UNTIL)
_past_date = (
    select(account.c.owner, account.c.item)
    .distinct()
    .join_from(lot, account, and_(account.c.item == lot.c.sku, account.c.lot == lot.c.lot))
    .join(balance, balance.c.account == account.c.id)
    .where(
        lot.c.good_until >= bindparam("first"),
        lot.c.good_until < bindparam("today"),
        balance.c.status == "sellable",
        exists().where(reservation.c.owner == account.c.owner, reservation.c.item == account.c.item),
    )
    .order_by(account.c.owner, account.c.item)
)
_came_near = (
    select(order_line.c.owner, order_line.c.sku.label("item"))
    .distinct()
    .join_from(order_line, customer_order, customer_order.c.id == order_line.c.order)
    .where(
        customer_order.c.state == "open",
        customer_order.c.wanted_by > bindparam("first"),
        customer_order.c.wanted_by <= bindparam("last"),
        order_line.c.sku.is_not(None),
        order_line.c.qty > order_line.c.reserved + order_line.c.shipped + order_line.c.cancelled,
    )
    .order_by(order_line.c.owner, order_line.c.sku)
)
_note = replacing(meta, ("name",))
