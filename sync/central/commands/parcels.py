"""Parcels on their way: picked, packed, shipped, or cancelled so that their units are sourced anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row

from app.domain.account import Status
from app.domain.clock import to_text
from app.domain.counted import counted
from app.domain.event import EventKind
from app.domain.move import Move, MoveKind
from app.domain.refusal import Refused
from sync.central.commands.dispatch_asked import Despatch, Packing, PickedLine, Picking
from sync.central.commands.shapes import require_numbered
from sync.central.rules.blocks import refuse_blocked
from sync.central.rules.explain_dispatch import PARCEL_CANCELLED, PICK_SHORT
from sync.central.rules.line_claims import LineClaim, named, of_line, take, units
from sync.central.rules.outcomes import Conflict
from sync.central.rules.picking import NOT_FOUND, Pick
from sync.central.rules.promise import RESERVED, Claimed
from sync.central.store import orders, parcels
from sync.central.store.act import Act
from sync.central.store.backorders import settle
from sync.central.store.decisions import Decision, note
from sync.central.store.exceptions import Case, open_case
from sync.central.store.order_claims import Spread, parts_of, spend, spread, widen
from sync.central.store.parcels import CANCELLED, OPEN, PACKED, PICKED, RELEASED, SHIPPED
from sync.central.store.posting import record
from sync.central.store.shipping import ship
from sync.central.store.stock import Stock, look


def pick(act: Act, code: str, asked: Picking) -> dict[str, object]:
    """Counts a parcel as picked; units that were not found leave it, and the order waits for others.

    What was not found is quarantined where it should be, so that nobody is promised it until it is counted.

    Raises:
        Missing: no such parcel.
        Conflict: it is beyond that step, or its order is blocked.
        Refused: a line is not in it, more units are told than it has, or a serial that is not its own.
    """
    row = _at(act, code, (RELEASED,), "picked")
    lines = {line.line: line for line in parcels.lines_of(act.conn, code)}
    found = _found(code, lines, asked.lines)
    _refuse_others(
        act, row, lines, {n: (part.qty, part.serials) for n, part in found.items() if part.serials}
    )
    missing = {number: line.qty - found[number].qty for number, line in lines.items() if number in found}
    missing = {number: qty for number, qty in missing.items() if qty}
    unseen: Mapping[int, Sequence[Pick]] = {}
    if missing:
        gone = _gone(row, spread(act.conn, row.order), missing, found)
        unseen = _unseen(act, row, gone)
        spend(act.conn, gone)
        orders.reserve(act.conn, row.order, [(number, -qty) for number, qty in missing.items()])
        parcels.lessen(act.conn, code, missing.items(), named(gone))
    parcels.in_hand(act.conn, code)
    if parcels.find(act.conn, code).state == RELEASED:
        parcels.step(act.conn, code, PICKED, picked_at=to_text(act.occurred_at))
    if missing:
        _tell_short(act, row, lines, missing, unseen)
        _quarantine(act, row, lines, missing, unseen)
    return parcels.document(act.conn, code)


def pack(act: Act, code: str, asked: Packing) -> dict[str, object]:
    """Counts a picked parcel as packed.

    Raises:
        Missing: no such parcel.
        Conflict: it was not picked or is beyond that step, or its order is blocked.
        Refused: a line is not in it, or a serial that was scanned is not its own.
    """
    row = _at(act, code, (PICKED,), "packed")
    lines = {line.line: line for line in parcels.lines_of(act.conn, code)}
    scanned = [PickedLine(line=p.line, qty=len(p.serials), serials=p.serials) for p in asked.lines]
    found = _found(code, lines, scanned)
    _refuse_others(act, row, lines, {n: (lines[n].qty, part.serials) for n, part in found.items()})
    parcels.step(act.conn, code, PACKED, packed_at=to_text(act.occurred_at))
    return parcels.document(act.conn, code)


def send(act: Act, code: str, asked: Despatch) -> dict[str, object]:
    """Ships a parcel that is picked or packed: exactly what is in it leaves stock.

    Raises:
        Missing: no such parcel.
        Conflict: it was not picked or is beyond that step, or its order is blocked.
    """
    row = _at(act, code, (PICKED, PACKED), "shipped")
    order = orders.find_by_row(act.conn, row.order)
    claims, stock = _claimed(act, code, order)
    if stock.short:
        # What is past its date is no part of it.
        settle(act, order.owner, stock.short.keys())
        _at(act, code, (PICKED, PACKED), "shipped")
        claims, stock = _claimed(act, code, order)
    parts = parts_of(claims)
    ship(act, orders.head_of(order), parts, stock, code)
    spend(act.conn, claims)
    orders.advance(act.conn, row.order, parts, act.occurred_at, from_claims=True)
    parcels.step(act.conn, code, SHIPPED, shipped_at=to_text(act.occurred_at), tracking=asked.tracking)
    orders.settle_state(act.conn, [row.order])
    return parcels.document(act.conn, code)


def _claimed(act: Act, code: str, order: Row[Any]) -> tuple[Sequence[LineClaim], Stock]:
    claims = spread(act.conn, order.id).parcels.get(code, ())
    return claims, look(act.conn, order.owner, [claim.item for claim in claims], act.posted_at)


def cancel(act: Act, code: str) -> dict[str, object]:
    """Takes a parcel apart before it leaves: the order's units are reserved as before, from any site it may.

    Raises:
        Missing: no such parcel.
        Conflict: it has left, or was cancelled before.
    """
    row = _at(act, code, OPEN, "cancelled", though_blocked=True)
    order = orders.find_by_row(act.conn, row.order)
    mine = spread(act.conn, row.order)
    widen(act.conn, order, mine.parcels.get(code, ()))
    parcels.step(act.conn, code, CANCELLED)
    document = {"parcel": code, "site": row.site, "state": row.state}
    note(act, [Decision(f"order:{order.code}", PARCEL_CANCELLED, document)])
    return parcels.document(act.conn, code)


def _at(act: Act, code: str, states: Collection[str], what: str, *, though_blocked: bool = False) -> Row[Any]:
    """The parcel, when it is in one of these states and may go on."""
    row = parcels.find(act.conn, code)
    if row.state not in states:
        raise Conflict(
            f"parcel.not_{what}",
            f"Parcel {code} is {row.state}.",
            f"Only one that is {' or '.join(states)} can be {what}; no step is taken twice, none back.",
            "Look at the parcel; the step may have been taken already.",
        )
    if not though_blocked:
        refuse_blocked(row.order_code, row.block, what)
    return row


def _found(code: str, lines: Mapping[int, Row[Any]], asked: Sequence[PickedLine]) -> dict[int, PickedLine]:
    found = {part.line: part for part in asked}
    require_numbered([part.line for part in asked], "parcel.lines")
    for number, part in found.items():
        has = lines[number].qty if number in lines else 0
        if part.qty > has or number not in lines:
            raise Refused(
                "parcel.not_inside",
                f"Read {counted(part.qty, 'unit')} of line {number}.",
                f"Parcel {code} has {has} of it.",
                "Tell how many of these were found.",
            )
    return found


def _refuse_others(
    act: Act,
    row: Row[Any],
    lines: Mapping[int, Row[Any]],
    scanned: Mapping[int, tuple[int, Sequence[str]]],
) -> None:
    """Refuses units that are not the parcel's, by line how many are expected and what was scanned.

    A line that names no serials takes any unit but one that was released in another parcel.
    """
    inside = parcels.serials(act.conn, [row.code]) if scanned else {}
    for number, (qty, serials) in scanned.items():
        own = inside.get((row.code, number), ())
        others = sorted(set(serials).difference(own))
        elsewhere = parcels.released_in(act.conn, row.owner, lines[number].sku, others)
        for serial in others:
            where = elsewhere.get(serial)
            if own or where is not None:
                raise Refused(
                    "parcel.other_serial",
                    f"Line {number}: read serial {serial}, "
                    + (f"which was released in parcel {where}." if where else "which is in no parcel."),
                    f"Parcel {row.code} has {', '.join(own[:_PLACES]) or 'any units but those of others'}.",
                    f"Put it into parcel {where}." if where else "Put it back, and take one of these.",
                )
        if own and len(set(serials)) != qty:
            raise Refused(
                "parcel.serials",
                f"Line {number}: read {counted(len(set(serials)), 'serial')}.",
                f"Expected the serials of {counted(qty, 'unit')}.",
                "Scan each unit once.",
            )


def _gone(
    row: Row[Any], mine: Spread, missing: Mapping[int, int], found: Mapping[int, PickedLine]
) -> list[LineClaim]:
    """The claims of what is missing."""
    gone = list[LineClaim]()
    for number, qty in missing.items():
        claims = of_line(mine.parcels.get(row.code, ()), number)
        own = {serial for _, serial in named(claims)}
        if own:
            told = set(found[number].missing)
            if len(told) != qty or not told <= own - set(found[number].serials):
                raise Refused(
                    "parcel.serials",
                    f"Line {number} misses {counted(qty, 'unit')}, and read "
                    f"{counted(len(told), 'serial')} that it misses.",
                    f"Expected which of {', '.join(sorted(own)[:_PLACES])} were not found.",
                    "Name the missing serials.",
                )
            claims = tuple(claim for claim in claims if claim.scope.serial in told)
        taken = take(claims, qty)
        if units(taken) != qty:
            raise RuntimeError(f"parcel {row.code} line {number} has no claims of {qty} units")
        gone += taken
    return gone


def _unseen(act: Act, row: Row[Any], gone: Sequence[LineClaim]) -> dict[int, list[Pick]]:
    """The units that stock still shows for claims which found nothing, by line."""
    stock = look(act.conn, row.owner, [claim.item for claim in gone], act.posted_at)
    found = defaultdict[int, list[Pick]](list)
    for claim in gone:
        # What is past its date, or gone already, is on no shelf that could be promised.
        shown = min(claim.qty, stock.covers[claim.item].placed(RESERVED, claim.scope))
        if shown:
            found[claim.line] += stock.pick(Claimed(claim.item, claim.scope, shown, claim.per))
    return found


def _quarantine(
    act: Act,
    row: Row[Any],
    lines: Mapping[int, Row[Any]],
    missing: Mapping[int, int],
    unseen: Mapping[int, Sequence[Pick]],
) -> None:
    """Takes what was not found out of what can be promised, in one event; whoever waits gets other units."""
    moves = tuple(_not_found(pick, row.code) for picks in unseen.values() for pick in picks)
    if moves:
        told = [
            {"line": number, "sku": lines[number].sku, "difference": -qty, "reason": NOT_FOUND}
            for number, qty in missing.items()
        ]
        body = {"document": row.code, "order": row.order_code, "lines": told}
        subject = (f"order:{row.order_code}", f"parcel:{row.code}")
        record(act, act.event(EventKind.STOCK_ADJUSTED, subject, moves, body))


def _not_found(pick: Pick, parcel: str) -> Move:
    there = replace(pick.account, status=Status.QUARANTINED, reason=NOT_FOUND)
    return Move(pick.qty, pick.account, there, MoveKind.ADJUST, NOT_FOUND, parcel)


def _tell_short(
    act: Act,
    row: Row[Any],
    lines: Mapping[int, Row[Any]],
    missing: Mapping[int, int],
    unseen: Mapping[int, Sequence[Pick]],
) -> None:
    for number, qty in missing.items():
        sku = lines[number].sku
        places = sorted({pick.account.location for pick in unseen.get(number, ())})
        case = Case(
            key=f"pick.short:{row.owner}:{sku}:{row.site}",
            type="pick.short",
            subject=f"sku:{sku}",
            owner_role="planner",
            fix=f"{qty} of {sku} were not found at {row.site} for parcel {row.code}; stock shows them there "
            f"as quarantined ({NOT_FOUND}). Count {', '.join(places[:_PLACES]) or row.site}: count the units "
            "back in if they are there, else write them off.",
            sku=sku,
            qty=qty,
            at=f"site:{row.site}",
        )
        open_case(act.conn, case, act.posted_at)
    told = [
        {"line": number, "sku": lines[number].sku, "qty": lines[number].qty, "missing": qty}
        for number, qty in missing.items()
    ]
    document = {"parcel": row.code, "site": row.site, "lines": told}
    note(act, [Decision(f"order:{row.order_code}", PICK_SHORT, document)])


_PLACES = 10
