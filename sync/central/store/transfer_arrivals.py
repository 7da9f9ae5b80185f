"""What follows from receipts that stations recorded: lines are counted, cases opened, nothing counts twice.

A station's moves are posted as they are. Units that another receipt took out of the lane before are put back
by an event of the centre, with one exception for a person: goods are on a shelf once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from app.domain.event import Event, EventKind
from app.domain.fields import Fields
from app.domain.move import Move, MoveKind
from app.domain.place import lane
from sync.central.rules.transfer import BOOKED_SHORT, ENDED, Milestone, TransferLine, may_follow
from sync.central.store import put_backs, transfer_early, transfers
from sync.central.store.act import Act
from sync.central.store.backorders import settle
from sync.central.store.chain import CENTRE, CentreChain
from sync.central.store.exceptions import Case, open_case
from sync.central.store.journal import Fact
from sync.central.store.tables import event, location, transfer
from sync.central.store.transfer_bookings import booked_over, booked_short, given_up
from sync.central.store.transfer_cases import elsewhere_case, restate, strange_case

KINDS = frozenset({EventKind.TRANSFER_RECEIVED, EventKind.TRANSFER_UNDONE})
COUNTED = ("received", "damaged", "short", "over")
_CASES = frozenset({"over", "damaged", "short"})
SHORT_AGAIN = "short_again"
"""What is noted when units are short because a receipt was taken back after the transfer had ended."""
SHORT_NO_LONGER = "short_no_longer"
"""What is noted when a station received units that were given up on their way."""
TAKEN_BACK = "receipt_undone"
"""What is noted when a station took its receipt back."""
UNDONE_BEFORE = "undone_before"
"""What is noted when the centre made up for a receipt that was taken back a second time."""


def follow(
    conn: Connection, fact: Fact, posted_at: datetime, chain: CentreChain
) -> Iterator[tuple[Act, Event]]:
    """What the centre records because a station received a transfer, or took that back; one of `KINDS`.

    Each is recorded by the caller before the next is asked for.
    """
    happened = fact.event
    act = Act(conn, chain, happened.operator, f"event:{happened.event_id}", fact.dated, posted_at)
    code = Fields(happened.body, "receipt of a transfer").text("transfer")
    row = conn.execute(_by_code, {"code": code}).one_or_none()
    if row is None:
        open_case(conn, _unknown(happened, code), posted_at)
        return
    steps = (_received if happened.kind == EventKind.TRANSFER_RECEIVED else _undone)(act, row, happened)
    for made in steps:
        yield act, made
    transfers.publish(conn, code, happened.event_id)


def _received(act: Act, row: Row[Any], receipt: Event) -> Iterator[Event]:
    lines = transfers.lines_of(act.conn, row.code)
    beyond = _beyond(act.conn, row, receipt)
    found, beyond = _short_no_longer(act.conn, row, beyond)
    told = _told(receipt.body, lines)
    _count(act, row.code, told, 1)
    goes_on = may_follow(row.state, Milestone.RECEIVED)
    if goes_on:
        transfers.reach(act, row.code, Milestone.RECEIVED, receipt.event_id)
    else:
        transfers.note(act, row.code, transfers.LATE, receipt.event_id)
    if found:
        came = Counter[int]()
        for move in found:
            came[put_backs.line_of(move.target, lines)] += move.qty
        short = {line: -qty for line, qty in came.items()}
        body = {"transfer": row.code, "lines": transfers.event_lines(lines, short=short)}
        light = act.event(EventKind.TRANSFER_UNDONE, (transfers.document_of(row.code),), found, body)
        yield light
        _count(act, row.code, {"short": short}, 1)
        transfers.note(act, row.code, SHORT_NO_LONGER, light.event_id)
        restate(act, row, short=short)
    if beyond:
        made = put_backs.put_back(act, row, receipt, beyond, lines)
        yield made
        _noted(act, row, made, put_backs.TWICE, lines)
        put_backs.restate_twice(act, row)
    yield from transfer_early.derive(act, row)
    if goes_on and (freed := transfers.release(act, row.code)):
        settle(act, row.owner, freed)
    _note_unfit(act, row, receipt, told)


def _undone(act: Act, row: Row[Any], undo: Event) -> Iterator[Event]:
    before = lines = transfers.lines_of(act.conn, row.code)
    told = _told(undo.body, lines)
    _count(act, row.code, told, -1)
    transfers.note(act, row.code, TAKEN_BACK, undo.event_id)
    if act.conn.scalar(_first_undo, {"of": undo.corrects or ""}) != undo.event_id:
        # Its units are in the lane already: one receipt is taken back once.
        made = _made_up_for(act, row, undo, lines)
        yield made
        _noted(act, row, made, UNDONE_BEFORE, lines)
        return
    # What was put back of the very one that is taken back goes first: those units were never there twice.
    yield from _again(act, row, lines, lambda put: put.receipt == undo.corrects)
    yield from transfer_early.missing_again(act, row, undo)
    yield from _again(act, row, lines, lambda _: True)
    yield from transfer_early.derive(act, row)
    if row.state in ENDED and (lost := given_up(act.conn, row)):
        # Nothing of it is on its way any more: what did not come is short, as when it was closed.
        lines = transfers.lines_of(act.conn, row.code)
        short = {line.line: line.on_the_way for line in lines if line.on_the_way}
        body = {"transfer": row.code, "lines": transfers.event_lines(lines, short=short)}
        closed = act.event(EventKind.TRANSFER_CLOSED, (transfers.document_of(row.code),), lost, body)
        yield closed
        _count(act, row.code, {"short": short}, 1)
        transfers.note(act, row.code, SHORT_AGAIN, closed.event_id)
    after = {line.line: line for line in transfers.lines_of(act.conn, row.code)}
    touched = {
        name: [line.line for line in before if getattr(line, name) != getattr(after[line.line], name)]
        for name in sorted(_CASES)
    }
    restate(act, row, **touched)


def _again(
    act: Act, row: Row[Any], lines: Sequence[TransferLine], which: Callable[[put_backs.PutBack], bool]
) -> Iterator[Event]:
    """Receipts of which units were put back have those that another one has no more, oldest first."""
    stood = [put for put in put_backs.standing(act.conn, row.code) if which(put)]
    for put in stood:
        left = {shelf.account: shelf.qty for shelf in transfer_early.in_lane(act.conn, row)}
        made = put_backs.counted_again(act, row, put, lines, left)
        if made is not None:
            yield made
            _noted(act, row, made, put_backs.TWICE, lines)
    if stood:
        put_backs.restate_twice(act, row)


def _made_up_for(act: Act, row: Row[Any], undo: Event, lines: Sequence[TransferLine]) -> Event:
    """Takes an undo back whose receipt had been taken back before."""
    moves = tuple(
        Move(move.qty, move.target, move.source, MoveKind.UNDO, "taken back before", row.code)
        for move in reversed(undo.moves)
    )
    told = transfers.event_lines(lines, **_told(undo.body, lines))
    body = {"transfer": row.code, "undoes": undo.event_id, "lines": told}
    return act.event(EventKind.TRANSFER_UNDONE, (transfers.document_of(row.code),), moves, body)


def _noted(act: Act, row: Row[Any], made: Event, what: str, lines: Sequence[TransferLine]) -> None:
    """Counts what a centre-made event tells, and notes it among the milestones."""
    _count(act, row.code, _told(made.body, lines), 1)
    transfers.note(act, row.code, what, made.event_id)


def _beyond(conn: Connection, row: Row[Any], receipt: Event) -> list[tuple[Move, int]]:
    """Moves out of the lane of units that are not there any more, with how many of them."""
    left = {shelf.account: shelf.qty for shelf in transfer_early.in_lane(conn, row)}
    here, found = lane(row.source, row.target), list[tuple[Move, int]]()
    for move in receipt.moves:
        if move.source.location != here:
            continue
        there = min(move.qty, left.get(move.source, 0))
        left[move.source] = left.get(move.source, 0) - there
        if move.qty > there:
            found.append((move, move.qty - there))
    return found


def _short_no_longer(
    conn: Connection, row: Row[Any], beyond: Sequence[tuple[Move, int]]
) -> tuple[tuple[Move, ...], list[tuple[Move, int]]]:
    """Units that were given up on their way and were received after all: back into the lane they came by.

    With those moves goes what is beyond them as well.
    """
    found, left = list[Move](), list[tuple[Move, int]]()
    given = booked_short(conn, row) if beyond else []
    there = [entry.qty for entry in given]
    for move, qty in beyond:
        open_qty = qty
        for n, entry in enumerate(given):
            some = min(open_qty, there[n]) if entry.other == move.source else 0
            if some:
                there[n] -= some
                open_qty -= some
                found.append(Move(some, entry.end, entry.other, MoveKind.ADJUST, BOOKED_SHORT, row.code))
        if open_qty:
            left.append((move, open_qty))
    return tuple(found), left


def _told(body: Mapping[str, object], lines: Sequence[TransferLine]) -> dict[str, dict[int, int]]:
    """Units by line for each counter, of the lines that the transfer has."""
    known = {line.line for line in lines}
    found: dict[str, dict[int, int]] = {name: {} for name in COUNTED}
    for entry in Fields(body, "receipt of a transfer").objects("lines"):
        number = entry.whole("line")
        for name in COUNTED:
            qty = entry.raw().get(name, 0)
            if number in known and isinstance(qty, int) and qty:
                found[name][number] = found[name].get(number, 0) + qty
    return found


def _count(act: Act, code: str, told: Mapping[str, Mapping[int, int]], sign: int) -> None:
    for column, units in told.items():
        transfers.count(act.conn, code, column, {line: sign * qty for line, qty in units.items()})


def _note_unfit(act: Act, row: Row[Any], receipt: Event, told: Mapping[str, Mapping[int, int]]) -> None:
    restate(act, row, short=list(told["short"]), over=list(told["over"]), damaged=list(told["damaged"]))
    strange = receipt.body.get("strange")
    if isinstance(strange, Mapping):
        total = Counter[str]()
        for found in booked_over(act.conn, row).booked:
            total[found.end.item] += found.qty
        for sku in strange:
            open_case(act.conn, strange_case(row, str(sku), total[str(sku)]), act.posted_at)
    place = str(receipt.body.get("location"))
    site = act.conn.scalar(_site, {"code": place})
    if site != row.target:
        open_case(act.conn, elsewhere_case(row, place, site), act.posted_at)


def _unknown(receipt: Event, code: str) -> Case:
    return Case(
        key=f"transfer.unknown:{receipt.event_id}",
        type="transfer.unknown",
        subject=transfers.document_of(code),
        at=f"event:{receipt.event_id}",
        owner_role="planner",
        fix=f"A station received transfer {code}, which this centre does not know; its moves are posted. "
        "Find out whose goods these are.",
    )


_by_code = select(transfer).where(transfer.c.code == bindparam("code"))
_site = select(location.c.site).where(location.c.code == bindparam("code"))
_first_undo = (
    select(event.c.event_id)
    .where(
        event.c.corrects == bindparam("of"),
        event.c.kind == str(EventKind.TRANSFER_UNDONE),
        event.c.origin != CENTRE,
    )
    .order_by(event.c.id)
    .limit(1)
)
