"""Approvals to be read: verdicts page by page, those of some events, and each approver's day."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, exists, select

from app.domain.approvals import WORDS, Reason
from app.domain.event import EventKind
from sync.central.rules.outcomes import missing
from sync.central.rules.scope import Sites, may_see
from sync.central.store import approvers
from sync.central.store.cursors import row_number
from sync.central.store.moves import event_path
from sync.central.store.scope import among
from sync.central.store.tables import approval, approval_note, approver, event_approval, station

Page = dict[str, object]
_MOST_A_DAY = 2_000


def approvals(
    conn: Connection, verdict: str | None, cursor: str | None, limit: int, sites: Sites = None
) -> Page:
    """Events that came with approvals or should have, as they were judged; those of stations at the sites."""
    asked = _events.where(event_approval.c.id > row_number(cursor), among(sites, station.c.site, bound=True))
    if verdict is not None:
        asked = asked.where(event_approval.c.verdict == verdict)
    rows = conn.execute(asked.order_by(event_approval.c.id).limit(limit + 1)).all()
    shown = rows[:limit]
    each = _each(conn, [row.event_id for row in shown])
    return {
        "approvals": [_event(row, each[row.event_id]) for row in shown],
        "next": str(shown[-1].id) if len(rows) > limit else None,
    }


def of_events(conn: Connection, event_ids: Collection[str]) -> Mapping[str, Page]:
    """What was judged of some events, by their id; those without approvals are left out."""
    rows = conn.execute(_of_ids, {"ids": list(event_ids)}).all() if event_ids else ()
    each = _each(conn, [row.event_id for row in rows])
    return {row.event_id: _event(row, each[row.event_id]) for row in rows}


def everyone(conn: Connection, sites: Sites = None) -> Page:
    """All approvers of the sites, by code."""
    rows = conn.execute(_approvers).all()
    mine = [row for row in rows if any(may_see(sites, site) for site in json.loads(row.sites))]
    return {"approvers": [approvers.document(row) for row in mine]}


def one(conn: Connection, code: str) -> Page:
    """One approver.

    Raises:
        Missing: there is none of that code.
    """
    row = approvers.find(conn, code)
    if row is None:
        raise missing("approver", code)
    return approvers.document(row)


def digest(conn: Connection, code: str, day: date) -> Page:
    """Everything that was done in an approver's name and came to the centre on a day (UTC).

    `waiting` are statements that a station noted and whose event has not come by now: perhaps it will, and
    perhaps somebody holds it back. `pin` counts the wrong PINs and locks.

    Raises:
        Missing: there is no such approver.
    """
    one(conn, code)
    among_day = {"code": code, "start": day.isoformat(), "end": (day + timedelta(days=1)).isoformat()}
    signed = conn.execute(_signed, among_day).all()
    notes = conn.execute(_noted, among_day).all()
    failed = [row for row in notes if row.kind == EventKind.APPROVAL_PIN_FAILED]
    locked = [row for row in notes if row.kind == EventKind.APPROVAL_LOCKED]
    return {
        "approver": code,
        "day": day.isoformat(),
        "approvals": [_signature(row) for row in signed[:_MOST_A_DAY]],
        "totals": _totals(signed),
        "waiting": [_waiting(row) for row in notes if row.kind == EventKind.APPROVAL_GIVEN and not row.came],
        "pin": {"failed": len(failed) + len(locked), "locked": len(locked)},
        "complete": len(signed) <= _MOST_A_DAY and len(notes) <= _MOST_A_DAY,
    }


def _totals(rows: Sequence[Any]) -> list[Page]:
    found: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows[:_MOST_A_DAY]:
        found[row.currency, row.verdict].append(int(row.worth_minor))
    return [
        {"currency": currency, "verdict": verdict, "count": len(worths), "minor": sum(worths)}
        for (currency, verdict), worths in sorted(found.items())
    ]


def _each(conn: Connection, event_ids: Sequence[str]) -> Mapping[str, list[Page]]:
    found: defaultdict[str, list[Page]] = defaultdict(list)
    for row in conn.execute(_approvals, {"ids": list(event_ids)}) if event_ids else ():
        found[row.event_id].append(_signature(row))
    return found


def _event(row: Any, signed: Sequence[Page]) -> Page:
    return {
        "event_id": row.event_id,
        "proof": event_path(row.event_id),
        "station": row.station,
        "action": row.action,
        "operator": row.operator,
        "verdict": row.verdict,
        "reasons": _told(row.reasons),
        "authorization": row.authorization,
        "money_minor": row.money_minor,
        "currency": row.currency,
        "judged_at": row.judged_at,
        "signed": list(signed),
    }


def _signature(row: Any) -> Page:
    return {
        "event_id": row.event_id,
        "approver": row.approver or None,
        "verdict": row.verdict,
        "reasons": _told(row.reasons),
        "station": row.station or None,
        "counter": int(row.counter) or None,
        "value_minor": int(row.worth_minor),
        "currency": row.currency or None,
        "reason": row.reason or None,
        "judged_at": row.judged_at,
    }


def _waiting(row: Any) -> Page:
    return {
        "event_id": row.about or None,
        "station": row.station,
        "counter": int(row.counter) or None,
        "given_at": row.occurred_at,
    }


def _told(reasons: str) -> list[Page]:
    return [{"code": code, "why": WORDS[Reason(code)]} for code in json.loads(reasons)]


_events = select(event_approval).join(station, station.c.station_id == event_approval.c.station, isouter=True)
_of_ids = select(event_approval).where(event_approval.c.event_id.in_(bindparam("ids", expanding=True)))
_approvals = (
    select(approval)
    .where(approval.c.event_id.in_(bindparam("ids", expanding=True)))
    .order_by(approval.c.event_id, approval.c.n)
)
_approvers = select(approver).order_by(approver.c.code)
_signed = (
    select(approval)
    .where(
        approval.c.approver == bindparam("code"),
        approval.c.judged_at >= bindparam("start"),
        approval.c.judged_at < bindparam("end"),
    )
    .order_by(approval.c.judged_at, approval.c.event_id, approval.c.n)
    .limit(_MOST_A_DAY + 1)
)
_noted = (
    select(
        approval_note,
        exists(select(approval.c.n).where(approval.c.event_id == approval_note.c.about)).label("came"),
    )
    .where(
        approval_note.c.approver == bindparam("code"),
        approval_note.c.received_at >= bindparam("start"),
        approval_note.c.received_at < bindparam("end"),
    )
    .order_by(approval_note.c.id)
    .limit(_MOST_A_DAY + 1)
)
