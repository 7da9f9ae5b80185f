"""What people say of units: things without a name as benches kept them, words that moved their units."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, func, select

from app.domain.event import EventKind
from app.domain.laws import Violation
from sync.central.checks.events import read_facts
from sync.central.store.chain import CENTRE
from sync.central.store.tables import account, blind_unit, event, exception, move, unidentified
from sync.central.store.undoing import NOT_UNDONE
from sync.central.store.unidentified import NAMED, TAKEN_BACK, WAITING, part

_PAGE = 500
_WORDS = (EventKind.UNIT_REDECIDED, EventKind.RETURN_ACCEPTED, EventKind.RETURN_NAMED)


def check_units(conn: Connection) -> Iterator[Violation]:
    """Every thing says what its event says, and every word of the centre moved its unit to where it says."""
    yield from _things(conn)
    for row in conn.execute(_unnoted):
        yield Violation("return", f"event {row.event_id}", "a thing that is not noted", "one that is")
    for row in conn.execute(_names_nothing):
        yield Violation("return", f"event {row.event_id}", "names no thing", "the thing that it named")
    for row in conn.execute(_moved):
        body = read_facts(row.body.encode()) or {}
        said = (body.get("place"), body.get("qty"))
        if (row.place, int(row.qty)) != said or not (
            row.kind == EventKind.RETURN_NAMED or body.get("reason")
        ):
            found = f"{row.qty} to {row.place}"
            yield Violation("return", f"event {row.event_id}", found, f"{said[1]} to {said[0]}, and why")
        blind = row.kind == EventKind.RETURN_NAMED and not body.get("rma")
        if blind and row.noted is None:
            yield Violation("return", f"event {row.event_id}", "no blind unit", "one")


def _things(conn: Connection) -> Iterator[Violation]:
    after = 0
    while rows := conn.execute(_rows, {"after": after}).all():
        cases = set(conn.scalars(_cases, {"keys": [row.case_key for row in rows]}))
        for row in rows:
            where = f"thing {row.label}"
            facts = read_facts(row.body.encode()) if row.body is not None else None
            if facts is None:
                yield Violation("return", where, f"event {row.event_id}", "an event that is here")
                continue
            rma = part(facts.get("rma"))
            if (row.station, row.rma) != (row.origin, rma):
                told = f"at {row.origin}, {rma}"
                yield Violation("return", where, f"at {row.station}, {row.rma}", told)
            expected = NAMED if row.names is not None else TAKEN_BACK if row.undone else WAITING
            if row.state != expected:
                yield Violation("return", where, row.state, expected)
            if row.state == WAITING and row.case_key not in cases:
                yield Violation("answered", where, "no exception", "one")
        after = rows[-1].id


def _among(name: str) -> BindParameter[Any]:
    return bindparam(name, expanding=True)


_undo, _undo_name, _named = event.alias("undo"), event.alias("undo_name"), event.alias("named")
_undone = (
    select(_undo.c.id)
    .where(_undo.c.corrects == unidentified.c.event_id, _undo.c.kind == str(EventKind.RETURN_UNDONE))
    .correlate(unidentified)
    .exists()
)
_name_undone = (
    select(_undo_name.c.id)
    .where(_undo_name.c.corrects == _named.c.event_id, _undo_name.c.kind == str(EventKind.RETURN_UNDONE))
    .correlate(_named)
    .exists()
)
_rows = (
    select(unidentified, event.c.body, event.c.origin, _named.c.id.label("names"), _undone.label("undone"))
    .join_from(unidentified, event, event.c.event_id == unidentified.c.event_id, isouter=True)
    .join(_named, (_named.c.event_id == unidentified.c.named_by) & ~_name_undone, isouter=True)
    .where(unidentified.c.id > bindparam("after"))
    .order_by(unidentified.c.id)
    .limit(_PAGE)
)
_cases = select(exception.c.key).where(exception.c.key.in_(_among("keys")))
_unnoted = (
    select(event.c.event_id)
    .join_from(event, unidentified, unidentified.c.event_id == event.c.event_id, isouter=True)
    .where(event.c.kind == str(EventKind.RETURN_UNIDENTIFIED), unidentified.c.id.is_(None))
    .order_by(event.c.id)
)
_names_nothing = (
    select(event.c.event_id)
    .join_from(event, unidentified, unidentified.c.named_by == event.c.event_id, isouter=True)
    .where(
        event.c.kind == str(EventKind.RETURN_NAMED),
        event.c.origin == CENTRE,
        unidentified.c.id.is_(None),
        NOT_UNDONE,
    )
    .order_by(event.c.id)
)
_last = select(func.max(move.c.n)).where(move.c.event == event.c.id).correlate(event).scalar_subquery()
_moved = (
    select(
        event.c.event_id,
        event.c.kind,
        event.c.body,
        move.c.qty,
        account.c.location.label("place"),
        blind_unit.c.id.label("noted"),
    )
    .join_from(event, move, move.c.event == event.c.id)
    .join(account, account.c.id == move.c.target)
    .join(blind_unit, blind_unit.c.event_id == event.c.event_id, isouter=True)
    .where(event.c.kind.in_(sorted(map(str, _WORDS))), event.c.origin == CENTRE, move.c.n == _last)
    .order_by(event.c.id)
)
