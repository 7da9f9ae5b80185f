"""Naming a thing that nobody at the bench could name: it becomes stock by one conversion event."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from app.domain.account import Account, Status
from app.domain.counted import counted
from app.domain.event import EventKind
from app.domain.item import Item
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual, is_virtual
from app.domain.policy import Decision
from app.domain.refusal import Refused
from sync.central.commands import put_away
from sync.central.commands.units_asked import Name
from sync.central.rules.outcomes import Conflict, missing
from sync.central.store import return_sheets, unidentified
from sync.central.store.act import Act
from sync.central.store.exceptions import close_cases, open_case
from sync.central.store.posting import record
from sync.central.store.tables import rma

# Why it waits, by what it turned out to be.
_BLIND, _BESIDE, _NAMED = "blind_return", "wrong_item", "named"


@dataclass(frozen=True, slots=True)
class _Way:
    """Where a named thing goes: with a return's line, beside its lines, or with no return."""

    rma: str | None
    line: int | None
    decision: Decision | None

    @property
    def reason(self) -> str:
        """Why it stands in quarantine until it is put away."""
        if self.rma is None:
            return _BLIND
        return _NAMED if self.line is not None else _BESIDE


def name(act: Act, label: str, asked: Name) -> dict[str, object]:
    """Makes stock of a thing under its holding label, as it came in: blind, or on the return of its box.

    On a line that has room it goes where the rules say of its grade, or waits with a to-do.

    Raises:
        Missing: nothing was kept without a name under that label.
        Refused: the item is unknown, or a lot or serial is missing, or is none of such an item.
        Conflict: it has a name already, its bench took it back, or nobody knows whose or where it is.
    """
    thing = _waiting(act.conn, label)
    its = _item(act.conn, asked)
    _require_told(its, asked, int(thing.qty))
    way = _way(act.conn, thing, asked)
    event = act.event(
        EventKind.RETURN_NAMED,
        _subjects(thing, asked, way),
        _moves(thing, asked, way),
        _body(thing, asked, way),
    )
    record(act, replace(event, policy_ver=way.decision.policy_ver if way.decision else None))
    unidentified.name(act.conn, thing.event_id, event.event_id)
    close_cases(act.conn, [thing.case_key], act.posted_at, f"Named {asked.sku} by {act.operator}.")
    if way.line is not None and way.decision is None:
        case = put_away.to_do(put_away.Standing(label, asked.sku, int(thing.qty)), way.rma or "", None)
        open_case(act.conn, case, act.posted_at)
    return {
        "label": label,
        "sku": asked.sku,
        "rma": way.rma,
        "line": way.line,
        "place": way.decision.outcome.place if way.decision else thing.place,
        "event_id": event.event_id,
    }


def found(conn: Connection, label: str) -> Row[Any]:
    """The newest thing under a label.

    Raises:
        Missing: there never was one.
    """
    thing = unidentified.find(conn, label)
    if thing is None:
        raise missing("unidentified", label)
    return thing


def _waiting(conn: Connection, label: str) -> Row[Any]:
    thing = found(conn, label)
    if thing.state != unidentified.WAITING:
        raise Conflict(
            "naming.state",
            f"Thing {label} is {thing.state.replace('_', ' ')}.",
            "Expected one that waits for its name.",
            "Take its name back first, if that was wrong.",
        )
    if not thing.owner or not thing.place or is_virtual(thing.place):
        raise Conflict(
            "naming.whose",
            f"Thing {label} is of {thing.owner or 'nobody known'}, at {thing.place or 'no place'}.",
            "Expected whose it is and a place.",
            "Record it again at a bench.",
        )
    return thing


def _item(conn: Connection, asked: Name) -> Item:
    its = put_away.record_of(conn, asked.sku)
    if its is None:
        raise Refused(
            "naming.item",
            f"Read the item {asked.sku!r}, which the centre does not know.",
            "Expected a known item.",
            "Send its record first.",
        )
    return its


