"""Work orders as rows: opened with the steps of a policy, read, shown, listed by what is due first."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, not_, or_, select, text, tuple_, update

from app.domain.account import KEY_PARTS
from app.domain.clock import from_text, to_text
from app.domain.policy.work import Work
from sync.central.rules.outcomes import missing
from sync.central.rules.scope import Sites
from sync.central.rules.work import LIVE, Step, StepState, WorkState, due
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.cursors import pack, unpack
from sync.central.store.prepared import asking, inserting
from sync.central.store.scope import among
from sync.central.store.tables import account, work_order, work_step

_MINUTE_S = 60
Document = dict[str, object]


@dataclass(frozen=True, slots=True)
class Opening:
    """What a new order is made of: where its units stand, and what the policy says of them."""

    account: int
    qty: int
    site: str | None
    came_by: str
    policy_ver: str
    rule: str | None
    work: Work
    currency: str


def insert_order(conn: Connection, code: str, opening: Opening, at: datetime) -> None:
    """A new order; the first step's turn begins now."""
    work, first = opening.work, opening.work.steps[0]
    _insert_order.one(
        conn,
        code=code,
        account=opening.account,
        qty=opening.qty,
        site=opening.site,
        came_by=opening.came_by,
        policy_ver=opening.policy_ver,
        rule=opening.rule,
        work=work.id,
        best=work.best,
        otherwise=work.otherwise,
        currency=opening.currency,
        state=WorkState.OPEN.value,
        turn=1,
        turn_owner=first.owner,
        entered_at=to_text(at),
        due_at=to_text(due(at, first.hours)),
        opened_at=to_text(at),
    )
    _insert_steps.run(
        conn,
        [
            {
                "code": code,
                "n": n,
                "id": step.id,
                "kind": step.kind.value,
                "caption": step.caption,
                "owner": step.owner,
                "hours": step.hours,
                "planned_minor": dict(step.cost_minor).get(opening.currency),
                "skipped": step.skipped,
                "state": StepState.WAITING.value,
            }
            for n, step in enumerate(work.steps, 1)
        ],
    )


def change(conn: Connection, code: str, **values: object) -> None:
    """New values in some columns of an order."""
    conn.execute(update(work_order).where(work_order.c.code == code).values(**values))


def change_step(conn: Connection, code: str, n: int, **values: object) -> None:
    """New values in some columns of a step."""
    which = (work_step.c.code == code) & (work_step.c.n == n)
    conn.execute(update(work_step).where(which).values(**values))


def find(conn: Connection, code: str) -> Row[Any]:
    """An order, with the account that its units stand in.

    Raises:
        Missing: no such order.
    """
    row = conn.execute(_orders.where(work_order.c.code == code)).one_or_none()
    if row is None:
        raise missing("work", code)
    return row


def live_at(conn: Connection, number: int) -> Row[Any] | None:
    """The order whose units stand in an account, if there is one."""
    return _live_at.first(conn, which=number)


def ended_by(conn: Connection, number: int, events: Sequence[str]) -> Row[Any] | None:
    """The last order of an account that one of some events ended."""
    asked = (
        _orders.where(work_order.c.account == number, work_order.c.ended_by.in_(events))
        .order_by(work_order.c.ended_at.desc(), work_order.c.code.desc())
        .limit(1)
    )
    return conn.execute(asked).first() if events else None


def step_rows(conn: Connection, code: str) -> Sequence[Row[Any]]:
    """The steps of an order as they are stored, in their order."""
    return conn.execute(_steps, {"which": code}).all()


def steps_of(rows: Sequence[Row[Any]]) -> list[Step]:
    """The same for the rules."""
    return [
        Step(row.n, row.id, row.kind, row.owner, row.hours, StepState(row.state), row.skipped) for row in rows
    ]


def spent(rows: Sequence[Row[Any]]) -> int:
    """What some steps cost so far."""
    return sum(int(row.cost_minor) for row in rows)


