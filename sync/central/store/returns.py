"""What events at stations do to return lines; whatever does not fit opens a case and changes no quantity.

How far an RMA is follows anew from everything that was done under its code and not undone, so that no order
of events and no undo leaves a count behind.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, literal_column, select, update

from app.domain.event import Event, EventKind
from app.domain.fields import Fields
from app.domain.returns import LineState
from sync.central.store.act import Act
from sync.central.store.exceptions import Case, open_case
from sync.central.store.feed import Record, publish
from sync.central.store.prepared import inserting
from sync.central.store.tables import event, rma, rma_done, rma_event, rma_line


def document(conn: Connection, code: str) -> dict[str, Any] | None:
    """The RMA as it travels: its record with the units done at each station and its state."""
    row = conn.execute(_rma, {"rma": code}).one_or_none()
    if row is None:
        return None
    done = [
        {"line": entry.line, "station": entry.station, "qty": entry.qty}
        for entry in conn.execute(_done, {"rma": code})
    ]
    return {**json.loads(row.document), "done": done, "state": row.state}


def lines_of(conn: Connection, code: str) -> Sequence[Row[Any]]:
    """The lines of an RMA with their states, missing units and units done anywhere."""
    return conn.execute(_lines, {"rma": code}).all()


def catch_up(act: Act, code: str) -> None:
    """Counts what stations did under a code before it was authorized, and judges each as it came."""
    lines, progress = lines_of(act.conn, code), _Progress()
    for deed in _deeds(act.conn, code):
        progress.add(deed, lines)
        _judge(act, deed, code, lines, progress)
    _write(act.conn, code, lines, progress)


def publish_rma(conn: Connection, code: str, event_id: str | None) -> None:
    """Puts the RMA as it is now on the feed."""
    found = document(conn, code)
    if found is not None:
        publish(conn, [Record("rma", code, found, event_id)])


def follow(act: Act, happened: Event, origin: str) -> None:
    """Brings return lines up to date with one event; kinds that are not about returns change nothing."""
    if happened.kind == EventKind.RETURN_UNDONE:
        _undone(act, happened)
    elif happened.kind in _ABOUT_RETURNS:
        _done_by(act, _Deed(happened.event_id, happened.kind, origin, Fields(happened.body, "facts")))


@dataclass(frozen=True, slots=True)
class _Deed:
    """What a station did about a return."""

    event_id: str
    kind: str
    origin: str
    facts: Fields

    @property
    def code(self) -> str | None:
        """The RMA it was done under; None for a blind return."""
        return self.facts.maybe_text("rma")

    def qty(self) -> int:
        """Units of a disposition."""
        return self.facts.whole("qty", least=1)

    def missing(self) -> Counter[int]:
        """Units a finish names as missing, by line."""
        found = Counter[int]()
        for entry in self.facts.objects("missing"):
            found[entry.whole("line", least=1)] += entry.whole("qty", least=1)
        return found

    def line(self, lines: Sequence[Row[Any]]) -> Row[Any] | None:
        """The line a disposition is about; None when the RMA has none of that number and item."""
        number, sku = self.facts.raw().get("line"), self.facts.text("sku")
        return next((line for line in lines if line.line == number and line.sku == sku), None)


@dataclass(slots=True)
class _Progress:
    """How far an RMA is: the fold of what was done under its code and not undone.

    `done` counts units by line and station; `named` holds the missing units of a line as the last finish
    that names the line has them.
    """

    received: bool = False
    finished: bool = False
    done: Counter[tuple[int, str]] = field(default_factory=Counter)
    named: dict[int, int] = field(default_factory=dict)

    def add(self, deed: _Deed, lines: Sequence[Row[Any]]) -> None:
        """One deed more, in the order they were posted."""
        if deed.kind == EventKind.RETURN_DISPOSITIONED:
            line = deed.line(lines)
            if line is not None:
                self.done[line.line, deed.origin] += deed.qty()
            return
        self.received = True
        if deed.kind == EventKind.RETURN_FINISHED:
            self.finished = True
            self.named |= deed.missing()

    def units(self, line: Row[Any]) -> int:
        """Units of a line done at all stations."""
        return sum(qty for (number, _), qty in self.done.items() if number == line.line)

    def missing(self, line: Row[Any]) -> int:
        """Units of a line known to be missing: what turned up is missing no more."""
        return min(self.named.get(line.line, 0), max(0, int(line.qty) - self.units(line)))

    def state(self, line: Row[Any]) -> LineState:
        """Where a line stands."""
        done, missing = self.units(line), self.missing(line)
        if done >= line.qty:
            return LineState.DISPOSITIONED
        if missing and done + missing >= line.qty:
            return LineState.MISSING
        if done:
            return LineState.ON_BENCH
        return LineState.RECEIVED if self.received else LineState.AUTHORIZED


def _done_by(act: Act, deed: _Deed) -> None:
    code = deed.code
    if code is None:
        if deed.kind == EventKind.RETURN_DISPOSITIONED:
            open_case(act.conn, _blind(deed), act.posted_at)
        return
    # Whatever is remembered can be read: a body that cannot is refused here, by the event it came with.
    _Progress().add(deed, ())
    _remember.run(act.conn, [{"rma": code, "event_id": deed.event_id}])
    if act.conn.execute(_rma, {"rma": code}).first() is None:
        open_case(act.conn, _unknown_rma(deed, code), act.posted_at)
        return
    lines = lines_of(act.conn, code)
    progress = _progress(act.conn, code, lines)
    _judge(act, deed, code, lines, progress)
    _write(act.conn, code, lines, progress)
    publish_rma(act.conn, code, deed.event_id)


def _undone(act: Act, happened: Event) -> None:
    undone = {"event_id": happened.corrects}
    if act.conn.scalar(_is_here, undone) is None or act.conn.scalar(_times, undone) != 1:
        open_case(act.conn, _odd_undo(happened), act.posted_at)
        return
    for code in act.conn.scalars(_codes_of, undone).all():
        lines = lines_of(act.conn, code)
        if lines:
            _write(act.conn, code, lines, _progress(act.conn, code, lines))
            publish_rma(act.conn, code, happened.event_id)


def _deeds(conn: Connection, code: str) -> list[_Deed]:
    rows = conn.execute(_standing, {"rma": code})
    return [_Deed(r.event_id, r.kind, r.origin, Fields(json.loads(r.body), "facts")) for r in rows]


def _progress(conn: Connection, code: str, lines: Sequence[Row[Any]]) -> _Progress:
    progress = _Progress()
    for deed in _deeds(conn, code):
        progress.add(deed, lines)
    return progress


def _judge(act: Act, deed: _Deed, code: str, lines: Sequence[Row[Any]], progress: _Progress) -> None:
    """Opens a case for what of a deed does not fit the RMA; `progress` includes the deed."""
    if deed.kind == EventKind.RETURN_DISPOSITIONED:
        line = deed.line(lines)
        if line is None:
            open_case(act.conn, _not_on_rma(deed, code), act.posted_at)
        elif (done := progress.units(line)) > line.qty:
            open_case(act.conn, _over(line, done), act.posted_at)
    elif deed.kind == EventKind.RETURN_FINISHED:
        by_number = {line.line: line for line in lines}
        for number, qty in deed.missing().items():
            line = by_number.get(number)
            if line is None:
                open_case(act.conn, _missing_elsewhere(deed, code, number, qty), act.posted_at)
            elif (excess := qty - max(0, line.qty - progress.units(line))) > 0:
                open_case(act.conn, _missing_excess(line, qty, excess), act.posted_at)


def _write(conn: Connection, code: str, lines: Sequence[Row[Any]], progress: _Progress) -> None:
    """Stores how far an RMA is; closed once a station finished it and nothing more is to come."""
    for line in lines:
        state, missing = progress.state(line), progress.missing(line)
        if (state, missing) != (line.state, line.missing):
            conn.execute(
                _set_line,
                {"code_": code, "number": line.line, "to": str(state), "units_missing": missing},
            )
    stored = {(row.line, row.station): row.qty for row in conn.execute(_done, {"rma": code})}
    if stored != progress.done:
        conn.execute(_forget, {"rma_": code})
        rows = [
            {"rma": code, "line": line, "station": station, "qty": qty}
            for (line, station), qty in progress.done.items()
        ]
        _count.run(conn, rows)
    settled = all(progress.units(line) + progress.missing(line) >= line.qty for line in lines)
    to = "closed" if settled and progress.finished else "open"
    conn.execute(_set_state, {"code_": code, "to": to, "is_finished": progress.finished})


def _unknown_rma(deed: _Deed, code: str) -> Case:
    return Case(
        key=f"return.unknown_rma:{code}",
        type="return.unknown_rma",
        subject=f"rma:{code}",
        owner_role="service",
        fix="A station worked on an RMA the centre does not know: find the order and authorize the return.",
        sku=deed.facts.maybe_text("sku"),
        qty=deed.facts.whole_or("qty", 0),
    )


def _blind(deed: _Deed) -> Case:
    f = deed.facts
    label = f.maybe_text("label") or deed.event_id
    return Case(
        key=f"return.blind:{label}",
        type="return.blind",
        subject=f"label:{label}" if f.maybe_text("label") else f"event:{deed.event_id}",
        owner_role="service",
        fix="Nobody announced this return: match it with its sale, then decide about the goods.",
        sku=f.maybe_text("sku"),
        qty=deed.qty(),
    )


def _not_on_rma(deed: _Deed, code: str) -> Case:
    f = deed.facts
    wrong = f.flag("wrong_item", default=False)
    kind = "return.wrong_item" if wrong else "return.not_on_rma"
    return Case(
        key=f"{kind}:{code}:{f.maybe_text('label') or deed.event_id}",
        type=kind,
        subject=f"rma:{code}",
        owner_role="service",
        fix="Another item came back than the RMA authorizes: ask the customer and decide about both.",
        sku=f.maybe_text("sku"),
        qty=deed.qty(),
    )


def _missing_elsewhere(deed: _Deed, code: str, number: int, qty: int) -> Case:
    return Case(
        key=f"return.not_on_rma:{code}:{deed.event_id}:{number}",
        type="return.not_on_rma",
        subject=f"rma:{code}",
        owner_role="service",
        fix=f"A station finished this RMA with {qty} missing of line {number}, which it does not have: ask "
        "what was missing.",
    )


def _missing_excess(line: Row[Any], named: int, excess: int) -> Case:
    return Case(
        key=f"return.missing_excess:{line.rma}:{line.line}",
        type="return.missing_excess",
        subject=f"rma:{line.rma}",
        owner_role="service",
        fix=f"Line {line.line} authorizes {line.qty}; {named} were named as missing, {excess} more than were "
        "still to come: recount at the stations.",
        sku=line.sku,
        qty=excess,
    )


def _over(line: Row[Any], done: int) -> Case:
    return Case(
        key=f"return.over_quantity:{line.rma}:{line.line}",
        type="return.over_quantity",
        subject=f"rma:{line.rma}",
        owner_role="service",
        fix=f"Line {line.line} authorizes {line.qty}, {done} were dispositioned: recount at the stations.",
        sku=line.sku,
        qty=done - line.qty,
    )


def _odd_undo(happened: Event) -> Case:
    return Case(
        key=f"event.undo:{happened.event_id}",
        type="event.undo",
        subject=f"event:{happened.corrects}",
        owner_role="supervisor",
        fix="An undo names an event that is not here or was undone before: look at both and correct.",
    )


_ABOUT_RETURNS = frozenset(
    {EventKind.RETURN_ARRIVED, EventKind.RETURN_DISPOSITIONED, EventKind.RETURN_FINISHED}
)

new_rma = insert(rma)
new_lines = insert(rma_line)
_rma = select(rma).where(rma.c.code == bindparam("rma"))
_done = (
    select(rma_done.c.line, rma_done.c.station, rma_done.c.qty)
    .where(rma_done.c.rma == bindparam("rma"), rma_done.c.qty != 0)
    .order_by(rma_done.c.line, rma_done.c.station)
)
_sum_done = (
    select(func.coalesce(func.sum(rma_done.c.qty), 0))
    .where(rma_done.c.rma == rma_line.c.rma, rma_done.c.line == rma_line.c.line)
    .correlate(rma_line)
    .scalar_subquery()
)
_lines = (
    select(rma_line, _sum_done.label("done"))
    .where(rma_line.c.rma == bindparam("rma"))
    .order_by(rma_line.c.line)
)
_count = inserting(rma_done)
_forget = delete(rma_done).where(rma_done.c.rma == bindparam("rma_"))
_remember = inserting(rma_event)
_set_line = (
    update(rma_line)
    .where(rma_line.c.rma == bindparam("code_"), rma_line.c.line == bindparam("number"))
    .values(state=bindparam("to"), missing=bindparam("units_missing"))
)
_set_state = (
    update(rma)
    .where(rma.c.code == bindparam("code_"))
    .values(state=bindparam("to"), finished=bindparam("is_finished"))
)
_undo = event.alias("undo")
_undoes = _undo.c.kind == literal_column(f"'{EventKind.RETURN_UNDONE}'")
_standing = (
    select(event.c.event_id, event.c.kind, event.c.origin, event.c.body)
    .join_from(rma_event, event, rma_event.c.event_id == event.c.event_id)
    .where(
        rma_event.c.rma == bindparam("rma"),
        ~select(_undo.c.id).where(_undo.c.corrects == event.c.event_id, _undoes).exists(),
    )
    .order_by(event.c.id)
)
_is_here = select(event.c.id).where(event.c.event_id == bindparam("event_id"))
_times = select(func.count()).where(_undo.c.corrects == bindparam("event_id"), _undoes)
_codes_of = select(rma_event.c.rma).where(rma_event.c.event_id == bindparam("event_id"))
