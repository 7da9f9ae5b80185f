"""What lies on the bench's desk: parked jobs and labels that wait for the printer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, literal_column, select

from app.domain.fields import Fields
from app.ledger.tables import draft, label
from app.queries.prepared import Prepared, prepare

BENCH_WORK = "bench"
_QUEUED = label.c.state == literal_column("'queued'")


@dataclass(frozen=True, slots=True)
class Draft:
    """A job as it was last saved, at `saved_wall` (RFC 3339)."""

    job: str
    document: Mapping[str, object]
    saved_wall: str

    @property
    def work(self) -> str:
        """The kind of job it belongs to; drafts that say nothing are the bench's."""
        return str(self.document.get("work", BENCH_WORK))


@dataclass(frozen=True, slots=True)
class UnitLabel:
    """A label; `state` is queued, printed or void, since `wall` (RFC 3339)."""

    code: str
    document: Mapping[str, object]
    state: str
    event_seq: int | None
    wall: str


def drafts(connection: Connection, work: str = BENCH_WORK) -> tuple[Draft, ...]:
    """Every parked job of a kind, the one saved last first."""
    found = (_draft(row) for row in _all_drafts().ask(connection))
    return tuple(draft for draft in found if draft.work == work)


def load_draft(connection: Connection, job: str, work: str = BENCH_WORK) -> Draft | None:
    """The job of that name, if it is of that kind."""
    row = _one_draft().ask(connection, job=job).one_or_none()
    draft = _draft(row) if row is not None else None
    return draft if draft is not None and draft.work == work else None


def unprinted(connection: Connection, limit: int = 100) -> tuple[UnitLabel, ...]:
    """The first labels that wait for the printer, oldest first."""
    rows = connection.execute(
        select(label).where(_QUEUED).order_by(label.c.wall, label.c.event_seq, label.c.code).limit(limit)
    )
    return tuple(_label(row) for row in rows)


def unprinted_count(connection: Connection) -> int:
    """How many labels wait for the printer."""
    return int(connection.execute(select(func.count()).select_from(label).where(_QUEUED)).scalar_one())


def unit_label(connection: Connection, code: str) -> UnitLabel | None:
    """The label of that code, for printing it again."""
    row = _one_label().ask(connection, code=code).one_or_none()
    return _label(row) if row is not None else None


@cache
def _all_drafts() -> Prepared:
    return prepare(select(draft).order_by(draft.c.saved_wall.desc(), draft.c.job))


@cache
def _one_draft() -> Prepared:
    return prepare(select(draft).where(draft.c.job == bindparam("job")))


@cache
def _one_label() -> Prepared:
    return prepare(select(label).where(label.c.code == bindparam("code")))


def _draft(row: Row[Any]) -> Draft:
    return Draft(row.job, _document(row.document, f"job {row.job}"), row.saved_wall)


def _label(row: Row[Any]) -> UnitLabel:
    return UnitLabel(
        row.code, _document(row.document, f"label {row.code}"), row.state, row.event_seq, row.wall
    )


def _document(text: str, where: str) -> Mapping[str, object]:
    return Fields(json.loads(text), where).raw()
