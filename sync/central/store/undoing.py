"""Counter-events: what takes an event back, and what else has to go with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select

from app.domain.account import Account
from app.domain.event import Event, EventKind, undo
from app.domain.move import Move
from sync.central.store import moves
from sync.central.store.accounts import numbers
from sync.central.store.act import Act
from sync.central.store.chain import CENTRE
from sync.central.store.prepared import asking
from sync.central.store.tables import account, blind_unit, event, move, unidentified

WORDS = frozenset({EventKind.UNIT_REDECIDED, EventKind.RETURN_ACCEPTED, EventKind.RETURN_NAMED})
"""What people say of one unit at the centre."""
DERIVED = WORDS | {EventKind.UNIT_REFURBISHED, EventKind.UNIT_GIVEN_UP, EventKind.STOCK_WRITTEN_OFF}
"""What the centre records of one unit on somebody's decision, and a counter-event takes back. What left the
building is a fact of its own: it stays, and the account that it left answers for it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An event that was not taken back: what it says and what it moved, in that order."""

    event_id: str
    kind: str
    operator: str
    policy_ver: str | None
    body: Mapping[str, Any]
    moves: tuple[Move, ...]


def built_upon(conn: Connection, event_id: str) -> list[str]:
    """What the centre did to the very unit of an event and stands, the newest first.

    A unit that a bench takes back was never matched, accepted, named, decided about anew, made fit, given up
    or written off. A write-off that took other units as well stays: those are gone. What was built upon one
    of these is found by asking about that one.
    """
    return [row.event_id for row in _upon.rows(conn, of=event_id)]


def standing(conn: Connection, event_id: str) -> Standing | None:
    """The event of that id; None when it is not here or was taken back."""
    row = _standing.first(conn, of=event_id)
    if row is None:
        return None
    moved = tuple(moves.move_of(entry) for entry in conn.execute(_moves, {"which": row.id}))
    return Standing(row.event_id, row.kind, row.operator, row.policy_ver, json.loads(row.body), moved)


def moved_by(conn: Connection, event_id: str) -> tuple[Move, ...]:
    """The moves of the event of that id, taken back or not; none when it is not here."""
    row = conn.execute(_row_of, {"of": event_id}).first()
    if row is None:
        return ()
    return tuple(moves.move_of(entry) for entry in conn.execute(_moves, {"which": row.id}))


@dataclass(frozen=True, slots=True)
class LeftBy:
    """What took units out of an account and stands: a kind of event, and the document it names."""

    kind: str
    document: str | None

    @property
    def said(self) -> str:
        """As a case names it."""
        return f"{self.kind} ({self.document})" if self.document else self.kind


def left_by(conn: Connection, held: Account) -> LeftBy | None:
    """The newest event that took units of an account away, takes nothing back and was not taken back."""
    row = conn.execute(_left, {"of": numbers(conn, [held])[held]}).first()
    return LeftBy(row.kind, row.document) if row is not None else None


def counter(act: Act, found: Standing, reason: str) -> Event:
    """The event that takes another one back, not recorded yet."""
    undone = Event(
        event_id=found.event_id,
        kind=found.kind,
        subject=_subject(found.body),
        operator=found.operator,
        session=act.session,
        moves=found.moves,
        policy_ver=found.policy_ver,
    )
    return undo(act.chain.event_id(), undone, act.operator, act.session, reason)


def _subject(body: Mapping[str, Any]) -> tuple[str, ...]:
    named = {"rma": body.get("rma") or body.get("return")}
    named |= {what: body.get(what) for what in ("work", "label", "sku", "serial")}
    return tuple(f"{what}:{name}" for what, name in named.items() if isinstance(name, str) and name)


_undo, _of = event.alias("undo"), event.alias("of")
NOT_UNDONE = ~(
    select(_undo.c.id)
    .where(_undo.c.corrects == event.c.event_id, _undo.c.kind == str(EventKind.RETURN_UNDONE))
    .correlate(event)
    .exists()
)
"""Of a row of `event`: nothing took it back."""
_moved = (
    select(move.c.target)
    .join_from(_of, move, move.c.event == _of.c.id)
    .join(account, account.c.id == move.c.target)
    .where(_of.c.event_id == bindparam("of"), account.c.label != "", account.c.location.not_like("@%"))
)
_used = select(move.c.event).where(move.c.source.in_(_moved))
_other = move.alias("other")
_of_others = (
    select(_other.c.n)
    .where(_other.c.event == event.c.id, _other.c.source.not_in(_moved))
    .correlate(event)
    .exists()
)
_row = select(_of.c.id).where(_of.c.event_id == bindparam("of")).scalar_subquery()
_matches = select(blind_unit.c.matched_by).where(blind_unit.c.event_id == bindparam("of"))
_names = select(unidentified.c.named_by).where(unidentified.c.event_id == bindparam("of"))
_upon = asking(
    lambda _: (
        select(event.c.event_id)
        .where(
            event.c.origin == CENTRE,
            event.c.id > _row,
            or_(
                event.c.event_id.in_(_matches),
                event.c.event_id.in_(_names),
                event.c.id.in_(_used)
                & or_(*(event.c.kind == str(kind) for kind in sorted(DERIVED)))
                & ~((event.c.kind == str(EventKind.STOCK_WRITTEN_OFF)) & _of_others),
            ),
            NOT_UNDONE,
        )
        .order_by(event.c.id.desc())
    )
)
_left = (
    select(event.c.kind, move.c.document)
    .join_from(move, event, event.c.id == move.c.event)
    .where(move.c.source == bindparam("of"), event.c.corrects.is_(None), NOT_UNDONE)
    .order_by(event.c.id.desc())
    .limit(1)
)
_standing = asking(lambda _: select(event).where(event.c.event_id == bindparam("of"), NOT_UNDONE))
_row_of = select(event.c.id).where(event.c.event_id == bindparam("of"))
_moves = moves.MOVES.where(move.c.event == bindparam("which")).order_by(move.c.n)
