"""Units that were received before their shipment was told: once that is known, they are over no more.

A station may not have heard of a shipment, or of units that were given up, when it receives them: they are on
its dock once, whatever it called them. When such a receipt is taken back, they are on their way again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row

from app.domain.account import Account, Status
from app.domain.event import Event, EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.rules.transfer import BOOKED_OVER, BOOKED_SHORT, TransferLine
from sync.central.store import transfers
from sync.central.store.act import Act
from sync.central.store.put_backs import line_of
from sync.central.store.transfer_bookings import (
    Booked,
    booked_over,
    booked_short,
    lost_as,
    met_from,
    over_beyond,
    short_beyond,
)


class Early:
    """What arrived of a transfer ahead of its shipment, as it is met by what leaves now.

    `sound`, `damaged` and `over` are by how much the lines' counters change; `over` is below zero.

    Args:
        row: the transfer.
        lines: as they were before.
        booked: what is booked as over.
    """

    def __init__(self, row: Row[Any], lines: Sequence[TransferLine], booked: Sequence[Booked]) -> None:
        self._code = row.code
        self._room = {line.line: line.over for line in lines}
        self._booked = list(booked)
        self.sound = Counter[int]()
        self.damaged = Counter[int]()
        self.over = Counter[int]()

    def meet(self, line: int, here: Account, among: int) -> Iterator[Move]:
        """Takes units out of an account of the lane, to where those at the target already were taken from."""
        left = min(among, self._room[line])
        # The very serials first; within one account of the count's end the oldest, as they are read again.
        for n in sorted(range(len(self._booked)), key=lambda n: self._booked[n].end.serial != here.serial):
            entry = self._booked[n]
            qty = min(left, entry.qty) if _may_be(entry.end, here) else 0
            if qty:
                left -= qty
                self._booked[n] = Booked(entry.end, entry.other, entry.qty - qty)
                self._count(line, qty, entry)
                yield Move(qty, here, entry.end, MoveKind.ADJUST, BOOKED_OVER, self._code)

    def _count(self, line: int, qty: int, entry: Booked) -> None:
        self._room[line] -= qty
        self.over[line] -= qty
        (self.damaged if entry.other.status is Status.DAMAGED else self.sound)[line] += qty


def _may_be(end: Account, here: Account) -> bool:
    """True when both are of one item, and nothing that was read of either says that they are different."""
    return end.item == here.item and all(
        None in {told, known} or told == known
        for told, known in ((end.lot, here.lot), (end.serial, here.serial))
    )


def met(act: Act, row: Row[Any]) -> Event | None:
    """The event by which units over are those on their way, or given up there; None when none are both."""
    lines = transfers.lines_of(act.conn, row.code)
    if not any(line.over > 0 for line in lines):
        return None
    early = Early(row, lines, booked_over(act.conn, row))
    moves, short = list[Move](), Counter[int]()
    for shelf in transfers.on_the_way(act.conn, row):
        moves += early.meet(line_of(shelf.account, lines), shelf.account, shelf.qty)
    for lost in booked_short(act.conn, row):
        line = line_of(lost.other, lines)
        for gone in early.meet(line, lost.other, lost.qty):
            found = Move(gone.qty, lost.end, lost.other, MoveKind.ADJUST, BOOKED_SHORT, row.code)
            moves += [found, gone]
            short[line] -= gone.qty
    if not moves:
        return None
    told = transfers.event_lines(
        lines, received=early.sound, damaged=early.damaged, short=short, over=early.over
    )
    return _event(act, row, moves, told)


def parted(act: Act, row: Row[Any], undo: Event) -> Event | None:
    """The event by which an undo of units that had been met leaves them on their way; None for no such units.

    The other way round, units that came after all stay no longer short once nobody says any more that they
    are missing.
    """
    lines = transfers.lines_of(act.conn, row.code)
    over, missing = over_beyond(act.conn, row), short_beyond(act.conn, row)
    moves, told = list[Move](), defaultdict[str, Counter[int]](Counter)
    for move in undo.moves:
        if move.target.location == Virtual.COUNT:
            name = "damaged" if move.source.status is Status.DAMAGED else "received"
            left = min(move.qty, over[move.target])
            over[move.target] -= left
            for here, among in met_from(act.conn, row, move.target):
                qty = min(left, among)
                left -= qty
                if qty:
                    moves.append(Move(qty, move.target, here, MoveKind.ADJUST, BOOKED_OVER, row.code))
                    line = line_of(here, lines)
                    told["over"][line] += qty
                    told[name][line] -= qty
        elif move.source.location == Virtual.COUNT and (
            qty := min(move.qty, missing[lost_as(move.source, move.target)])
        ):
            missing[lost_as(move.source, move.target)] -= qty
            moves.append(Move(qty, move.target, move.source, MoveKind.ADJUST, BOOKED_SHORT, row.code))
            told["short"][line_of(move.target, lines)] += qty
    return _event(act, row, moves, transfers.event_lines(lines, **told)) if moves else None


def _event(act: Act, row: Row[Any], moves: Sequence[Move], told: list[dict[str, object]]) -> Event:
    body = {"transfer": row.code, "lines": told}
    return act.event(EventKind.TRANSFER_UNDONE, (transfers.document_of(row.code),), tuple(moves), body)
