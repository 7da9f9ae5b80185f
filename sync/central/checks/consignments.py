"""Consignments against their events: what left is what was packed, no unit is in two, papers are there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, or_, select

from app.domain.event import EventKind
from app.domain.laws import Violation
from app.domain.policy.leaving import CERTIFICATE, CUSTODY, DISPOSAL, ENDS, WITNESS
from sync.central.checks.events import read_facts
from sync.central.checks.readable import readable
from sync.central.rules.consignment import OPEN, REVERSED, State
from sync.central.store.chain import CENTRE
from sync.central.store.tables import (
    account,
    certificate,
    consignment,
    consignment_line,
    consignment_step,
    event,
    handover,
    move,
)

_LAW = "consignment"
_GONE = (State.DEPARTED.value, State.SETTLED.value)


def check_consignments(conn: Connection) -> Iterator[Violation]:
    """States follow from steps and events, departures move exactly the lines, regulated goods have papers."""
    yield from readable(conn, _LAW, _states)
    yield from readable(conn, _LAW, _departures)
    yield from readable(conn, _LAW, _held_twice)
    yield from readable(conn, _LAW, _papers)


def _states(conn: Connection) -> Iterator[Violation]:
    """A consignment is where its last step put it, and names the events that brought it there."""
    last = dict[str, Any]()
    departed, settled = dict[str, str | None](), dict[str, str | None]()
    for step in conn.execute(_steps):
        last[step.consignment] = step.step
        if step.step in {State.DEPARTED, REVERSED}:
            departed[step.consignment] = step.event_id if step.step == State.DEPARTED else None
        if step.step == State.SETTLED:
            settled[step.consignment] = step.event_id
    for row in conn.execute(_heads):
        reached = last.get(row.code)
        expected = State.PACKED.value if reached == REVERSED else reached
        if row.state != expected:
            yield Violation(_LAW, row.code, row.state, f"{expected}, by its last step")
        stands = (row.departed_event, row.settled_event)
        told = (departed.get(row.code), settled.get(row.code))
        if stands != told:
            yield Violation(
                _LAW, row.code, f"events {stands[0]}, {stands[1]}", f"{told[0]}, {told[1]} by steps"
            )
        if row.body is not None:
            yield from _settled_as_told(row)
    for row in conn.execute(_strays):
        yield Violation(_LAW, f"event {row.event_id}", "no step of a consignment", "the step that it was")


def _settled_as_told(row: Any) -> Iterator[Violation]:
    """The certificate that is kept is the one that the event of the settlement has."""
    said = (read_facts(row.body.encode()) or {}).get("certificate")
    told = (said.get("number"), said.get("processor")) if isinstance(said, dict) else (None, None)
    if (row.number, row.processor) != told:
        yield Violation(
            _LAW, row.code, f"certificate {row.number} of {row.processor}", f"{told[0]} of {told[1]}"
        )


def _departures(conn: Connection) -> Iterator[Violation]:
    """What left with a consignment is its lines, each from its account to the route's end."""
    lines = _by_code(conn.execute(_held).all())
    moved = _by_code(conn.execute(_moved).all())
    for row in conn.execute(_heads):
        if row.state not in _GONE:
            continue
        end = str(ENDS[row.route]) if row.route in ENDS else "a known route"
        expected = Counter[tuple[int, str]]()
        for line in lines.get(row.code, ()):
            expected[line.account, end] += int(line.qty)
        left = Counter[tuple[int, str]]()
        for entry in moved.get(row.code, ()):
            left[entry.account, entry.location] += int(entry.qty)
        if left != expected:
            yield Violation(_LAW, row.code, _units(left), f"{_units(expected)}, as its lines have it")


def _by_code(rows: Sequence[Any]) -> Mapping[str, list[Any]]:
    found = dict[str, list[Any]]()
    for row in rows:
        found.setdefault(row.code, []).append(row)
    return found


def _units(units: Counter[tuple[int, str]]) -> str:
    return (
        ", ".join(f"{qty} of account {number} to {end}" for (number, end), qty in sorted(units.items()))
        or "none"
    )


