"""What stations decided about write-offs that their benches asked for, noted on the requests.

A write-off that approvers signed validly answers its request with their names; one whose approvals do not
hold answers nothing: its units are gone, and the case of the verdict says so. What a station rejected is
rejected here, and somebody is asked what becomes of the units.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, case, null, select

from app.domain.approvals.people import same_person
from app.domain.clock import to_text
from app.domain.event import Event, EventKind
from sync.central.rules.discards import Wish, awaits, word
from sync.central.store import discards, whose_work
from sync.central.store.accounts import numbers
from sync.central.store.approval_record import asked_by
from sync.central.store.discards import APPROVED, REJECTED, REQUESTED, Asking
from sync.central.store.exceptions import open_case, plain
from sync.central.store.journal import Fact
from sync.central.store.prepared import asking
from sync.central.store.returns_policy import returns_policy
from sync.central.store.savepoint import tried
from sync.central.store.tables import event, write_off
from sync.central.store.write_off_rows import answering

_log = logging.getLogger(__name__)
_LONGEST = 200


def note_approved(conn: Connection, facts: Sequence[Fact], loose: AbstractSet[str], at: datetime) -> None:
    """Answers the requests of write-offs that were signed at stations.

    Args:
        conn: inside the one writer's transaction; the facts are entered.
        facts: what happened, in its order.
        loose: events whose approvals are not valid.
        at: now, by the centre's clock.
    """
    for fact in facts:
        signed = fact.event.approvals and fact.event.event_id not in loose
        if fact.event.kind == EventKind.STOCK_WRITTEN_OFF and signed and word(fact.event.body, "cause"):
            _safely(conn, fact.event, partial(_approve, conn, fact, at))


def note_rejected(conn: Connection, facts: Sequence[Fact], at: datetime) -> None:
    """Ends the requests that stations rejected; each has a case then, for its units still wait."""
    for fact in facts:
        if fact.event.kind == EventKind.WRITE_OFF_REJECTED:
            _safely(conn, fact.event, partial(_reject, conn, fact, at))


def _safely(conn: Connection, happened: Event, do: Callable[[], None]) -> None:
    """Whatever fails in it, what happened stands."""
    tried(conn, do, _log, "what event %s says of a write-off was not noted", happened.event_id)


def _approve(conn: Connection, fact: Fact, at: datetime) -> None:
    body, held = fact.event.body, [move.source for move in fact.event.moves if awaits(move.source)]
    cause = word(body, "cause") or ""
    row, qty = _row(conn, body), sum(move.qty for move in fact.event.moves if awaits(move.source))
    if row is None:
        if not held or _here.first(conn, which=cause) is None:
            return
        # It was asked for and signed before the centre heard of either.
        reason = word(body, "reason") or "discard"
        wish = Wish(held[0], qty, reason, None, word(body, "rma"), ())
        asked = Asking(wish, cause, fact.event.operator, fact.occurred_at, fact.event.policy_ver)
        code = discards.request(conn, asked, numbers(conn, [held[0]])[held[0]])
    elif row.state != REQUESTED:
        return
    else:
        code = row.code
    policy, name = returns_policy(conn), word(body, "regulated")
    rule = next((rule for rule in policy.regulated if rule.name == name), None) if policy and name else None
    _decide.run(
        conn,
        [
            {
                "which": code,
                # The bench signed for what it knew to wait; what else is asked for follows from what waits.
                "units": qty,
                "to": APPROVED,
                "by": plain(_names(fact.event)),
                "when": to_text(fact.occurred_at),
                "why": "signed at the station",
                "gone": fact.event.event_id,
                "law": rule.name if rule else None,
                "until": to_text(at + timedelta(days=rule.days)) if rule else None,
            }
        ],
    )


def _reject(conn: Connection, fact: Fact, at: datetime) -> None:
    row = _row(conn, fact.event.body)
    if row is None or row.state != REQUESTED:
        return
    asked = whose_work.asked_by(conn, row.cause, row.requested_by)
    if any(same_person(one, fact.event.operator) for one in asked):
        return
    reason = word(fact.event.body, "reason") or "rejected at the station"
    said = {"to": REJECTED, "by": plain(fact.event.operator), "when": to_text(fact.occurred_at)}
    _turn_down.run(conn, [{"which": row.code, **said, "why": plain(reason)}])
    open_case(conn, discards.rejected(row), at)


def _row(conn: Connection, body: Any) -> Any:
    """What was asked for because of an event: what waits for its answer, else the newest; or None."""
    cause, label = word(body, "cause"), word(body, "label")
    return _asked.first(conn, cause=cause or "", label=label or "") if cause else None


def _names(happened: Event) -> str:
    """Who signed, as the statements say."""
    names = [said.approver for said in asked_by(happened.approvals).statements]
    return " and ".join(dict.fromkeys(names))[:_LONGEST]


_asked = asking(
    lambda _: (
        select(write_off)
        .where(write_off.c.cause == bindparam("cause"), write_off.c.label == bindparam("label"))
        .order_by(
            case((write_off.c.state == REQUESTED, 0), else_=1),
            write_off.c.requested_at.desc(),
            write_off.c.code.desc(),
        )
        .limit(1)
    )
)
_here = asking(lambda _: select(event.c.id).where(event.c.event_id == bindparam("which")))
_decide = answering(
    *("units", "gone", "law", "until"),
    qty=bindparam("units"),
    event_id=bindparam("gone"),
    regulated=bindparam("law"),
    dispose_by=bindparam("until"),
    account=null(),
)
_turn_down = answering()
