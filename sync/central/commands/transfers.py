"""Transfers as documents: drafted, approved, picked, shipped, on their way, arrived, closed or cancelled.

What arrives is in `transfer_receipts`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, insert

from app.domain.account import Account, Status
from app.domain.clock import to_text
from app.domain.codes import CodeFamily
from app.domain.counted import counted
from app.domain.event import EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import lane
from app.domain.refusal import Refused
from app.domain.reservation import Claim, Reservation
from sync.central.commands.catalogue import require_items, require_site
from sync.central.commands.numbers import given_or_next
from sync.central.commands.requests import LinePart
from sync.central.commands.shapes import require_numbered
from sync.central.commands.transfers_asked import NewTransfer, NewTransferLine, TransferParts
from sync.central.rules.explain import CAPTURED, lines_told
from sync.central.rules.outcomes import Conflict, Declined, missing
from sync.central.rules.picking import Pick
from sync.central.rules.promise import Claimed, Want, grant_all
from sync.central.rules.transfer import Milestone, require_step
from sync.central.store import claims, transfers
from sync.central.store.act import Act
from sync.central.store.backorders import settle
from sync.central.store.decisions import Decision, note
from sync.central.store.declining import declined
from sync.central.store.stock import look
from sync.central.store.tables import transfer, transfer_line
from sync.central.store.transfer_bookings import given_up
from sync.central.store.transfer_cases import restate
from sync.central.store.transfer_early import derive


def draft(act: Act, asked: NewTransfer) -> dict[str, object]:
    """Notes what is to go from one site to another; no unit is claimed or moved by that.

    Raises:
        Conflict: the code is taken.
        Refused: it leads nowhere, a line's number or item stands twice, or an item or site is unknown.
    """
    _check(asked.lines)
    if asked.source == asked.target:
        raise Refused(
            "transfer.nowhere",
            f"Read a transfer from {asked.source} to itself.",
            "Expected two sites.",
            "Correct the target.",
        )
    for site in (asked.source, asked.target):
        require_site(act.conn, site)
    require_items(act.conn, [line.sku for line in asked.lines])
    code = given_or_next(act.conn, CodeFamily.TRANSFER, asked.transfer, transfer.c.code)
    head = asked.model_dump(include={"owner", "source", "target", "note"})
    due = to_text(asked.due) if asked.due else None
    act.conn.execute(insert(transfer).values(code=code, **head, due_at=due, state=Milestone.DRAFTED.value))
    rows = [
        {"transfer": code, "line": n.line, "sku": n.sku, "lot": n.lot or "", "qty": n.qty}
        for n in asked.lines
    ]
    act.conn.execute(insert(transfer_line), rows)
    transfers.reach(act, code, Milestone.DRAFTED)
    return _shown(act, code)


def _check(lines: Sequence[NewTransferLine]) -> None:
    """Which line a unit belongs to must follow from its item and lot, since nothing else tells on arrival."""
    require_numbered([line.line for line in lines])
    units = Counter(line.sku for line in lines)
    if len({(line.sku, line.lot) for line in lines}) != len(lines) or any(
        units[line.sku] > 1 and line.lot is None for line in lines
    ):
        raise Refused(
            "transfer.lines",
            "Read one item on several lines that are not each of another lot.",
            "Expected an item once, or once for each lot.",
            "Put its units on one line.",
        )


def approve(act: Act, code: str) -> dict[str, object] | Declined:
    """Claims the units at the source for good; declined, and nothing claimed, when not all are available.

    Approved again, it claims what was lost meanwhile; one that is picked stays so.

    Raises:
        Missing: no such transfer.
        Conflict: it is beyond that.
    """
    row = _at(act, code, Milestone.APPROVED)
    lines = [line for line in transfers.lines_of(act.conn, code) if line.qty > line.claimed]
    # What may be promised to no customer any more may be sent to another site all the same.
    skus = list(dict.fromkeys(line.sku for line in lines))
    stock = look(act.conn, row.owner, skus, act.posted_at).under(dict.fromkeys(skus))
    wants = [
        Want(line.line, line.sku, line.qty - line.claimed, scope=transfers.scope(row, line)) for line in lines
    ]
    grants = grant_all(wants, stock.offer)
    if any(grant.qty < grant.want.qty for grant in grants):
        return declined(act, transfers.document_of(code), "transfer.not_available", stock, grants)
    claims.claim(
        act.conn,
        [
            Reservation(
                row.owner,
                claimed.item,
                "",
                transfers.document_of(code),
                grant.want.line,
                claimed.qty,
                Claim.HARD,
                claimed.scope,
            )
            for grant in grants
            for claimed in grant.claims()
        ],
    )
    told = [line.to_json() for line in lines_told(grants, stock.figures)]
    note(act, [Decision(transfers.document_of(code), CAPTURED, {"lines": told})])
    if row.state == Milestone.PICKED:
        transfers.note(act, code, transfers.AGAIN)
    else:
        transfers.reach(act, code, Milestone.APPROVED)
    return _shown(act, code)


def pick(act: Act, code: str, asked: TransferParts) -> dict[str, object]:
    """Counts units as in hand; they stay claimed where they are until they are shipped.

    Raises:
        Missing: no such transfer or line.
        Conflict: it is not approved, or a line has not that many left to pick.
    """
    _at(act, code, Milestone.PICKED)
    lines = transfers.lines_of(act.conn, code)
    units = _parts(asked.lines, {line.line: line.to_pick for line in lines}, "claimed and not picked")
    transfers.count(act.conn, code, "picked", units)
    transfers.reach(act, code, Milestone.PICKED)
    return _shown(act, code)


def ship(act: Act, code: str, asked: TransferParts) -> dict[str, object]:
    """Moves exactly the claimed units from the source into the lane, in one event.

    Those that were received before, and booked as over, leave the lane again in the next: they have arrived.

    Raises:
        Missing: no such transfer or line.
        Conflict: it is not picked, or a line has not that many in hand.
    """
    row = _at(act, code, Milestone.SHIPPED)
    lines = transfers.lines_of(act.conn, code)
    stock = look(act.conn, row.owner, (line.sku for line in lines), act.posted_at)
    if stock.short:
        # What is past its date is no part of it.
        settle(act, row.owner, stock.short.keys())
        lines = transfers.lines_of(act.conn, code)
        stock = look(act.conn, row.owner, (line.sku for line in lines), act.posted_at)
    units = _parts(asked.lines, {line.line: line.to_ship for line in lines}, "picked and not shipped")
    moves, spent = list[Move](), list[dict[str, Any]]()
    left = Counter(units)
    for claim in claims.of_document(act.conn, transfers.document_of(code)):
        take = min(left[claim.line], claim.qty)
        if take:
            left[claim.line] -= take
            picks = stock.pick(Claimed(claim.item, claims.scope_of(claim), take))
            moves += [_leave(row, pick) for pick in picks]
            spent.append({"id": claim.id, "qty": take})
    told = transfers.event_lines(lines, qty=units)
    event = act.event(
        EventKind.TRANSFER_SHIPPED, _subject(code), tuple(moves), {"transfer": code, "lines": told}
    )
    act.record(event)
    claims.unclaim(act.conn, spent)
    transfers.count(act.conn, code, "shipped", units)
    transfers.reach(act, code, Milestone.SHIPPED, event.event_id)
    for made in derive(act, row):
        act.record(made)
    return _shown(act, code)


def _leave(row: Row[Any], pick: Pick) -> Move:
    here = pick.account
    there = Account(
        here.owner,
        here.item,
        lane(row.source, row.target),
        Status.IN_TRANSIT,
        lot=here.lot,
        serial=here.serial,
        label=here.label,
        grade=here.grade,
    )
    return Move(pick.qty, here, there, MoveKind.TRANSFER, document=row.code)


def depart(act: Act, code: str) -> dict[str, object]:
    """It is on its way; what did not leave with it is free again.

    Raises:
        Missing: no such transfer.
        Conflict: it is not shipped, or has departed.
    """
    return _go_on(act, code, Milestone.IN_TRANSIT)


def arrive(act: Act, code: str) -> dict[str, object]:
    """It stands at the target's dock; its units are received one call after the other.

    Raises:
        Missing: no such transfer.
        Conflict: it is not on its way.
    """
    return _go_on(act, code, Milestone.ARRIVED)


def cancel(act: Act, code: str) -> dict[str, object]:
    """Gives it up before anything left; its claims are free again.

    Raises:
        Missing: no such transfer.
        Conflict: something has left, or it has ended.
    """
    return _go_on(act, code, Milestone.CANCELLED)


def _go_on(act: Act, code: str, milestone: Milestone) -> dict[str, object]:
    row = _at(act, code, milestone)
    transfers.reach(act, code, milestone)
    give_back(act, row)
    return _shown(act, code)


def give_back(act: Act, row: Row[Any]) -> None:
    """Frees what a transfer claims and will not take along; whoever waits for it gets it."""
    freed = transfers.release(act, row.code)
    if freed:
        settle(act, row.owner, freed)


def close(act: Act, code: str) -> dict[str, object]:
    """Ends it: units that are still on their way are short, and leave the lane for the count's end.

    One exception a line says how many and what they are worth.

    Raises:
        Missing: no such transfer.
        Conflict: nothing of it ever left, or it has ended.
    """
    row = _at(act, code, Milestone.CLOSED)
    lines = transfers.lines_of(act.conn, code)
    moves = given_up(act.conn, row)
    short = {line.line: line.on_the_way for line in lines if line.on_the_way}
    event_id = None
    if moves:
        body = {"transfer": code, "lines": transfers.event_lines(lines, short=short)}
        event = act.event(EventKind.TRANSFER_CLOSED, _subject(code), moves, body)
        act.record(event)
        event_id = event.event_id
    transfers.count(act.conn, code, "short", short)
    restate(act, row, short=short)
    transfers.reach(act, code, Milestone.CLOSED, event_id)
    give_back(act, row)
    return _shown(act, code)


def _at(act: Act, code: str, step: Milestone) -> Row[Any]:
    row = transfers.find(act.conn, code)
    require_step(code, row.state, step)
    return row


def _parts(asked: Sequence[LinePart], has: Mapping[int, int], what: str) -> dict[int, int]:
    """Units by line: what is asked for, or everything there is; never nothing at all."""
    units = Counter[int]()
    for part in asked:
        if part.line not in has:
            raise missing("transfer.line", str(part.line))
        units[part.line] += part.qty
    found = dict(units) if asked else {line: qty for line, qty in has.items() if qty > 0}
    for line, qty in found.items():
        if qty > has[line]:
            raise Conflict(
                "transfer.not_there",
                f"Line {line}: asked for {counted(qty, 'unit')}.",
                f"It has {has[line]} {what}.",
                "Ask for no more than that.",
            )
    if not found:
        raise Conflict(
            "transfer.nothing",
            f"Read a transfer with nothing {what}.",
            "Expected units.",
            "Look at its lines.",
        )
    return found


def _subject(code: str) -> tuple[str, ...]:
    return (transfers.document_of(code),)


def _shown(act: Act, code: str) -> dict[str, object]:
    transfers.publish(act.conn, code)
    return transfers.document(act.conn, code, act.posted_at)
