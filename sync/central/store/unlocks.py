"""Unlocks of approvers at stations: whether somebody with the right to it said so, and the cases they close.

An unlock is another approver's, who signed it, or the centre's, whose word has a number; a station that says
it of itself closes no case.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from app.domain.approvals.needing import centres_number, centres_unlock
from app.domain.clock import to_text
from app.domain.event import EventKind
from sync.central.store.approval_notes import approver_named, lock_key, locked
from sync.central.store.exceptions import close_cases, open_case
from sync.central.store.journal import Fact
from sync.central.store.prepared import asking
from sync.central.store.tables import approval_note, approver_unlock, event


def given(conn: Connection, station: str, body: Mapping[str, object], number: int) -> bool:
    """Whether the centre gave its word of that number for the approver whom an unlock names there."""
    row = _given.first(conn, approver=approver_named(body), station=station)
    return row is not None and number <= int(row.number)


def follow(conn: Connection, facts: Sequence[Fact], loose: AbstractSet[str], at: datetime) -> None:
    """Opens a case for each lock, and closes it with an unlock by whoever may, in the order of the facts.

    Args:
        conn: inside the one writer's transaction; the facts are noted and judged.
        facts: what happened, in its order.
        loose: events that nobody with the right to it approved.
        at: now, by the centre's clock.
    """
    for fact in facts:
        if fact.sealed is None or fact.event.kind not in _KINDS:
            continue
        approver = approver_named(fact.event.body)
        if fact.event.kind == EventKind.APPROVAL_LOCKED:
            open_case(conn, locked(fact.origin, approver), at)
        elif fact.event.event_id not in loose and not _used_before(conn, fact, approver):
            when = f"Unlocked at {to_text(fact.occurred_at)}."
            close_cases(conn, [lock_key(fact.origin, approver)], at, when)


def _used_before(conn: Connection, fact: Fact, approver: str) -> bool:
    """Whether that word of the centre's had unlocked the approver there before: it is good once."""
    number = centres_unlock(fact.event)
    if number is None:
        return False
    rows = _unlocked.rows(conn, approver=approver, station=fact.origin, own=fact.event.event_id)
    return any((centres_number(json.loads(row.body)) or 0) >= number for row in rows)


_KINDS = frozenset({EventKind.APPROVAL_LOCKED, EventKind.APPROVAL_UNLOCKED})
_given = asking(
    lambda _: select(approver_unlock.c.number).where(
        approver_unlock.c.approver == bindparam("approver"),
        approver_unlock.c.station == bindparam("station"),
    )
)
_own = event.alias("own")
_unlocked = asking(
    lambda _: (
        select(event.c.body)
        .join_from(approval_note, event, event.c.event_id == approval_note.c.event_id)
        .join(_own, _own.c.event_id == bindparam("own"))
        .where(
            approval_note.c.approver == bindparam("approver"),
            approval_note.c.station == bindparam("station"),
            event.c.kind == str(EventKind.APPROVAL_UNLOCKED),
            event.c.id < _own.c.id,
        )
    )
)