def _require_told(its: Item, asked: Name, qty: int) -> None:
    for part, given, wanted in (
        ("serial", asked.serial, its.has_serial),
        ("lot", asked.lot, its.has_lot),
    ):
        if (given is not None) != wanted:
            raise Refused(
                f"naming.{part}",
                f"Read {'no ' + part if given is None else f'the {part} {given}'} of {its.sku}.",
                f"Expected {'one' if wanted else 'none'}: by {part} such items are "
                f"{'' if wanted else 'not '}told apart.",
                "Look at the thing again.",
            )
    if asked.serial is not None and qty != 1:
        raise Refused(
            "naming.units",
            f"Read one serial for {counted(qty, 'unit')}.",
            "Expected one unit.",
            "Record each unit by itself at a bench.",
        )


def _way(conn: Connection, thing: Row[Any], asked: Name) -> _Way:
    if thing.rma is None:
        return _Way(None, None, None)
    line = _line(conn, thing, asked)
    decision = put_away.decided(conn, asked.sku, asked.grade) if line is not None else None
    if decision is not None and not put_away.stands(conn, decision, thing.site):
        decision = None
    return _Way(thing.rma, line, decision)


def _line(conn: Connection, thing: Row[Any], asked: Name) -> int | None:
    """The line of its return that still waits for it, one that names its serial before all others."""
    document = conn.scalar(_document, {"which": thing.rma})
    serials = {entry["line"]: entry["serials"] for entry in json.loads(document)["lines"]} if document else {}
    fits = [
        row.line
        for row in return_sheets.lines_of(conn, thing.rma)
        if row.sku == asked.sku
        and row.done + thing.qty <= row.qty
        # Another serial than those that were sold is for a supervisor to accept.
        and (not serials[row.line] or asked.serial in serials[row.line])
    ]
    return next(iter(sorted(fits, key=lambda line: not serials[line])), None)


def _moves(thing: Row[Any], asked: Name, way: _Way) -> tuple[Move, ...]:
    """What came back as nobody knew what is consumed, and stock is produced."""
    qty = int(thing.qty)

    def outside(end: Virtual) -> Account:
        return Account(thing.owner, asked.sku, end, lot=asked.lot, serial=asked.serial)

    held = Account(
        thing.owner,
        asked.sku,
        thing.place,
        Status.QUARANTINED,
        way.reason,
        lot=asked.lot,
        serial=asked.serial,
        label=thing.label,
        grade=asked.grade,
    )
    nameless = outside(Virtual.UNIDENTIFIED)
    moved = (
        Move(qty, outside(Virtual.CUSTOMER), nameless, MoveKind.RETURN, None, way.rma),
        Move(qty, nameless, held, MoveKind.CONVERT, "named", way.rma),
    )
    if way.decision is None:
        return moved
    outcome = way.decision.outcome
    target = replace(held, location=outcome.place, status=outcome.status, reason=outcome.reason)
    return (*moved, Move(qty, held, target, MoveKind.DISPOSE, f"rule {way.decision.rule}", way.rma))


def _subjects(thing: Row[Any], asked: Name, way: _Way) -> tuple[str, ...]:
    named = [f"rma:{way.rma}"] if way.rma else []
    named += [f"label:{thing.label}", f"sku:{asked.sku}", f"event:{thing.event_id}"]
    return (*named, f"serial:{asked.serial}") if asked.serial else tuple(named)


def _body(thing: Row[Any], asked: Name, way: _Way) -> dict[str, object]:
    decision = way.decision
    return {
        "names": thing.event_id,
        "station": thing.station,
        "blind": way.rma is None,
        "label": thing.label,
        "sku": asked.sku,
        "qty": int(thing.qty),
        "lot": asked.lot,
        "serial": asked.serial,
        "grade": asked.grade,
        "rma": way.rma,
        "line": way.line,
        "wrong_item": way.rma is not None and way.line is None,
        "disposition": decision.outcome.disposition if decision else None,
        "place": decision.outcome.place if decision else thing.place,
        "rule": decision.rule if decision else None,
    }


_document = select(rma.c.document).where(rma.c.code == bindparam("which"))
