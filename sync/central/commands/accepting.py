"""Accepting a unit that its bench kept beside the lines of its return onto one of them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from app.domain.event import EventKind
from app.domain.refusal import Refused
from sync.central.commands.units_asked import Word
from sync.central.rules.outcomes import Conflict, missing
from sync.central.rules.progress import COUNTED, Deed
from sync.central.rules.refunds import FREES
from sync.central.store import labelled, return_cases, return_sheets
from sync.central.store.act import Act
from sync.central.store.exceptions import close_cases
from sync.central.store.refunds import on_line
from sync.central.store.tables import rma
from sync.central.store.undoing import Standing


@dataclass(frozen=True, slots=True)
class Place:
    """A place on a return's line: the bench's own record of the unit, and the serials on both sides."""

    code: str
    line: int
    deed: Deed
    sold: tuple[str, ...]
    instead_of: str | None

    def body(self) -> dict[str, object]:
        """What the event says of it beside the unit; both serials are kept."""
        return {
            "rma": self.code,
            "line": self.line,
            "accepts": self.deed.event_id,
            "instead_of": self.instead_of,
            "sold": list(self.sold),
        }


def place_on(conn: Connection, unit: tuple[str, str | None, int], why: Standing, asked: Word) -> Place:
    """The place that a unit takes on a line of its return.

    Args:
        conn: inside the one writer's transaction.
        unit: its label, its serial and how many units there are under it.
        why: what put it where it stands.
        asked: the line, and the serial that was sold where several may be meant.

    Raises:
        Missing: its return has no such line.
        Conflict: the unit was not kept beside the lines of a return that stands, the line has no room for it,
            or its units are refunded.
        Refused: the line is of another item, or it is not told which serial was sold.
    """
    label, serial, qty = unit
    code, deed = _kept(conn, label, why)
    row = next((row for row in return_sheets.lines_of(conn, code) if row.line == asked.line), None)
    if row is None:
        raise missing("line", f"{code} line {asked.line}")
    if row.sku != deed.facts.text("sku"):
        raise Refused(
            "unit.other_item",
            f"{code} line {row.line} is {row.sku}; the unit is {deed.facts.text('sku')}.",
            "Expected a line of the same item.",
            "Choose another line, or decide about the unit without one.",
        )
    if row.done + qty > row.qty:
        raise Conflict(
            "unit.no_room",
            f"{code} line {row.line} authorizes {row.qty}, and {int(row.done)} came; the unit has {qty}.",
            "Expected a line that still waits for as many.",
            "Authorize more, or decide about the unit without a line.",
        )
    _require_unpaid(conn, (code, row.line), qty, int(row.qty))
    sold = _sold(conn, code, row.line)
    return Place(code, row.line, deed, sold, _instead_of(conn, (code, row.line, serial), sold, asked))


def accept(act: Act, onto: Place) -> None:
    """Closes the case of a unit that was kept beside the lines."""
    keys = return_cases.apart_keys(onto.deed, onto.code)
    close_cases(act.conn, keys, act.posted_at, f"Accepted onto line {onto.line} by {act.operator}.")


def _kept(conn: Connection, label: str, why: Standing) -> tuple[str, Deed]:
    """The return and the bench's record of a unit that counts for no line."""
    first = labelled.first_of(conn, why)
    code = first.body.get("rma")
    deeds = return_sheets.deeds_of(conn, code) if isinstance(code, str) and code else []
    deed = next((one for one in deeds if one.event_id == first.event_id), None)
    taken = any(one.facts.maybe_text("accepts") == first.event_id for one in deeds if one.kind in COUNTED)
    kept = deed is not None and deed.kind == EventKind.RETURN_DISPOSITIONED
    if deed is None or taken or not (kept and deed.facts.flag("wrong_item", default=False)):
        raise Conflict(
            "unit.not_kept",
            f"Unit {label} {'was accepted onto its return' if taken else 'was not kept beside one'} before.",
            "Expected a unit that its bench kept as the wrong one.",
            "Decide about the unit without a line.",
        )
    if conn.scalar(_state, {"which": code}) == "cancelled":
        raise Conflict(
            "unit.rma_ended",
            f"RMA {code} has ended, and its sale has back what did not come.",
            "Expected a return whose line still stands.",
            "Decide about the unit without a line; the customer may be credited by hand.",
        )
    return str(code), deed


def _require_unpaid(conn: Connection, place: tuple[str, int], qty: int, authorizes: int) -> None:
    """A line whose missing units were paid for without any goods takes no unit in their place."""
    code, line = place
    paid = [row for row in on_line(conn, code, line) if row.state not in FREES and not row.without_goods]
    units = sum(int(row.qty) for row in paid)
    if units + qty > authorizes:
        named = ", ".join(row.code for row in paid)
        raise Conflict(
            "unit.refunded",
            f"{code} line {line} authorizes {authorizes}, and {units} are refunded ({named}).",
            "Expected a line with units that are not refunded.",
            "Reverse the refund first, or decide about the unit without a line.",
        )


def _sold(conn: Connection, code: str, line: int) -> tuple[str, ...]:
    lines = json.loads(str(conn.scalar(_document, {"which": code})))["lines"]
    return next((tuple(entry["serials"]) for entry in lines if entry["line"] == line), ())


def _instead_of(
    conn: Connection, place: tuple[str, int, str | None], sold: tuple[str, ...], asked: Word
) -> str | None:
    """The serial that was sold and that this unit stands for; none where the line names no more."""
    code, line, serial = place
    came = {
        deed.facts.maybe_text("instead_of") or deed.facts.maybe_text("serial")
        for deed in return_sheets.deeds_of(conn, code)
        if deed.kind in COUNTED and deed.facts.raw().get("line") == line
    }
    left = [one for one in sold if one not in came]
    wanted = asked.instead_of or (serial if serial in left else None)
    if wanted is None and len(left) <= 1:
        return left[0] if left else None
    if wanted not in left:
        raise Refused(
            "unit.instead_of",
            f"Read {wanted or 'no serial'} for line {line} of {code}.",
            f"Expected the serial that was sold: {' or '.join(left) or 'none is left'}.",
            "Say which of them this unit stands for.",
        )
    return wanted


_state = select(rma.c.state).where(rma.c.code == bindparam("which"))
_document = select(rma.c.document).where(rma.c.code == bindparam("which"))
