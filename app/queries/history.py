"""What was recorded here: single events, the last units, and the timeline of anything that has a subject."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, literal_column, select

from app.domain import canonical
from app.domain.envelope import event_of
from app.domain.event import Event, EventKind
from app.domain.fields import Fields
from app.ledger.posting import UNIT_PREFIX, subjects_of, wall_text
from app.ledger.tables import event, label, outbox, subject
from app.ledger.writer import envelope_of

_UNDO = event.alias("undo")
# SQLite takes 999 parameters in every version.
_AT_ONCE = 500


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
    """One line of a bench's list of saved units; `label_state` is queued, printed, void or empty."""

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
    label_state: str
    rma: str | None
    line: int | None
    undone: bool
    acknowledged: bool


def by_id(connection: Connection, event_id: str) -> Recorded | None:
    """The event of that id."""
    row = connection.execute(_recorded().where(event.c.event_id == event_id)).one_or_none()
    return _read(row) if row is not None else None


def timeline(connection: Connection, about: str, limit: int = 200) -> tuple[Recorded, ...]:
    """The last `limit` events about a subject (`unit:SN1`, `rma:R-1`, `sku:K-17`), oldest first."""
    rows = connection.execute(
        _recorded()
        .join(subject, subject.c.seq == event.c.seq)
        .where(subject.c.subject == about)
        .order_by(subject.c.seq.desc())
        .limit(limit)
    )
    return tuple(reversed([_read(row) for row in rows]))


def recent(connection: Connection, limit: int) -> tuple[SavedUnit, ...]:
    """The last `limit` dispositions saved here, newest first, undone ones included and marked."""
    # Backwards by the primary key: the index over kinds (which a plus sign rules out) would need a sort of
    # everything to find the last few.
    rows = connection.execute(
        select(event.c.seq, event.c.event_id, event.c.wall_ms, event.c.facts, *_BECAME)
        .outerjoin(outbox, outbox.c.seq == event.c.seq)
        .where(literal_column("+event.kind") == EventKind.RETURN_DISPOSITIONED.value)
        .order_by(event.c.seq.desc())
        .limit(limit)
    ).all()
    facts = [Fields(canonical.decode(row.facts), f"event {row.event_id}") for row in rows]
    states = _label_states(connection, [code for f in facts if (code := f.maybe_text("label"))])
    return tuple(_unit(row, f, states) for row, f in zip(rows, facts, strict=True))


def used_since(connection: Connection, event_id: str) -> bool:
    """True when a later event touched a unit of this one, so that undoing it would pull away its ground.

    Events that were taken back, and the undos themselves, are no use: together they changed nothing.
    """
    recorded = by_id(connection, event_id)
    if recorded is None:
        return False
    units = [name for name in subjects_of(recorded.event) if name.startswith(UNIT_PREFIX)]
    later = (
        select(event.c.seq)
        .join(subject, subject.c.seq == event.c.seq)
        .where(
            subject.c.subject.in_(units),
            subject.c.seq > recorded.seq,
            event.c.kind != EventKind.RETURN_UNDONE.value,
            ~_is_undone(),
        )
        .limit(1)
    )
    return connection.execute(later).first() is not None


def _is_undone() -> ColumnElement[bool]:
    # The kind stands as a literal, as in the partial index that answers this.
    return exists(
        select(_UNDO.c.seq).where(
            _UNDO.c.corrects == event.c.event_id,
            _UNDO.c.kind == literal_column(f"'{EventKind.RETURN_UNDONE.value}'"),
        )
    )


# What became of an event; the columns to read beside it, when `outbox` is joined.
_BECAME = (_is_undone().label("undone"), outbox.c.seq.is_(None).label("acknowledged"))


def _recorded() -> Select[Any]:
    return select(event, *_BECAME).outerjoin(outbox, outbox.c.seq == event.c.seq)


def _read(row: Row[Any]) -> Recorded:
    inside = event_of(envelope_of(row))
    return Recorded(row.seq, inside, wall_text(row.wall_ms), bool(row.undone), bool(row.acknowledged))


def _label_states(connection: Connection, codes: list[str]) -> dict[str, str]:
    states: dict[str, str] = {}
    for start in range(0, len(codes), _AT_ONCE):
        some = label.c.code.in_(codes[start : start + _AT_ONCE])
        for row in connection.execute(select(label.c.code, label.c.state).where(some)):
            states[row.code] = row.state
    return states


def _unit(row: Row[Any], f: Fields, states: dict[str, str]) -> SavedUnit:
    code = f.maybe_text("label")
    rma = f.maybe_text("rma")
    return SavedUnit(
        seq=row.seq,
        event_id=row.event_id,
        wall=wall_text(row.wall_ms),
        sku=f.text("sku"),
        qty=f.whole("qty", least=1),
        serial=f.maybe_text("serial"),
        lot=f.maybe_text("lot"),
        grade=f.maybe_text("grade"),
        disposition=f.text("disposition"),
        place=f.text("place"),
        label=code,
        label_state=states.get(code or "", ""),
        rma=rma,
        line=f.whole("line") if rma is not None and f.raw().get("line") is not None else None,
        undone=bool(row.undone),
        acknowledged=bool(row.acknowledged),
    )
