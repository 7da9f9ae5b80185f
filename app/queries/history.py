"""What was recorded here: single events, the last units, and the timeline of anything that has a subject."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, exists, literal_column, or_, select

from app.domain.envelope import body_of, event_of
from app.domain.event import UNDOING, Event, EventKind
from app.domain.fields import Fields
from app.ledger.posting import UNIT_PREFIX, subjects_of, wall_text
from app.ledger.tables import event, outbox, subject
from app.ledger.writer import envelope_of
from app.queries.prepared import Prepared, prepare

_UNDO = event.alias("undo")
# What saves a unit at a bench; one that nobody could name has no SKU and no grade.
_UNITS = (
    EventKind.RETURN_DISPOSITIONED,
    EventKind.RETURN_REGRADED,
    EventKind.UNIT_REDECIDED,
    EventKind.RETURN_UNIDENTIFIED,
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event of this station: its place in the chain, when (RFC 3339), and what became of it."""

    seq: int
    event: Event
    wall: str
    undone: bool
    acknowledged: bool


@dataclass(frozen=True, slots=True)
class SavedUnit:
    """One line of a bench's list of saved units; `sku` is empty for a thing that nobody could name.

    `again` is the return of a unit that was graded or decided about again: no line of it counts that.
    """

    seq: int
    event_id: str
    wall: str
    sku: str
    qty: int
    serial: str | None
    lot: str | None
    grade: str | None
    disposition: str
    place: str
    label: str | None
    rma: str | None
    line: int | None
    undone: bool
    acknowledged: bool
    again: str | None = None


def by_id(connection: Connection, event_id: str) -> Recorded | None:
    """The event of that id."""
    row = _one_event().ask(connection, event_id=event_id).one_or_none()
    return _read(row) if row is not None else None


def timeline(connection: Connection, about: str, limit: int = 200) -> tuple[Recorded, ...]:
    """The last `limit` events about a subject (`unit:SN1`, `rma:R-1`, `sku:K-17`), oldest first."""
    rows = _last_about().ask(connection, about=about, most=limit)
    return tuple(reversed([_read(row) for row in rows]))


def recent(connection: Connection, limit: int) -> tuple[SavedUnit, ...]:
    """The last `limit` units saved here, newest first, undone ones included and marked."""
    return tuple(_unit(row) for row in _last_units().ask(connection, most=limit))


def newest_of(connection: Connection, kind: EventKind, limit: int) -> tuple[Recorded, ...]:
    """The last `limit` events of a kind by this station's clock, newest first, undone ones included."""
    rows = _last_of_kind().ask(connection, kind=kind.value, most=limit)
    return tuple(sorted((_read(row) for row in rows), key=lambda entry: -entry.seq))


def used_since(connection: Connection, event_id: str) -> bool:
    """True when a later event touched a unit of this one, so that undoing it would pull away its ground.

    Events that were taken back, and the undos themselves, are no use: together they changed nothing.
    """
    recorded = by_id(connection, event_id)
    if recorded is None:
        return False
    units = [name for name in subjects_of(recorded.event) if name.startswith(UNIT_PREFIX)]
    return any(
        _use_after().ask(connection, unit=unit, seq=recorded.seq).first() is not None for unit in units
    )


def followed_by(connection: Connection, seq: int, about: str, kind: EventKind) -> bool:
    """True when an event of that kind about a subject was recorded after number `seq`."""
    later = _later_of_kind().ask(connection, seq=seq, about=about, kind=kind.value)
    return later.first() is not None


@cache
def _later_of_kind() -> Prepared:
    return prepare(
        select(event.c.seq)
        .join(subject, subject.c.seq == event.c.seq)
        .where(
            subject.c.subject == bindparam("about"),
            subject.c.seq > bindparam("seq"),
            event.c.kind == bindparam("kind"),
        )
        .limit(1)
    )


@cache
def _one_event() -> Prepared:
    return prepare(_recorded().where(event.c.event_id == bindparam("event_id")))


@cache
def _last_about() -> Prepared:
    return prepare(
        _recorded()
        .join(subject, subject.c.seq == event.c.seq)
        .where(subject.c.subject == bindparam("about"))
        .order_by(subject.c.seq.desc())
        .limit(bindparam("most"))
    )


@cache
def _last_units() -> Prepared:
    # Backwards by the primary key: the index over kinds (which a plus sign rules out) would need a sort of
    # everything to find the last few.
    return prepare(
        select(event.c.seq, event.c.event_id, event.c.wall_ms, event.c.facts, *_BECAME)
        .outerjoin(outbox, outbox.c.seq == event.c.seq)
        .where(or_(*(literal_column("+event.kind") == kind.value for kind in _UNITS)))
        .order_by(event.c.seq.desc())
        .limit(bindparam("most"))
    )


@cache
def _last_of_kind() -> Prepared:
    return prepare(
        _recorded()
        .where(event.c.kind == bindparam("kind"))
        .order_by(event.c.wall_ms.desc(), event.c.seq.desc())
        .limit(bindparam("most"))
    )


@cache
def _use_after() -> Prepared:
    return prepare(
        select(event.c.seq)
        .join(subject, subject.c.seq == event.c.seq)
        .where(
            subject.c.subject == bindparam("unit"),
            subject.c.seq > bindparam("seq"),
            event.c.kind.not_in([literal_column(f"'{kind}'") for kind in sorted(UNDOING)]),
            ~_is_undone(),
        )
        .limit(1)
    )


def _is_undone() -> ColumnElement[bool]:
    # At a station only what takes an event back whole corrects one.
    return exists(select(_UNDO.c.seq).where(_UNDO.c.corrects == event.c.event_id))


# What became of an event; the columns to read beside it, when `outbox` is joined.
_BECAME = (_is_undone().label("undone"), outbox.c.seq.is_(None).label("acknowledged"))


def _recorded() -> Select[Any]:
    return select(event, *_BECAME).outerjoin(outbox, outbox.c.seq == event.c.seq)


def _read(row: Row[Any]) -> Recorded:
    inside = event_of(envelope_of(row))
    return Recorded(row.seq, inside, wall_text(row.wall_ms), bool(row.undone), bool(row.acknowledged))


def _unit(row: Row[Any]) -> SavedUnit:
    f = Fields(body_of(row.facts), f"event {row.event_id}")
    rma = f.maybe_text("rma")
    return SavedUnit(
        seq=row.seq,
        event_id=row.event_id,
        wall=wall_text(row.wall_ms),
        sku=f.text_or("sku", ""),
        qty=f.whole("qty", least=1),
        serial=f.maybe_text("serial"),
        lot=f.maybe_text("lot"),
        grade=f.maybe_text("grade"),
        disposition=f.text("disposition"),
        place=f.text("place"),
        label=f.maybe_text("label"),
        rma=rma,
        line=f.whole("line") if rma is not None and f.raw().get("line") is not None else None,
        undone=bool(row.undone),
        acknowledged=bool(row.acknowledged),
        again=f.maybe_text("return"),
    )
