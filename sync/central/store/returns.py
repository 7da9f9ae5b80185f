"""What events at stations do to return lines; whatever does not fit opens a case and changes no quantity."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from app.domain.event import Event, EventKind
from app.domain.fields import Fields
from app.domain.returns import LineState
from sync.central.store.act import Act
from sync.central.store.exceptions import Case, open_case
from sync.central.store.feed import Record, publish
from sync.central.store.prepared import upserting
from sync.central.store.tables import event, rma, rma_done, rma_line


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


def publish_rma(conn: Connection, code: str, event_id: str | None) -> None:
    """Puts the RMA as it is now on the feed."""
    found = document(conn, code)
    if found is not None:
        publish(conn, [Record("rma", code, found, event_id)])


def follow(act: Act, happened: Event, origin: str) -> None:
    """Brings return lines up to date with one event; kinds that are not about returns change nothing."""
    step = _STEPS.get(happened.kind)
    if step is not None:
        step(act, happened, origin)


def _arrived(act: Act, happened: Event, _origin: str) -> None:
    code = Fields(happened.body, "facts").maybe_text("rma")
    if code is None or not _known(act, happened, code):
        return
    for line in lines_of(act.conn, code):
        if line.state in {LineState.AUTHORIZED, LineState.IN_TRANSIT}:
            _set(act.conn, code, line, LineState.RECEIVED, line.missing)
    publish_rma(act.conn, code, happened.event_id)


def _dispositioned(act: Act, happened: Event, origin: str) -> None:
    f = Fields(happened.body, "facts")
    code, number, qty = f.maybe_text("rma"), f.raw().get("line"), f.whole("qty", least=1)
    if code is None:
        open_case(act.conn, _blind(happened, f), act.posted_at)
        return
    if not _known(act, happened, code):
        return
    line = next((entry for entry in lines_of(act.conn, code) if entry.line == number), None)
    if line is None or line.sku != f.text("sku"):
        open_case(act.conn, _not_on_rma(happened, f, code), act.posted_at)
        return
    _count(act, happened, line, origin, qty)


def _count(act: Act, happened: Event, line: Row[Any], origin: str, qty: int) -> None:
    """Adds units (below zero: takes them back) to what a station did of a line."""
    _add.run(act.conn, [{"rma": line.rma, "line": line.line, "station": origin, "qty": qty}])
    done = line.done + qty
    if done > line.qty:
        open_case(act.conn, _over(line, done), act.posted_at)
    missing = min(line.missing, max(0, line.qty - done))
    _set(act.conn, line.rma, line, _state(line.qty, done, missing), missing)
    _close_or_open(act.conn, line.rma)
    publish_rma(act.conn, line.rma, happened.event_id)


def _state(qty: int, done: int, missing: int) -> LineState:
    if done >= qty:
        return LineState.DISPOSITIONED
    if missing and done + missing >= qty:
        return LineState.MISSING
    return LineState.ON_BENCH if done > 0 else LineState.RECEIVED


def _finished(act: Act, happened: Event, _origin: str) -> None:
    f = Fields(happened.body, "facts")
    code = f.maybe_text("rma")
    if code is None or not _known(act, happened, code):
        return
    gone = {entry.whole("line", least=1): entry.whole("qty", least=1) for entry in f.objects("missing")}
    for line in lines_of(act.conn, code):
        missing = min(gone.get(line.line, line.missing), max(0, line.qty - line.done))
        _set(act.conn, code, line, _state(line.qty, line.done, missing), missing)
    act.conn.execute(_finish, {"code_": code, "finished": True})
    _close_or_open(act.conn, code)
    publish_rma(act.conn, code, happened.event_id)


def _undone(act: Act, happened: Event, origin: str) -> None:
    row = act.conn.execute(_corrected, {"event_id": happened.corrects}).one_or_none()
    times = act.conn.scalar(_times, {"event_id": happened.corrects})
    if row is None or times != 1:
        open_case(act.conn, _odd_undo(happened), act.posted_at)
        return
    f = Fields(json.loads(row.body), "undone facts")
    code = f.maybe_text("rma")
    lines = {line.line: line for line in lines_of(act.conn, code)} if code else {}
    if not code or not lines:
        return
    if row.kind == EventKind.RETURN_DISPOSITIONED:
        line = lines.get(f.whole_or("line", 0))
        if line is not None and line.sku == f.text("sku"):
            _count(act, happened, line, origin, -f.whole("qty"))
        return
    for line in lines.values():
        state = _state(line.qty, line.done, 0)
        if row.kind == EventKind.RETURN_ARRIVED and state is LineState.RECEIVED:
            state = LineState.AUTHORIZED
        _set(act.conn, code, line, state, 0)
    act.conn.execute(_finish, {"code_": code, "finished": False})
    _close_or_open(act.conn, code)
    publish_rma(act.conn, code, happened.event_id)


def _known(act: Act, happened: Event, code: str) -> bool:
    if act.conn.execute(_rma, {"rma": code}).first() is not None:
        return True
    case = Case(
        key=f"return.unknown_rma:{code}",
        type="return.unknown_rma",
        subject=f"rma:{code}",
        owner_role="service",
        fix="A station worked on an RMA the centre does not know: find the order and authorize the return.",
        sku=Fields(happened.body, "facts").maybe_text("sku"),
        qty=Fields(happened.body, "facts").whole_or("qty", 0),
    )
    open_case(act.conn, case, act.posted_at)
    return False


def _close_or_open(conn: Connection, code: str) -> None:
    """Closed once a station finished it and every unit is done or known to be missing."""
    row = conn.execute(_rma, {"rma": code}).one()
    settled = all(line.done + line.missing >= line.qty for line in lines_of(conn, code))
    conn.execute(_set_state, {"code_": code, "to": "closed" if settled and row.finished else "open"})


def _set(conn: Connection, code: str, line: Row[Any], state: LineState, missing: int) -> None:
    conn.execute(_set_line, {"code_": code, "number": line.line, "to": str(state), "units_missing": missing})


def _blind(happened: Event, f: Fields) -> Case:
    label = f.maybe_text("label") or happened.event_id
    return Case(
        key=f"return.blind:{label}",
        type="return.blind",
        subject=f"label:{label}" if f.maybe_text("label") else f"event:{happened.event_id}",
        owner_role="service",
        fix="Nobody announced this return: match it with its sale, then decide about the goods.",
        sku=f.maybe_text("sku"),
        qty=f.whole("qty"),
    )


def _not_on_rma(happened: Event, f: Fields, code: str) -> Case:
    wrong = f.flag("wrong_item", default=False)
    kind = "return.wrong_item" if wrong else "return.not_on_rma"
    return Case(
        key=f"{kind}:{code}:{f.maybe_text('label') or happened.event_id}",
        type=kind,
        subject=f"rma:{code}",
        owner_role="service",
        fix="Another item came back than the RMA authorizes: ask the customer and decide about both.",
        sku=f.maybe_text("sku"),
        qty=f.whole("qty"),
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


_STEPS: dict[str, Callable[[Act, Event, str], None]] = {
    EventKind.RETURN_ARRIVED: _arrived,
    EventKind.RETURN_DISPOSITIONED: _dispositioned,
    EventKind.RETURN_FINISHED: _finished,
    EventKind.RETURN_UNDONE: _undone,
}

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
_add = upserting(rma_done, ("rma", "line", "station"), lambda old, newer: {"qty": old.c.qty + newer.qty})
_set_line = (
    update(rma_line)
    .where(rma_line.c.rma == bindparam("code_"), rma_line.c.line == bindparam("number"))
    .values(state=bindparam("to"), missing=bindparam("units_missing"))
)
_set_state = update(rma).where(rma.c.code == bindparam("code_")).values(state=bindparam("to"))
_finish = update(rma).where(rma.c.code == bindparam("code_")).values(finished=bindparam("finished"))
_corrected = select(event.c.kind, event.c.body).where(event.c.event_id == bindparam("event_id"))
_times = select(func.count()).where(event.c.corrects == bindparam("event_id"))
