"""Units that a station calls over may be those on their way: it had not heard yet that they left.

They are on its dock once, whatever it called them. Which of those on their way they are nobody said, so that
is derived anew whenever a receipt, an undo or a shipment tells more: what is told goes before what is taken
for granted, and the order in which it came makes no difference.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, bindparam, or_, select

from app.domain.account import Account, Status
from app.domain.event import Event, EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.rules.picking import Shelf
from sync.central.rules.transfer import BOOKED_OVER, BOOKED_SHORT, TransferLine
from sync.central.store import transfers
from sync.central.store.act import Act
from sync.central.store.chain import CENTRE
from sync.central.store.put_backs import line_of
from sync.central.store.tables import event, transfer_milestone
from sync.central.store.transfer_bookings import (
    Booked,
    booked_over,
    booked_short,
    lost_as,
    short_beyond,
)
from sync.central.store.transfer_cases import restate

KNOWN = "over_known"
"""What is noted when units over are taken for others on their way than before."""
_COUNTERS = ("received", "damaged", "over")


@dataclass(slots=True)
class Taken:
    """What units over are taken for.

    `units` are they by the count's end that they came from and the account in the lane; `counted` says by how
    much that changes the lines' counters, of which `over` is below zero.
    """

    units: Counter[tuple[Account, Account]] = field(default_factory=Counter)
    counted: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))


def in_lane(conn: Connection, row: Row[Any]) -> tuple[Shelf, ...]:
    """The units on their way as far as anybody told: those that units over are taken for are among them."""
    return _shelves(conn, row, booked_over(conn, row).taken)


def _shelves(
    conn: Connection, row: Row[Any], taken: Mapping[tuple[Account, Account], int]
) -> tuple[Shelf, ...]:
    held = {shelf.account: (shelf.number, shelf.qty) for shelf in transfers.on_the_way(conn, row)}
    later = max((number for number, _ in held.values()), default=0) + 1
    for (_, here), qty in taken.items():
        number, left = held.get(here, (later, 0))
        held[here] = number, left + qty
    return tuple(Shelf.of(number, here, qty) for here, (number, qty) in held.items() if qty)


def derive(act: Act, row: Row[Any]) -> Iterator[Event]:
    """The events by which units over are taken for what they may be now; none where that is what it was.

    Each is recorded by the caller before more is asked for: the lines and their cases then say so, too.
    """
    over = booked_over(act.conn, row)
    if not over.booked and not any(over.taken.values()):
        return
    booked, before = over.booked, Taken(over.taken, _counted(act.conn, row.code))
    yield from _turned_up(act, row, booked, before)
    lines = transfers.lines_of(act.conn, row.code)
    now = _taken(lines, booked, _shelves(act.conn, row, before.units), _room(lines, before))
    changed = {
        name: {line.line: now.counted[name][line.line] - before.counted[name][line.line] for line in lines}
        for name in _COUNTERS
    }
    yield from _changed(act, row, list(_moves(row.code, before.units, now.units)), changed)


def _turned_up(act: Act, row: Row[Any], booked: Sequence[Booked], before: Taken) -> Iterator[Event]:
    """Units that were given up, and may be those that are over beside all on their way, are there again."""
    lost = booked_short(act.conn, row)
    if not lost:
        return
    lines, shelves = transfers.lines_of(act.conn, row.code), _shelves(act.conn, row, before.units)
    given_up = [Shelf.of(n, entry.other, entry.qty) for n, entry in enumerate(lost)]
    room = _room(lines, before)
    with_all = _taken(lines, booked, [*shelves, *given_up], dict(room)).units
    without = _taken(lines, booked, shelves, room).units
    found = Counter[Account]()
    for units, sign in ((with_all, 1), (without, -1)):
        for (_, here), qty in units.items():
            found[here] += sign * qty
    moves, short = list[Move](), Counter[int]()
    for entry in lost:
        qty = min(entry.qty, found[entry.other])
        if qty > 0:
            found[entry.other] -= qty
            short[line_of(entry.other, lines)] -= qty
            moves.append(Move(qty, entry.end, entry.other, MoveKind.ADJUST, BOOKED_SHORT, row.code))
    yield from _changed(act, row, moves, {"short": short})


def _room(lines: Sequence[TransferLine], before: Taken) -> dict[int, int]:
    """Units over by line as receipts told them."""
    return {line.line: line.over - before.counted["over"][line.line] for line in lines}


def missing_again(act: Act, row: Row[Any], undo: Event) -> Iterator[Event]:
    """The event after which units that came after all are not on their way as well; as `derive`.

    A receipt called them short, another one had them, and the first is taken back: its undo put into the lane
    what is on a dock.
    """
    lines = transfers.lines_of(act.conn, row.code)
    beyond, moves, short = short_beyond(act.conn, row), list[Move](), Counter[int]()
    for move in undo.moves if beyond else ():
        lost = lost_as(move.source, move.target)
        qty = min(move.qty, beyond[lost]) if move.source.location == Virtual.COUNT else 0
        if qty:
            beyond[lost] -= qty
            short[line_of(move.target, lines)] += qty
            moves.append(Move(qty, move.target, move.source, MoveKind.ADJUST, BOOKED_SHORT, row.code))
    yield from _changed(act, row, moves, {"short": short})


def _changed(
    act: Act, row: Row[Any], moves: Sequence[Move], changed: Mapping[str, Mapping[int, int]]
) -> Iterator[Event]:
    """An event of these moves, by which the lines' counters change, and what is asked about them with it."""
    told = transfers.event_lines(transfers.lines_of(act.conn, row.code), **changed)
    if not moves and not told:
        return
    body = {"transfer": row.code, "lines": told}
    made = act.event(EventKind.TRANSFER_UNDONE, (transfers.document_of(row.code),), tuple(moves), body)
    yield made
    transfers.note(act, row.code, KNOWN, made.event_id)
    for name, by_line in changed.items():
        transfers.count(act.conn, row.code, name, {line: qty for line, qty in by_line.items() if qty})
    asked_about = {name: by_line for name, by_line in changed.items() if name != "received"}
    restate(
        act, row, **{name: [n for n, qty in by_line.items() if qty] for name, by_line in asked_about.items()}
    )


