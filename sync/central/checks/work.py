"""Work orders against the stock they are about: one for all units of an account, its steps as recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, func, or_, select, text

from app.domain.event import EventKind
from app.domain.laws import Violation
from sync.central.rules.work import LIVE, WorkState
from sync.central.store import work_cases
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.exceptions import stored_key
from sync.central.store.tables import account, balance, event, exception, work_order, work_step


def check_work(conn: Connection) -> Iterator[Violation]:
    """Units in refurbish stock have one order or a case; orders have their units, steps and end."""
    yield from _unworked(conn)
    for row in conn.execute(_unfounded):
        where = f"work order {row.code}"
        yield Violation("work", where, f"{row.here or 0} where it says", f"{row.qty}, as it says")
    for row in conn.execute(_ends):
        yield from _end(row)
    for row in conn.execute(_steps):
        yield from _step(row)


def _unworked(conn: Connection) -> Iterator[Violation]:
    """A unit without an order is answered for by its case, whether somebody closed that or not."""
    for qty, orders, *parts in conn.execute(_standing):
        held = account_of(parts)
        if int(orders or 0) == 1:
            continue
        keys = [stored_key(key(held)) for key in (work_cases.none_key, work_cases.failed_key)]
        if orders or conn.scalar(select(func.count()).where(exception.c.key.in_(keys))) == 0:
            found = f"{int(orders or 0)} work orders for {qty}"
            yield Violation("work", f"{held.item} at {held.location}", found, "one, or a case")


def _end(row: Any) -> Iterator[Violation]:
    where = f"work order {row.code}"
    body = json.loads(row.body) if row.body is not None else {}
    made_fit = {WorkState.DONE: EventKind.UNIT_REFURBISHED, WorkState.GIVEN_UP: EventKind.UNIT_GIVEN_UP}
    kind = made_fit.get(WorkState(row.state))
    if row.state in LIVE:
        if row.ended_by is not None:
            yield Violation("work", where, f"{row.state}, ended by {row.ended_by}", "no end")
    elif kind is None:
        if row.kind is None:
            yield Violation("work", where, f"ended by {row.ended_by}", "an event that is here")
    elif (row.kind, body.get("work")) != (kind, row.code):
        yield Violation(
            "work", where, f"{row.state} by {row.kind} of {body.get('work')}", f"{kind} of its own"
        )
    elif (body.get("grade"), body.get("disposition")) != (row.grade, row.disposition):
        said = f"{body.get('grade')}, {body.get('disposition')}"
        yield Violation("work", where, f"{row.grade}, {row.disposition}", f"{said}, as its event says")


def _step(row: Any) -> Iterator[Violation]:
    where = f"work order {row.code}, step {row.id}"
    if row.body is None:
        yield Violation("work", where, f"event {row.event_id}", "an event that is here")
        return
    body = json.loads(row.body)
    names = ("work", "step", "cost_minor", "parts")
    said = tuple(body.get(name) for name in names)
    kept = (row.code, row.id, int(row.cost_minor), json.loads(row.parts))
    if said != kept:
        wrong = [name for name, one, other in zip(names, kept, said, strict=True) if one != other]
        yield Violation("work", where, f"another {', '.join(wrong)}", "what its event says")


_live = text("work_order.state IN ('open', 'started')")
_orders = (
    select(work_order.c.account, func.count().label("orders"))
    .where(_live)
    .group_by(work_order.c.account)
    .subquery()
)
_standing = (
    select(balance.c.qty, _orders.c.orders, *ACCOUNT_COLUMNS)
    .join_from(balance, account, account.c.id == balance.c.account)
    .join(_orders, _orders.c.account == balance.c.account, isouter=True)
    .where(balance.c.status == "refurbish", balance.c.qty > 0, account.c.location.not_like("@%"))
    .order_by(account.c.id)
)
_unfounded = (
    select(work_order.c.code, work_order.c.qty, balance.c.qty.label("here"))
    .join_from(work_order, balance, balance.c.account == work_order.c.account, isouter=True)
    .where(_live, or_(balance.c.qty.is_(None), balance.c.qty != work_order.c.qty))
    .order_by(work_order.c.code)
)
_ends = (
    select(work_order, event.c.kind, event.c.body)
    .join_from(work_order, event, event.c.event_id == work_order.c.ended_by, isouter=True)
    .order_by(work_order.c.code)
)
_steps = (
    select(work_step, event.c.body)
    .join_from(work_step, event, event.c.event_id == work_step.c.event_id, isouter=True)
    .where(or_(work_step.c.event_id.is_not(None), work_step.c.state != "waiting"))
    .order_by(work_step.c.code, work_step.c.n)
)
