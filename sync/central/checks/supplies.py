"""Inbound supply against the receipts that counted it, and the claims on what is still to come."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, String, cast, func, literal, or_, select

from app.domain.event import EventKind
from app.domain.laws import Violation
from sync.central.rules.supply import SupplyLine, state_of
from sync.central.store.chain import CENTRE
from sync.central.store.supplies import CLAIMED_LINES
from sync.central.store.tables import event, reservation, supply, supply_line

_IN_PARTS = {"yield_per": 1000}


def check_supplies(conn: Connection) -> Iterator[Violation]:
    """Lines count what receipts say, states are what lines say, and no more is claimed than is to come."""
    told = _told(conn)
    lines: dict[str, list[SupplyLine]] = {}
    for row in conn.execute(CLAIMED_LINES):
        line = SupplyLine(
            row.line, row.sku, row.qty, row.due_at, row.received, row.cancelled, int(row.claimed)
        )
        lines.setdefault(row.supply, []).append(line)
        where, came = f"{row.supply} line {row.line}", told.pop((row.supply, row.line), 0)
        if line.received != came or line.cancelled < 0:
            shown = f"{line.received} received, {line.cancelled} cancelled"
            yield Violation("supply", where, shown, f"{came} told by receipts, none cancelled below zero")
        if line.claimed > line.outstanding:
            yield Violation(
                "promised once", where, f"{line.claimed} claimed", f"at most {line.outstanding} to come"
            )
    for (code, number), units in sorted(told.items()):
        if units:
            yield Violation("supply", f"{code} line {number}", "no line", f"{units} told by receipts")
    for row in conn.execute(select(supply.c.code, supply.c.state).order_by(supply.c.code)):
        stands = state_of(lines.get(row.code, []))
        if row.state != stands:
            yield Violation("supply", row.code, row.state, stands)
    for row in conn.execute(_stray):
        shown = f"{row.qty} of {row.item} out of {row.supply}"
        yield Violation("claim", f"{row.document} line {row.line}", shown, "supply of its owner and item")


def _told(conn: Connection) -> Counter[tuple[str, int]]:
    """Units by line, as the receipts of the centre counted them."""
    found = Counter[tuple[str, int]]()
    with conn.scalars(_receipts, execution_options=_IN_PARTS) as bodies:
        for body in bodies:
            try:
                said: Any = json.loads(body)
                for entry in said.get("supply_lines", ()):
                    found[str(said["document"]), int(entry["line"])] += int(entry["qty"])
            except (ValueError, TypeError, LookupError, AttributeError):
                # Facts that are no facts are the finding of the check of events.
                continue
    return found


_receipts = select(event.c.body).where(
    event.c.origin == CENTRE, event.c.kind == str(EventKind.GOODS_RECEIVED)
)
_its_line = (
    select(func.count())
    .select_from(supply_line)
    .join(supply, supply.c.code == supply_line.c.supply)
    .where(
        supply.c.owner == reservation.c.owner,
        supply_line.c.sku == reservation.c.item,
        reservation.c.supply == supply_line.c.supply + literal(":") + cast(supply_line.c.line, String),
    )
    .correlate(reservation)
    .scalar_subquery()
)
_stray = (
    select(reservation)
    .where(reservation.c.supply != "", or_(_its_line == 0, reservation.c.per != 1))
    .order_by(reservation.c.id)
)
