"""Work orders: begun, done step by step, and what became of each step on record."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from app.domain.account import KEY_PARTS, Account, Status
from app.domain.clock import from_text, to_text
from app.domain.event import Event, EventKind
from app.domain.refusal import Refused
from sync.central.commands import work_ends
from sync.central.commands.catalogue import require_items, require_location
from sync.central.commands.work_asked import StepDone, WorkOpened, WorkStarted
from sync.central.rules.outcomes import Conflict, missing
from sync.central.rules.work import (
    StepState,
    WorkState,
    due,
    require_live,
    require_result,
    require_turn,
    turn,
)
from sync.central.store import work_cases, work_orders
from sync.central.store.accounts import account_of, numbers
from sync.central.store.act import Act
from sync.central.store.exceptions import close_cases
from sync.central.store.journal import Fact
from sync.central.store.posting import record
from sync.central.store.returns_policy import returns_policy
from sync.central.store.shelves import inside
from sync.central.store.tables import event, move
from sync.central.store.work_following import open_order

Document = dict[str, object]


def open_work(act: Act, asked: WorkOpened) -> Document:
    """Opens an order, by the policy in force, for units in refurbish stock that have none.

    Raises:
        Missing: there are no such units, or no policy was ever published.
        Conflict: they have an order, or the policy has no work for them.
    """
    held, qty = _standing(act.conn, asked)
    live = work_orders.live_at(act.conn, numbers(act.conn, [held])[held])
    if live is not None:
        raise Conflict(
            "work.exists",
            f"Work order {live.code} is for these units.",
            "Expected units without one.",
            "Go on with that order.",
        )
    policy = returns_policy(act.conn)
    if policy is None:
        raise missing("policy", "current")
    code = open_order(act.conn, (held, qty), _came(act, held), act.posted_at, policy)
    if code is None:
        raise Conflict(
            "work.none",
            f"Policy {policy.version} has no work for {held.item}, grade {held.grade}.",
            "Expected a table [[work]] for such units.",
            "Publish a policy that has one, or grade the units again.",
        )
    return document(act.conn, code, act.posted_at)


def place_of(conn: Connection, asked: WorkOpened) -> str:
    """Where the units stand that an order is asked for.

    Raises:
        Missing: there are none in refurbish stock.
        Refused: neither or both of label and serial are named.
    """
    return _standing(conn, asked)[0].location


def start(act: Act, code: str, asked: WorkStarted) -> Document:
    """Notes that somebody began; begun again it changes nothing.

    Raises:
        Missing: no such order.
        Conflict: it has ended.
    """
    row = work_orders.find(act.conn, code)
    require_live(code, row.state)
    _begun(act, row, asked.at)
    return document(act.conn, code, act.posted_at)


def step(act: Act, code: str, asked: StepDone) -> Document:
    """Records what became of the step whose turn it is; one that failed ends the order.

    Raises:
        Missing: no such order.
        Conflict: it has ended, or it is another step's turn.
        Refused: the step cannot be left out, a reason is missing, or a part or place is unknown.
    """
    row = work_orders.find(act.conn, code)
    require_live(code, row.state)
    steps = work_orders.steps_of(work_orders.step_rows(act.conn, code))
    now, result = require_turn(code, steps, asked.step), StepState(asked.result)
    require_result(now, result, asked.reason)
    if asked.parts:
        require_items(act.conn, [part.sku for part in asked.parts])
    for place in {part.location for part in asked.parts if part.location is not None}:
        require_location(act.conn, place)
    _begun(act, row, asked.at)
    happened = _happened(act, row, now.id, now.kind, asked)
    work_orders.change_step(
        act.conn,
        code,
        now.n,
        state=result.value,
        minutes=asked.minutes,
        cost_minor=asked.cost_minor,
        parts=json.dumps(happened.body["parts"], separators=(",", ":")),
        reason=asked.reason,
        note=asked.note,
        done_by=act.operator,
        done_at=to_text(asked.at),
        event_id=happened.event_id,
    )
    record(act, happened)
    if result is StepState.FAILED:
        # It keeps its turn: whoever takes the end back does it again.
        work_ends.end_unfit(act, work_orders.find(act.conn, code), f"{now.id}: {asked.reason}", asked.at)
    else:
        _on(act.conn, code, asked.at)
        close_cases(act.conn, [work_cases.late_key(code)], act.posted_at, f"Step {now.id} is {result}.")
    return document(act.conn, code, act.posted_at)


def document(conn: Connection, code: str, now: datetime) -> Document:
    """An order as it is answered.

    Raises:
        Missing: no such order.
    """
    return work_orders.document(conn, code, now)


def _standing(conn: Connection, asked: WorkOpened) -> tuple[Account, int]:
    if (asked.label is None) == (asked.serial is None):
        raise Refused(
            "work.unit",
            f"Read the label {asked.label!r} and the serial {asked.serial!r}.",
            "Expected one of the two.",
            "Scan the unit.",
        )
    for shelf in inside(conn, asked.owner, asked.sku):
        names = (shelf.label, shelf.serial)
        if shelf.status is Status.REFURBISH and (asked.label or asked.serial) in names and shelf.qty > 0:
            return shelf.account, shelf.qty
    raise missing("unit", asked.label or asked.serial or "")


def _came(act: Act, held: Account) -> Fact:
    """What put the units there, told as of now: what was answered then is what is known of them."""
    row = act.conn.execute(_came_by, {"key": numbers(act.conn, [held])[held]}).first()
    if row is None:
        raise missing("unit", held.label or held.item)
    body = json.loads(row.body)
    happened = Event(
        row.event_id, row.kind, (), act.operator, act.session, body=body, policy_ver=row.policy_ver
    )
    return Fact(happened, row.origin, act.occurred_at)


def _begun(act: Act, row: Row[Any], at: datetime) -> None:
    if row.state == WorkState.OPEN:
        work_orders.change(
            act.conn,
            row.code,
            state=WorkState.STARTED.value,
            started_at=to_text(at),
            started_by=act.operator,
        )


def _on(conn: Connection, code: str, at: datetime) -> None:
    """The turn goes to the next step; after the last one it stays with whoever did that."""
    rows = work_orders.step_rows(conn, code)
    following = turn(work_orders.steps_of(rows))
    if following is None:
        work_orders.change(conn, code, turn=len(rows) + 1, late_at=None)
        return
    work_orders.change(
        conn,
        code,
        turn=following.n,
        turn_owner=following.owner,
        entered_at=to_text(at),
        due_at=to_text(due(at, following.hours)),
        late_at=None,
    )


def _happened(act: Act, row: Row[Any], name: str, kind: str, asked: StepDone) -> Event:
    held = account_of([getattr(row, part) for part in KEY_PARTS])
    return act.event(
        EventKind.WORK_STEP,
        work_ends.subjects(row.code, held),
        (),
        {
            "work": row.code,
            "step": name,
            "kind": kind,
            "result": asked.result,
            "reason": asked.reason,
            "minutes": asked.minutes,
            "cost_minor": asked.cost_minor,
            "currency": row.currency,
            "parts": [part.model_dump(exclude_none=True) for part in asked.parts],
            "due_at": row.due_at,
            "late": from_text(row.due_at) < asked.at,
        },
        {"note": asked.note} if asked.note else None,
    )


_came_by: Any = (
    select(event.c.event_id, event.c.kind, event.c.origin, event.c.body, event.c.policy_ver)
    .join_from(move, event, event.c.id == move.c.event)
    .where(move.c.target == bindparam("key"))
    .order_by(move.c.event.desc())
    .limit(1)
)
