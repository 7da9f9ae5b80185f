"""The gate of the money: what happens to goods of a return opens, or takes back, what is owed for them."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.domain.event import Event, EventKind
from sync.central.rules.refunds import RefundState
from sync.central.store.act import Act
from sync.central.store.chain import CENTRE, CentreChain
from sync.central.store.exceptions import Case, close_cases, open_case
from sync.central.store.failures import DATABASE_FAILED, quiet
from sync.central.store.journal import Fact
from sync.central.store.refunds import Opening, of_cause, open_for_units, rule_for, step

_log = logging.getLogger(__name__)
# What is not with the customer yet is taken back without asking anybody.
_TAKEN_BACK: Mapping[str, RefundState] = {
    RefundState.DUE: RefundState.WITHDRAWN,
    RefundState.POSTED: RefundState.REVERSED,
    RefundState.FAILED: RefundState.REVERSED,
}
# Goods of a line were judged, at a bench or when a unit that nobody announced found its sale.
_DECIDED = frozenset({EventKind.RETURN_DISPOSITIONED, EventKind.RETURN_MATCHED})


def gate(conn: Connection, facts: Sequence[Fact], posted_at: datetime, chain: CentreChain) -> None:
    """Opens refunds for units that were dispositioned, and withdraws those whose disposition was taken back.

    Whatever fails in it, what happened to the goods stands, and a case says what was not decided.
    """
    for fact in facts:
        if fact.event.kind not in {*_DECIDED, EventKind.RETURN_UNDONE}:
            continue
        session = f"event:{fact.event.event_id}"
        act = Act(conn, chain, CENTRE, session, fact.occurred_at, posted_at)
        try:
            with quiet(), conn.begin_nested():
                _follow(act, fact.event)
        except DATABASE_FAILED:
            raise
        except Exception:  # noqa: BLE001 - whatever it was, a fact is never refused by the money
            _log.exception("no refund was decided for %s", fact.event.event_id)
            open_case(conn, _undecided(fact.event), posted_at)


def _follow(act: Act, happened: Event) -> None:
    if happened.kind in _DECIDED:
        _open(act, happened)
    elif happened.corrects:
        _take_back(act, happened.corrects)


def _open(act: Act, happened: Event) -> None:
    body = happened.body
    code, line, qty = body.get("rma"), body.get("line"), body.get("qty")
    if not (isinstance(code, str) and isinstance(line, int) and isinstance(qty, int)):
        return
    if body.get("wrong_item"):
        # What came is not what was sold on the line; whether it is paid for is for a person.
        return
    grade = next((move.target.grade for move in reversed(happened.moves) if move.target.grade), "")
    decided = rule_for(act.conn, code, line, {"grade": grade, **body})
    open_for_units(act, Opening(code, line, happened.event_id, *decided), qty)


def _take_back(act: Act, event_id: str) -> None:
    for row in of_cause(act.conn, event_id):
        to = _TAKEN_BACK.get(row.state)
        if to is not None:
            step(act, row, to, "what it was for was taken back")
        elif row.state in {RefundState.PAYING, RefundState.PAID}:
            open_case(act.conn, _without_goods(row), act.posted_at)


def answer(act: Act, code: str) -> None:
    """Closes the case of a refund without goods once the refund is reversed."""
    close_cases(act.conn, [goods_key(code)], act.posted_at, "The refund was reversed.")


def goods_key(code: str) -> str:
    """The key of the case of a refund whose goods were taken back out of the return."""
    return f"refund.without_goods:{code}"


def _without_goods(row: Any) -> Case:
    return Case(
        key=goods_key(row.code),
        type="refund.without_goods",
        subject=f"rma:{row.rma}",
        owner_role="finance",
        fix=f"What refund {row.code} was paid for was taken back: reverse the refund, or leave it when the "
        "customer keeps the money.",
        sku=row.sku,
        qty=row.qty,
    )


def _undecided(happened: Event) -> Case:
    return Case(
        key=f"refund.undecided:{happened.event_id}",
        type="refund.undecided",
        subject=f"event:{happened.event_id}",
        owner_role="finance",
        fix="What happened to the goods is posted, but the centre's program failed to decide about the "
        "money: credit the return by hand.",
    )
