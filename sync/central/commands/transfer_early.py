"""Units that were received before their shipment was told: shipped at last, they are over no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row

from app.domain.account import Account, Status
from app.domain.move import Move, MoveKind
from sync.central.rules.transfer import BOOKED_OVER, TransferLine
from sync.central.store.transfer_bookings import Booked


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

    def meet(self, line: int, leaving: Move) -> Iterator[Move]:
        """Takes units that are at the target already out of the lane again, to where they were taken from."""
        here = leaving.target
        left = min(leaving.qty, self._room[line])
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
