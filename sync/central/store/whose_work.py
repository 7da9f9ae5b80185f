"""Whose work it is that an approver signs at a station, by the centre's own record of the units.

What an event says of who decided before is its station's word. The record knows what put its units where they
stood, who recorded that, and whether the approver whom that named had signed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, literal_column, select

from app.domain.approvals import Verdict
from app.domain.event import Event, EventKind
from app.domain.policy.leaving import GIVEN_OUTRIGHT
from sync.central.rules.discards import DISPOSES, word
from sync.central.store import labelled, undoing
from sync.central.store.accounts import numbers
from sync.central.store.prepared import asking
from sync.central.store.tables import approval, event_approval, write_off
from sync.central.store.undoing import Standing

_CONCERNED = frozenset({EventKind.UNIT_REDECIDED, EventKind.STOCK_WRITTEN_OFF})


def workers(conn: Connection, happened: Event, others: Iterable[Event] = ()) -> tuple[str, ...]:
    """Whose decision about its units an event overrides or answers; nobody for other kinds of event.

    Goods that an override gives away are also the matter of whoever rejected their write-off. `others` are
    events that are posted with it, the requests of which nobody has answered yet.
    """
    if happened.kind not in _CONCERNED:
        return ()
    found = list[str]()
    for before in _before(conn, happened):
        found += deciders(conn, before.event_id, before.kind, before.operator, before.body)
    if happened.kind == EventKind.UNIT_REDECIDED and word(happened.body, "disposition") in GIVEN_OUTRIGHT:
        found += _rejected_by(conn, happened, others)
    return tuple(dict.fromkeys(found))


def _rejected_by(conn: Connection, happened: Event, others: Iterable[Event]) -> Iterator[str]:
    held = {move.source for move in happened.moves if move.source.label}
    for row in _rejected.rows(conn, accounts=sorted(numbers(conn, held).values())) if held else ():
        yield row.decided_by
    labels = {account.label for account in held}
    for other in others:
        if other.kind == EventKind.WRITE_OFF_REJECTED and word(other.body, "label") in labels:
            yield other.operator


def deciders(
    conn: Connection, event_id: str, kind: str, operator: str, body: Mapping[str, Any]
) -> Sequence[str]:
    """Whose decision an event was, who counts as the one who made it first.

    What a supervisor signed validly is that supervisor's alone, whoever worked at the bench; where the word
    is doubtful it is also the operator's, and where it is worth nothing the operator's first.
    """
    if kind != EventKind.UNIT_REDECIDED:
        return [operator]
    rows = _signers.rows(conn, which=event_id)
    if not rows or rows[0].approver is None:
        # At the centre the supervisor is the operator; a bench has nobody's word that names somebody.
        return list(filter(None, (operator, word(body, "decided_by"))))
    signers = [row.approver for row in rows if row.approver]
    match rows[0].verdict:
        case Verdict.VALID:
            return signers
        case Verdict.REVIEW:
            return [*signers, operator]
    return [operator, *signers]


def asked_by(conn: Connection, cause: str | None, requested_by: str) -> Sequence[str]:
    """Who may not decide about a write-off that an event asked for: who did, and whose decision that was."""
    found = undoing.standing(conn, cause) if cause else None
    if found is None:
        return [requested_by]
    return [requested_by, *deciders(conn, found.event_id, found.kind, found.operator, found.body)]


def _before(conn: Connection, happened: Event) -> Iterator[Standing]:
    """What put the units of an event where they stood, and what it says it overrides."""
    for held in {move.source for move in happened.moves if move.source.label}:
        found = labelled.put_there(conn, held, DISPOSES)
        if found is not None and found.event_id != happened.event_id:
            yield found
    overrides = happened.body.get("overrides")
    named = word(overrides, "event") if isinstance(overrides, Mapping) else None
    found = undoing.standing(conn, named) if named and named != happened.event_id else None
    if found is not None:
        yield found


_rejected = asking(
    lambda among: select(write_off.c.decided_by).where(
        among(write_off.c.account, "accounts"),
        write_off.c.state == literal_column("'rejected'"),
        write_off.c.decided_by.is_not(None),
    )
)
_signers = asking(
    lambda _: (
        select(approval.c.approver, event_approval.c.verdict)
        .join_from(event_approval, approval, approval.c.event_id == event_approval.c.event_id, isouter=True)
        .where(event_approval.c.event_id == bindparam("which"))
        .order_by(literal_column("approval.n"))
    )
)