def parts_of(rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """The parts that were used in some steps, in their order."""
    return [part for row in rows for part in json.loads(row.parts)]


def document(conn: Connection, code: str, now: datetime) -> Document:
    """An order with its steps as it is answered.

    Raises:
        Missing: no such order.
    """
    row, rows = find(conn, code), step_rows(conn, code)
    planned = [step.planned_minor for step in rows]
    whole = None if None in planned else sum(int(cost) for cost in planned) * int(row.qty)
    return shown(row, now) | {
        "planned_minor": whole,
        "spent_minor": spent(rows),
        "steps": [_shown_step(step) for step in rows],
    }


def shown(row: Row[Any], now: datetime) -> Document:
    """An order without its steps as it is answered."""
    held, live = account_of([getattr(row, part) for part in KEY_PARTS]), row.state in LIVE
    age_s = max(0.0, (now - from_text(row.entered_at)).total_seconds())
    return {
        "work_order": row.code,
        "state": row.state,
        "owner": held.owner,
        "sku": held.item,
        "qty": int(row.qty),
        "label": held.label,
        "serial": held.serial,
        "lot": held.lot,
        "grade": held.grade,
        "site": row.site,
        "location": held.location,
        "policy_version": row.policy_ver,
        "rule": row.rule,
        "work": row.work,
        "best": row.best,
        "otherwise": row.otherwise,
        "currency": row.currency,
        "turn": int(row.turn),
        "turn_owner": row.turn_owner if live else None,
        "entered_at": row.entered_at,
        "age_minutes": int(age_s // _MINUTE_S) if live else None,
        "due_at": row.due_at if live else None,
        "overdue": live and row.due_at < to_text(now),
        "opened_at": row.opened_at,
        "came_by": row.came_by,
        "started_at": row.started_at,
        "started_by": row.started_by,
        "ended_at": row.ended_at,
        "ended_by": row.ended_by,
        "ended_grade": row.ended_grade,
        "disposition": row.disposition,
        "write_off": row.write_off,
    }


def _shown_step(row: Row[Any]) -> Document:
    return {
        "n": int(row.n),
        "step": row.id,
        "kind": row.kind,
        "caption": row.caption,
        "owner": row.owner,
        "hours": int(row.hours),
        "planned_minor": row.planned_minor,
        "may_be_skipped": row.skipped is not None,
        "state": row.state,
        "minutes": row.minutes,
        "cost_minor": int(row.cost_minor),
        "parts": json.loads(row.parts),
        "reason": row.reason,
        "note": row.note,
        "done_by": row.done_by,
        "done_at": row.done_at,
        "event_id": row.event_id,
    }


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which orders are listed: without a state those that are live; `overdue` None for either."""

    state: WorkState | None = None
    site: str | None = None
    owner: str | None = None
    overdue: bool | None = None


def listed(
    conn: Connection, wanted: Wanted, cursor: str | None, limit: int, *, now: datetime, sites: Sites
) -> Document:
    """A page of orders, what is due first at first.

    Raises:
        Refused: no page gave that cursor.
    """
    state = _live if wanted.state is None else work_order.c.state == wanted.state.value
    asked = _orders.where(state, among(sites, work_order.c.site))
    if wanted.site is not None:
        asked = asked.where(work_order.c.site == wanted.site)
    if wanted.owner is not None:
        asked = asked.where(work_order.c.turn_owner == wanted.owner)
    if wanted.overdue is not None:
        ended = work_order.c.state.not_in(sorted(LIVE))
        late = work_order.c.due_at < to_text(now)
        asked = asked.where(_live, late) if wanted.overdue else asked.where(or_(ended, not_(late)))
    if after := unpack(cursor, 2):
        asked = asked.where(tuple_(work_order.c.due_at, work_order.c.code) > tuple_(*after))
    rows = conn.execute(asked.order_by(work_order.c.due_at, work_order.c.code).limit(limit + 1)).all()
    page = rows[:limit]
    return {
        "work_orders": [shown(row, now) for row in page],
        "next": pack([page[-1].due_at, page[-1].code]) if len(rows) > limit else None,
    }


# Written out, as a partial index is used for no other condition.
_live = text("work_order.state IN ('open', 'started')")
# The account has a grade too: that which the units came with.
_orders: Any = select(
    *(column for column in work_order.columns if column.name not in {"grade", "account"}),
    work_order.c.account.label("number"),
    work_order.c.grade.label("ended_grade"),
    *ACCOUNT_COLUMNS,
).join_from(work_order, account, account.c.id == work_order.c.account)
_live_at = asking(lambda _: _orders.where(work_order.c.account == bindparam("which"), _live))
_order_columns = (
    *("code", "account", "qty", "site", "came_by", "policy_ver", "rule", "work", "best", "otherwise"),
    *("currency", "state", "turn", "turn_owner", "entered_at", "due_at", "opened_at"),
)
_insert_order = inserting(work_order, *_order_columns)
_step_columns = ("code", "n", "id", "kind", "caption", "owner", "hours", "planned_minor", "skipped", "state")
_insert_steps = inserting(work_step, *_step_columns)
_steps = select(work_step).where(work_step.c.code == bindparam("which")).order_by(work_step.c.n)