def _held_twice(conn: Connection) -> Iterator[Violation]:
    """A unit under a label or of a serial stands in one open consignment at most."""
    for row in conn.execute(_twice):
        unit = row.label or row.serial
        yield Violation(_LAW, f"unit {unit}", f"in {row.times} lines of open consignments", "in one")


def _papers(conn: Connection) -> Iterator[Violation]:
    """Regulated goods that were disposed of have the papers that were asked for when they were packed."""
    asked = dict[str, set[str]]()
    for row in conn.execute(_asked_for):
        asked.setdefault(row.code, set()).update(filter(None, row.papers.split(",")))
    for had in conn.execute(_had):
        wanted = asked.get(had.code, set())
        weighed = had.weight_g is not None or had.units is not None
        has = {
            CERTIFICATE: had.number is not None and weighed,
            WITNESS: had.witness is not None,
            CUSTODY: bool(had.handovers),
        }
        lacking = sorted(paper for paper in wanted if not has.get(paper))
        if lacking:
            yield Violation(_LAW, had.code, f"settled without {', '.join(lacking)}", "its papers")


_event = event.alias("settlement")
_heads = (
    select(consignment, _event.c.body, certificate.c.number, certificate.c.processor)
    .join_from(consignment, _event, _event.c.event_id == consignment.c.settled_event, isouter=True)
    .join(certificate, certificate.c.consignment == consignment.c.code, isouter=True)
    .order_by(consignment.c.code)
)
_steps = select(consignment_step).order_by(consignment_step.c.consignment, consignment_step.c.n)
_KINDS = (
    EventKind.CONSIGNMENT_DEPARTED,
    EventKind.CONSIGNMENT_REVERSED,
    EventKind.CONSIGNMENT_SETTLED,
)
_strays = (
    select(event.c.event_id)
    .where(
        event.c.kind.in_([str(kind) for kind in _KINDS]),
        event.c.origin == CENTRE,
        ~select(consignment_step.c.n).where(consignment_step.c.event_id == event.c.event_id).exists(),
    )
    .order_by(event.c.event_id)
)
_held = select(
    consignment_line.c.consignment.label("code"), consignment_line.c.account, consignment_line.c.qty
)
_moved = (
    select(
        consignment.c.code,
        move.c.source.label("account"),
        account.c.location,
        func.sum(move.c.qty).label("qty"),
    )
    .join_from(consignment, event, event.c.event_id == consignment.c.departed_event)
    .join(move, move.c.event == event.c.id)
    .join(account, account.c.id == move.c.target)
    .where(event.c.kind == str(EventKind.CONSIGNMENT_DEPARTED), event.c.origin == CENTRE)
    .group_by(consignment.c.code, move.c.source, account.c.location)
)
_times = func.count()
_twice = (
    select(account.c.label, account.c.serial, _times.label("times"))
    .join_from(consignment_line, consignment, consignment.c.code == consignment_line.c.consignment)
    .join(account, account.c.id == consignment_line.c.account)
    .where(
        consignment.c.state.in_([state.value for state in OPEN]),
        or_(account.c.label != "", account.c.serial != ""),
    )
    .group_by(account.c.owner, account.c.item, account.c.label, account.c.serial)
    .having(_times > 1)
    .order_by(account.c.label, account.c.serial)
)
_disposed = (consignment.c.state == State.SETTLED.value) & consignment.c.route.in_(sorted(DISPOSAL))
_asked_for = (
    select(consignment.c.code, consignment_line.c.papers)
    .join_from(consignment, consignment_line, consignment_line.c.consignment == consignment.c.code)
    .where(_disposed, consignment_line.c.papers.is_not(None))
)
_handovers = (
    select(func.count())
    .where(handover.c.consignment == consignment.c.code)
    .correlate(consignment)
    .scalar_subquery()
)
_had = (
    select(
        consignment.c.code,
        certificate.c.number,
        certificate.c.weight_g,
        certificate.c.units,
        certificate.c.witness,
        _handovers.label("handovers"),
    )
    .join_from(consignment, certificate, certificate.c.consignment == consignment.c.code, isouter=True)
    .where(_disposed)
    .order_by(consignment.c.code)
)
