"""Inbound supply: announced, changed, cancelled, claimed for orders, and counted when it comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Row, insert, update

from app.domain.clock import to_text
from app.domain.counted import counted as so_many
from app.domain.refusal import Refused
from sync.central.commands.catalogue import require_items, require_site
from sync.central.commands.fulfilment import ship_order
from sync.central.commands.inbound_asked import (
    Inbound,
    InboundCancellation,
    InboundChange,
    InboundLineChange,
    SupplyClaims,
)
from sync.central.commands.requests import LinePart, Receipt, Shipment
from sync.central.commands.shapes import require_numbered
from sync.central.rules.outcomes import Conflict, missing
from sync.central.rules.supply import CANCELLED, Arrival, Came, SupplyLine, arrive
from sync.central.store import claims, orders, supplies
from sync.central.store.act import Act
from sync.central.store.backorders import settle
from sync.central.store.exceptions import Case, open_case
from sync.central.store.supplies import Ready
from sync.central.store.tables import supply, supply_line


def announce(act: Act, asked: Inbound) -> dict[str, object]:
    """Notes what a supplier is to send; nothing of it is in stock or promised by that.

    Raises:
        Conflict: the code is taken.
        Refused: a line's number stands twice, or its item or the site is unknown.
    """
    require_numbered([line.line for line in asked.lines])
    require_site(act.conn, asked.site)
    require_items(act.conn, [line.sku for line in asked.lines])
    if supplies.found(act.conn, asked.code) is not None:
        raise Conflict(
            "supply.exists",
            f"Read the inbound supply {asked.code!r}, which is here already.",
            "Expected a code that is new.",
            "Send its changed lines to /v1/inbound/{code}/lines.",
        )
    head = asked.model_dump(include={"code", "owner", "kind", "site", "supplier"})
    made = {"state": "open", "made_at": to_text(act.occurred_at), "made_by": act.operator}
    act.conn.execute(insert(supply).values(**head, **made))
    rows = [_row(asked.code, line.line, line.sku, line.qty, to_text(line.due)) for line in asked.lines]
    act.conn.execute(insert(supply_line), rows)
    return supplies.document(act.conn, asked.code)


def _row(code: str, line: int, sku: str, qty: int, due: str) -> dict[str, object]:
    return {"supply": code, "line": line, "sku": sku, "qty": qty, "due_at": due}


def change(act: Act, code: str, asked: InboundChange) -> dict[str, object]:
    """Gives lines another quantity or date, or adds lines; claims beyond what is to come are taken back.

    Raises:
        Missing: no such supply.
        Conflict: it was cancelled.
        Refused: a line's number stands twice, names another item, or is new and not complete.
    """
    require_numbered([line.line for line in asked.lines])
    row = supplies.find(act.conn, code)
    if row.state == CANCELLED:
        raise Conflict(
            "supply.cancelled",
            f"Inbound supply {code} is cancelled.",
            "Expected one that is not.",
            "Announce what comes instead under a code of its own.",
        )
    lines = {line.line: line for line in supplies.lines_of(act.conn, code)}
    require_items(act.conn, [line.sku for line in asked.lines if line.sku is not None])
    for changed in asked.lines:
        _change_line(act, code, changed, lines.get(changed.line))
    return _settled(act, row)


def _change_line(act: Act, code: str, changed: InboundLineChange, known: SupplyLine | None) -> None:
    due = to_text(changed.due) if changed.due else None
    if known is None:
        if changed.sku is None or changed.qty is None or due is None:
            raise Refused(
                "supply.line",
                f"Read line {changed.line}, which is new, without its item, quantity or date.",
                "Expected sku, qty and due of a line that is new.",
                "Complete the line, or correct its number.",
            )
        act.conn.execute(insert(supply_line), [_row(code, changed.line, changed.sku, changed.qty, due)])
        return
    if changed.sku not in {None, known.sku}:
        raise Refused(
            "supply.item",
            f"Read {changed.sku} for line {changed.line}, which is about {known.sku}.",
            "Expected the item that the line has.",
            "Cancel the line and add another.",
        )
    act.conn.execute(
        update(supply_line)
        .where(supply_line.c.supply == code, supply_line.c.line == changed.line)
        .values(qty=changed.qty or known.qty, due_at=due or known.due)
    )


def cancel(act: Act, code: str, asked: InboundCancellation) -> dict[str, object]:
    """Closes lines short: what is still to come of them will not; claims on it are taken back.

    Raises:
        Missing: no such supply or line.
        Conflict: nothing of it is to come.
    """
    row = supplies.find(act.conn, code)
    lines = {line.line: line for line in supplies.lines_of(act.conn, code)}
    for number in asked.lines:
        if number not in lines:
            raise missing("supply.line", str(number))
    short = {number: lines[number].outstanding for number in asked.lines or lines}
    if not any(short.values()):
        raise Conflict(
            "supply.nothing_open",
            f"Nothing more is to come of {code}.",
            "Expected units that are to come.",
            "Look at the lines of the supply.",
        )
    supplies.count(act.conn, code, "cancelled", short)
    return _settled(act, row)


def _settled(act: Act, row: Row[tuple[object, ...]]) -> dict[str, object]:
    """Claims follow what is to come; orders that lost theirs get what is here."""
    supplies.settle_state(act.conn, row.code)
    freed = supplies.take_back(act, row.owner, row.code)
    if freed:
        settle(act, row.owner, freed)
    return supplies.document(act.conn, row.code)


def claim(act: Act, order: str, asked: SupplyClaims) -> dict[str, object]:
    """Has waiting units of an order met from inbound supply; all that is asked for, or nothing.

    Raises:
        Missing: no such order, line or supply.
        Conflict: a line waits for less, does not fit, or the supply has less that nobody claims.
    """
    for line in asked.lines:
        supplies.claim_supply(act, order, line.line, (line.supply, line.supply_line), line.qty)
    return orders.found(act.conn, order)


# --- receipts ----------------------------------------------------------------------------------------------


def counted(act: Act, asked: Receipt) -> Arrival | None:
    """What a receipt is to its inbound supply; None when its document is none of that owner."""
    row = supplies.found(act.conn, asked.document)
    if row is None or row.owner != asked.owner:
        return None
    came = [Came(line.sku, line.qty, line.supply_line) for line in asked.lines]
    return arrive(supplies.lines_of(act.conn, asked.document), came)


def take_in(act: Act, asked: Receipt, arrival: Arrival) -> list[Ready]:
    """Counts what came on its lines and makes the claims on it ordinary ones, before its event is posted."""
    code = asked.document
    ready = supplies.turn_into_stock(act, asked.owner, code, arrival.counted)
    supplies.count(act.conn, code, "received", arrival.counted)
    if asked.closes:
        short = {line.line: line.outstanding for line in supplies.lines_of(act.conn, code)}
        supplies.count(act.conn, code, "cancelled", {line: qty for line, qty in short.items() if qty})
    supplies.settle_state(act.conn, code)
    for sku, units in arrival.over.items():
        open_case(act.conn, _over(code, sku, units), act.posted_at)
    for sku, units in arrival.strange.items():
        open_case(act.conn, _strange(code, sku, units), act.posted_at)
    return ready


def follow_up(act: Act, asked: Receipt, ready: Sequence[Ready]) -> None:
    """After the receipt is posted: orders that ship as stock comes leave, and what will not come is told."""
    units = Counter[tuple[str, int]]()
    for entry in ready:
        units[entry.order, entry.line] += entry.qty
    for order in dict.fromkeys(entry.order for entry in ready):
        row = orders.find(act.conn, order)
        to_come = claims.to_come(claims.of_order(act.conn, row.id))
        here = {line.line: line.reserved - to_come[line.line] for line in orders.lines_of(act.conn, row.id)}
        parts = [
            LinePart(line=line, qty=min(qty, here[line]))
            for (code, line), qty in units.items()
            if code == order and here[line] > 0
        ]
        if parts:
            ship_order(act, order, Shipment(lines=tuple(parts)))
    freed = supplies.take_back(act, asked.owner, asked.document)
    if freed:
        settle(act, asked.owner, freed)


def _over(code: str, sku: str, qty: int) -> Case:
    return Case(
        key=f"supply.over:{code}:{sku}",
        type="supply.over",
        subject=f"supply:{code}",
        owner_role="planner",
        fix=f"{so_many(qty, 'unit')} of {sku} came on {code} beyond what was to come; they are in "
        "stock. Agree with the "
        "supplier whether they are paid for or go back.",
        sku=sku,
        qty=qty,
    )


def _strange(code: str, sku: str, qty: int) -> Case:
    return Case(
        key=f"supply.strange:{code}:{sku}",
        type="supply.strange",
        subject=f"supply:{code}",
        owner_role="planner",
        fix=f"{so_many(qty, 'unit')} of {sku} came on {code}, which has no line of {sku}; they "
        "are in stock. Ask the "
        "supplier what they are for.",
        sku=sku,
        qty=qty,
    )
