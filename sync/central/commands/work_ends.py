"""The end of a work order: the unit is fit and decided about anew, is given up, or an end is taken back.

Each end is one event: the unit's move, the parts that went into it, what the work cost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from app.domain.account import KEY_PARTS, Account, Status
from app.domain.clock import to_text
from app.domain.event import EventKind
from app.domain.item import Item
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from app.domain.policy import Decision, Outcome, Policy
from app.domain.policy.routes import Worth
from sync.central.commands.catalogue import require_items
from sync.central.commands.reversing import require_there
from sync.central.commands.work_asked import WorkFinished, WorkGivenUp, WorkUndone
from sync.central.rules.outcomes import Conflict, missing
from sync.central.rules.work import (
    WorkState,
    reach,
    require_finished,
    require_grade,
    require_live,
    require_relabelled,
    require_word,
)
from sync.central.store import undoing, work_cases, work_orders
from sync.central.store.accounts import account_of
from sync.central.store.act import Act
from sync.central.store.consignments import require_unheld
from sync.central.store.exceptions import close_cases
from sync.central.store.item_rules import item_records
from sync.central.store.posting import record
from sync.central.store.returns_policy import policy_of_version
from sync.central.store.tables import location, write_off
from sync.central.store.work_parts import part_moves

Document = dict[str, object]


@dataclass(frozen=True, slots=True)
class _End:
    """How an order ends: the item, grade and disposition of its units from then on, and by which rule."""

    kind: EventKind
    state: WorkState
    sku: str
    grade: str | None
    outcome: Outcome
    rule: str
    place: str
    reason: str | None = None


def finish(act: Act, code: str, asked: WorkFinished) -> Document:
    """The unit is fit: the rules of the order's policy decide about it anew, under its grade now.

    Raises:
        Missing: no such order.
        Conflict: it has ended, a step is still to do, the rule asks for a word, its place is elsewhere,
            or an open consignment holds the unit.
        Refused: the steps do not allow that grade or that item.
    """
    row = work_orders.find(act.conn, code)
    require_live(code, row.state)
    steps = work_orders.steps_of(work_orders.step_rows(act.conn, code))
    require_finished(code, steps)
    policy = _policy(act.conn, row)
    require_grade(policy, asked.grade, reach(policy, row.best, steps))
    sku = asked.sku or row.item
    require_items(act.conn, [sku])
    require_relabelled(steps, row.item, sku)
    decision = _decision(act.conn, policy, row, (sku, asked.grade))
    require_word(decision, said=asked.confirm)
    place = _place(act.conn, row, asked.place or decision.outcome.place)
    _end(
        act,
        row,
        _End(
            EventKind.UNIT_REFURBISHED,
            WorkState.DONE,
            sku,
            asked.grade,
            decision.outcome,
            decision.rule,
            place,
        ),
        asked.at,
    )
    return work_orders.document(act.conn, code, act.posted_at)


def give_up(act: Act, code: str, asked: WorkGivenUp) -> Document:
    """The unit cannot be made fit: it goes where the work says, and what is written off is asked for.

    Raises:
        Missing: no such order.
        Conflict: it has ended, or an open consignment holds the unit.
    """
    row = work_orders.find(act.conn, code)
    require_live(code, row.state)
    end_unfit(act, row, asked.reason, asked.at)
    return work_orders.document(act.conn, code, act.posted_at)


def end_unfit(act: Act, row: Row[Any], reason: str, at: datetime) -> None:
    """Ends a live order of units that cannot be made fit; they keep the grade that they came with."""
    outcome = _policy(act.conn, row).outcome(row.otherwise)
    kind, state = EventKind.UNIT_GIVEN_UP, WorkState.GIVEN_UP
    _end(act, row, _End(kind, state, row.item, row.grade, outcome, row.work, outcome.place, reason), at)


def undo_end(act: Act, code: str, asked: WorkUndone) -> Document:
    """Takes an end back: its moves, its parts and its entry; the order is where it was before it.

    A step that failed is to be done again. A write-off that nobody decided yet is not asked for any more.

    Raises:
        Missing: no such order.
        Conflict: it has no end of its own, or the units are not there any more.
    """
    row = work_orders.find(act.conn, code)
    if row.state not in {WorkState.DONE, WorkState.GIVEN_UP}:
        raise Conflict(
            "work.no_end",
            f"Work order {code} is {row.state}.",
            "Expected one that was finished or given up.",
            "There is nothing to take back.",
        )
    happened = undoing.standing(act.conn, row.ended_by)
    if happened is None:
        raise missing("work", code)
    require_there(act.conn, happened.moves)
    record(act, undoing.counter(act, happened, asked.reason))
    return work_orders.document(act.conn, code, act.posted_at)


def subjects(code: str, held: Account) -> tuple[str, ...]:
    """What an event about the work on a unit is about."""
    named = {"work": code, "label": held.label, "sku": held.item, "serial": held.serial}
    return tuple(f"{what}:{name}" for what, name in named.items() if name)


def _held(row: Row[Any]) -> Account:
    return account_of([getattr(row, part) for part in KEY_PARTS])


def _policy(conn: Connection, row: Row[Any]) -> Policy:
    """The policy whose steps are done: it was checked that it leads onward from them."""
    found = policy_of_version(conn, row.policy_ver)
    if found is None:
        raise LookupError(f"policy {row.policy_ver} of work order {row.code} is gone")
    return found


def _decision(conn: Connection, policy: Policy, row: Row[Any], now: tuple[str, str]) -> Decision:
    sku, grade = now
    records = item_records(conn, [sku, row.item])
    its = records.get(sku, Item(sku, sku))
    if sku != row.item and its.currency != row.currency:
        raise Conflict(
            "work.currency",
            f"{row.item} is counted in {row.currency}, {sku} in {its.currency}.",
            "Expected an item of the same currency: its cost goes on in it.",
            "Correct the item's record, or name another item.",
        )
    worth = Worth(its.value_minor, its.currency)
    decision = policy.would(its.category, grade, hazardous=its.hazardous, worth=worth, refurbished=True)
    if decision is None or decision.outcome.status is Status.REFURBISH:
        raise Conflict(
            "work.no_rule",
            f"Policy {policy.version} sends {its.category}, grade {grade}, round again, or nowhere.",
            "Expected a rule that leads onward; the item's category was another when the work began.",
            "Give another grade, or give the unit up.",
        )
    return decision


def _place(conn: Connection, row: Row[Any], place: str) -> str:
    site = conn.scalar(_site, {"code": place})
    if site is not None and row.site is not None and site != row.site:
        raise Conflict(
            "work.place",
            f"Read the place {place}, which is at {site}; the unit is at {row.site}.",
            "Expected a place of its own site.",
            "Name the place where it was put.",
        )
    return place


def _end(act: Act, row: Row[Any], end: _End, at: datetime) -> None:
    """Records an end and what goes with it; the order is closed by then, so that its moves cancel nothing."""
    conn, held = act.conn, _held(row)
    require_unheld(conn, row.number, held)
    rows = work_orders.step_rows(conn, row.code)
    parts = work_orders.parts_of(rows)
    target = replace(
        held,
        item=end.sku,
        location=end.place,
        status=end.outcome.status,
        reason=end.outcome.reason,
        grade=end.grade,
    )
    moves = (
        *_unit_moves(int(row.qty), held, target, (end.rule, row.code)),
        *part_moves(conn, held, row.site, parts, row.code),
    )
    body: dict[str, object] = {
        "work": row.code,
        "owner": held.owner,
        "sku": held.item,
        "becomes": end.sku,
        "qty": int(row.qty),
        "label": held.label,
        "serial": held.serial,
        "lot": held.lot,
        "before": held.grade,
        "grade": end.grade,
        "disposition": end.outcome.disposition,
        "place": end.place,
        "rule": end.rule,
        "reason": end.reason,
        "currency": row.currency,
        "cost_minor": work_orders.spent(rows),
        "steps": [{"step": step.id, "state": step.state, "event_id": step.event_id} for step in rows],
    }
    event = replace(act.event(end.kind, subjects(row.code, held), moves, body), policy_ver=row.policy_ver)
    work_orders.change(
        conn,
        row.code,
        state=end.state.value,
        ended_at=to_text(at),
        ended_by=event.event_id,
        grade=end.grade,
        disposition=end.outcome.disposition,
        late_at=None,
    )
    close_cases(conn, [work_cases.late_key(row.code)], act.posted_at, f"Work order {row.code} has ended.")
    record(act, event)
    # What is to be written off was asked for as the event was posted.
    if (asked := conn.scalar(_asked, {"cause": event.event_id})) is not None:
        work_orders.change(conn, row.code, write_off=asked)


def _unit_moves(qty: int, held: Account, target: Account, why: tuple[str, str]) -> tuple[Move, ...]:
    """The unit's way: another item is made of it where it stands; the disposition alone makes it sellable."""
    rule, code = why
    if target.item == held.item:
        return (Move(qty, held, target, MoveKind.DISPOSE, f"rule {rule}", code),)
    used = Account(held.owner, held.item, Virtual.CONVERSION, lot=held.lot, serial=held.serial)
    made, here = replace(used, item=target.item), replace(held, item=target.item, grade=target.grade)
    return (
        Move(qty, held, used, MoveKind.CONVERT, "relabelled", code),
        Move(qty, made, here, MoveKind.CONVERT, "relabelled", code),
        Move(qty, here, target, MoveKind.DISPOSE, f"rule {rule}", code),
    )


_asked = select(write_off.c.code).where(write_off.c.cause == bindparam("cause"))
_site = select(location.c.site).where(location.c.code == bindparam("code"))