def _taken(
    lines: Sequence[TransferLine], booked: Sequence[Booked], shelves: Sequence[Shelf], room: dict[int, int]
) -> Taken:
    """Takes units over for those on their way that they may be, the most alike first, then the oldest."""
    found, left = Taken(), [entry.qty for entry in booked]
    for shelf in shelves:
        here, line, free = shelf.account, line_of(shelf.account, lines), shelf.qty
        for n in sorted(range(len(booked)), key=lambda n: _unlike(booked[n].end, here)):
            entry = booked[n]
            qty = min(left[n], free, room[line]) if _may_be(entry.end, here) else 0
            if qty > 0:
                left[n] -= qty
                free -= qty
                room[line] -= qty
                found.units[entry.end, here] += qty
                found.counted["over"][line] -= qty
                name = "damaged" if entry.other.status is Status.DAMAGED else "received"
                found.counted[name][line] += qty
    return found


def _moves(
    code: str, before: Counter[tuple[Account, Account]], now: Counter[tuple[Account, Account]]
) -> Iterator[Move]:
    """What leads from one to the other: units go back to the lane before others are taken out of it."""
    for end, here in before:
        if (back := before[end, here] - now[end, here]) > 0:
            yield Move(back, end, here, MoveKind.ADJUST, BOOKED_OVER, code)
    for end, here in now:
        if (more := now[end, here] - before[end, here]) > 0:
            yield Move(more, here, end, MoveKind.ADJUST, BOOKED_OVER, code)


def _counted(conn: Connection, code: str) -> dict[str, Counter[int]]:
    """By how much units over that are taken for others change the lines, as the centre's events told."""
    found = defaultdict[str, Counter[int]](Counter)
    for milestone, body in conn.execute(_told, {"code": code}):
        for entry in json.loads(body)["lines"]:
            # A shipment told that of its own before: only then something of it was over.
            for name in _COUNTERS if milestone == KNOWN or "over" in entry else ():
                found[name][int(entry["line"])] += int(entry.get(name, 0))
    return found


def _may_be(end: Account, here: Account) -> bool:
    """True when both are of one item, and nothing that was read of either says that they are different."""
    return end.item == here.item and all(
        None in {told, known} or told == known
        for told, known in ((end.lot, here.lot), (end.serial, here.serial))
    )


def _unlike(end: Account, here: Account) -> tuple[bool, bool]:
    return end.serial != here.serial, end.lot != here.lot


_told = (
    select(transfer_milestone.c.milestone, event.c.body)
    .join(event, event.c.event_id == transfer_milestone.c.event_id)
    .where(
        transfer_milestone.c.transfer == bindparam("code"),
        event.c.origin == CENTRE,
        or_(transfer_milestone.c.milestone == KNOWN, event.c.kind == str(EventKind.TRANSFER_SHIPPED)),
    )
    .order_by(event.c.id)
)
