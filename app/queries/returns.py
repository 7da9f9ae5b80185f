"""RMAs with their progress: what other stations did, as the centre knows it, and what was done here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache

from sqlalchemy import Connection, bindparam, select

from app.domain.returns import Rma, RmaLine
from app.ledger import meta
from app.ledger.records import MirroredRma, RecordKind
from app.ledger.tables import mirror, return_progress, serial, tracking
from app.queries.prepared import Prepared, prepare

_RETURNS_KEPT = 200


@dataclass(frozen=True, slots=True)
class LineView:
    """One line with the units that were given a disposition here and at other stations."""

    line: RmaLine
    here: int
    elsewhere: int

    @property
    def done(self) -> int:
        """Units of this line that are finished anywhere."""
        return self.here + self.elsewhere

    @property
    def left(self) -> int:
        """Units still expected; never below 0, however many came."""
        return max(self.line.qty - self.done, 0)


@dataclass(frozen=True, slots=True)
class ReturnView:
    """An RMA as this station sees it; `state` is open, closed or cancelled."""

    rma: Rma
    state: str
    lines: tuple[LineView, ...]

    @property
    def left(self) -> int:
        """Units still expected over all lines."""
        return sum(line.left for line in self.lines)


@dataclass(frozen=True, slots=True)
class SerialSold:
    """A serial that an RMA names: the return and the line it belongs to."""

    found: ReturnView
    line: int


def by_code(connection: Connection, code: str) -> ReturnView | None:
    """The RMA of that code."""
    text = _one_rma().ask(connection, code=code).scalar()
    return _view(connection, text) if text is not None else None


def by_tracking(connection: Connection, number: str) -> tuple[ReturnView, ...]:
    """The RMAs whose parcels carry this tracking number: none, one, or several in one parcel."""
    codes = _rmas_of_parcel().ask(connection, number=number).scalars()
    return tuple(view for code in codes if (view := by_code(connection, code)))


def by_serial(connection: Connection, sold: str) -> tuple[SerialSold, ...]:
    """The RMA lines that expect the unit with this serial."""
    rows = _lines_of_serial().ask(connection, sold=sold)
    return tuple(SerialSold(view, row.line) for row in rows if (view := by_code(connection, row.rma)))


@cache
def _one_rma() -> Prepared:
    return prepare(
        select(mirror.c.document).where(
            mirror.c.kind == RecordKind.RMA.value, mirror.c.key == bindparam("code"), mirror.c.readable == 1
        )
    )


@cache
def _rmas_of_parcel() -> Prepared:
    return prepare(
        select(tracking.c.rma).where(tracking.c.tracking == bindparam("number")).order_by(tracking.c.rma)
    )


@cache
def _lines_of_serial() -> Prepared:
    lines = select(serial.c.rma, serial.c.line).where(serial.c.serial == bindparam("sold"))
    return prepare(lines.order_by(serial.c.rma, serial.c.line))


@cache
def _done_here() -> Prepared:
    done = select(return_progress.c.line, return_progress.c.qty)
    return prepare(done.where(return_progress.c.rma == bindparam("code")))


@lru_cache(_RETURNS_KEPT)
def _mirrored(text: str) -> MirroredRma:
    """Read once for as long as the centre says the same of it: each scan of a box asks for its return."""
    return MirroredRma.from_json(json.loads(text))


def _view(connection: Connection, text: str) -> ReturnView:
    mirrored = _mirrored(text)
    own_station = meta.read(connection, meta.STATION_ID)
    own = _done_here().ask(connection, code=mirrored.rma.code)
    here = {row.line: row.qty for row in own}
    elsewhere: dict[int, int] = {}
    for done in mirrored.done:
        # What the centre knows of this station is in our own rows already, and those know more.
        if done.station != own_station:
            elsewhere[done.line] = elsewhere.get(done.line, 0) + done.qty
    lines = tuple(
        LineView(line, here.get(line.line, 0), elsewhere.get(line.line, 0)) for line in mirrored.rma.lines
    )
    return ReturnView(mirrored.rma, mirrored.state, lines)
