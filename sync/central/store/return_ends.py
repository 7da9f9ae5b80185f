"""The end of a return whose units will not come: its sales have them back, and one event says so."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from app.domain.event import Event, EventKind
from app.domain.returns import LineState
from sync.central.rules.giving_back import Given, Taken, give_back
from sync.central.rules.progress import COUNTED
from sync.central.store import return_sheets
from sync.central.store.act import Act
from sync.central.store.tables import order_line, rma, rma_match, rma_release, sold_serial


def open_return(conn: Connection, code: str) -> Row[Any] | None:
    """The RMA of that code while something may come of it."""
    row: Row[Any] | None = conn.execute(_open, {"which": code}).one_or_none()
    return row


def ended(act: Act, row: Row[Any], how: LineState, reason: str) -> Event:
    """Gives the units of an RMA that did not come back to their sales; the event of its end.

    Whoever asks records the event, in the same transaction.
    """
    code = row.code
    lines = {line.line: line for line in return_sheets.lines_of(act.conn, code)}
    came = _serials_come(act.conn, code)
    given = {
        number: give_back(taken, int(lines[number].done), came[number])
        for number, taken in _taken(act.conn, row).items()
    }
    body = {
        "rma": code,
        "exit": str(how),
        "reason": reason,
        "given_back": [
            {"line": number, "qty": sum(entry.qty for entry in entries)}
            for number, entries in sorted(given.items())
            if entries
        ],
    }
    event = act.event(EventKind.RETURN_ENDED, (f"rma:{code}",), (), body)
    _release(act.conn, code, given, event.event_id)
    # By the policy that it was authorized under.
    return replace(event, policy_ver=json.loads(row.document).get("policy_ver"))


def _taken(conn: Connection, row: Row[Any]) -> Mapping[int, list[Taken]]:
    """The sold units that each line of an RMA took, in the order they were sold, last first."""
    named = {
        (line["line"], serial) for line in json.loads(row.document)["lines"] for serial in line["serials"]
    }
    found = defaultdict[int, list[Taken]](list)
    for taken in conn.execute(_matches, {"which": row.code}).all():
        asked = {"of": taken.order, "number": taken.order_line}
        sold = dict.fromkeys(conn.scalars(_returned_serials, asked))
        serials = tuple(serial for serial in sold if (taken.line, serial) in named)
        found[taken.line].append(Taken(taken.order, taken.order_line, int(taken.qty), serials))
    return found


def _serials_come(conn: Connection, code: str) -> Mapping[int, set[str]]:
    """The serials that came of each line of an RMA."""
    found = defaultdict[int, set[str]](set)
    for deed in return_sheets.deeds_of(conn, code):
        line, serial = deed.facts.raw().get("line"), deed.facts.maybe_text("serial")
        # A unit that was accepted in the place of another one stands for the one that was sold.
        serial = deed.facts.maybe_text("instead_of") or serial
        if deed.kind in COUNTED and serial and isinstance(line, int):
            found[line].add(serial)
    return found


def _release(conn: Connection, code: str, given: Mapping[int, tuple[Given, ...]], event_id: str) -> None:
    entries = [(number, entry) for number, of in given.items() for entry in of]
    if not entries:
        return
    conn.execute(
        _new_release,
        [
            {
                "rma": code,
                "line": number,
                "order": entry.order,
                "order_line": entry.order_line,
                "serial": entry.serial,
                "qty": entry.qty,
                "event_id": event_id,
            }
            for number, entry in entries
        ],
    )
    conn.execute(
        _less_returned,
        [{"of": entry.order, "number": entry.order_line, "units": entry.qty} for _, entry in entries],
    )
    serials = [
        {"of": entry.order, "number": entry.order_line, "unit": entry.serial}
        for _, entry in entries
        if entry.serial
    ]
    if serials:
        conn.execute(_serial_out, serials)


_open = select(rma).where(rma.c.code == bindparam("which"), rma.c.state == "open")
_matches = (
    select(rma_match)
    .where(rma_match.c.rma == bindparam("which"))
    .order_by(rma_match.c.line, rma_match.c.order.desc(), rma_match.c.order_line)
)
_returned_serials = (
    select(sold_serial.c.serial)
    .where(
        sold_serial.c.order == bindparam("of"),
        sold_serial.c.line == bindparam("number"),
        sold_serial.c.returned,
    )
    .order_by(sold_serial.c.serial)
)
_new_release = insert(rma_release)
_less_returned = (
    update(order_line)
    .where(order_line.c.order == bindparam("of"), order_line.c.line == bindparam("number"))
    .values(returned=order_line.c.returned - bindparam("units"))
)
_serial_out = (
    update(sold_serial)
    .where(
        sold_serial.c.order == bindparam("of"),
        sold_serial.c.line == bindparam("number"),
        sold_serial.c.serial == bindparam("unit"),
        sold_serial.c.returned,
    )
    .values(returned=False)
)
