"""Moves between a place and the count's end: what a count found more or less of an item."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.domain.account import Account, Status
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.rules.picking import Pick, Shelf


def made_good(short: dict[Account, int], qty: int, reason: str, document: str) -> tuple[list[Move], int]:
    """Units that were found where more had left than was recorded: they are those, and no others beside them.

    `short` are units below zero by account, which become fewer by it. With the moves goes how many are left.
    """
    moves, left = list[Move](), qty
    for account, missing in list(short.items()):
        some = min(left, missing)
        if some > 0:
            moves.append(Move(some, end_of(account), account, MoveKind.ADJUST, reason, document))
            short[account] -= some
            left -= some
    return moves, left


def more(here: Account, qty: int, unseen: Iterable[Pick], reason: str, document: str) -> list[Move]:
    """Units that were found: those that were looked for in vain before are these, the rest are new here."""
    moves, left = list[Move](), qty
    for pick in unseen:
        back = replace(pick.account, status=Status.SELLABLE, reason=None)
        moves.append(Move(pick.qty, pick.account, back, MoveKind.ADJUST, reason, document))
        left -= pick.qty
    return [*moves, Move(left, end_of(here), here, MoveKind.ADJUST, reason, document)] if left else moves


def less(here: Account, qty: int, shelves: Sequence[Shelf], reason: str, document: str) -> list[Move]:
    """Units that were not found: from what can be sold first; what nothing accounts for stands below zero."""
    taken: dict[Account, int] = {}
    left = qty
    for shelf in sorted(shelves, key=_rank):
        some = min(left, shelf.qty)
        if some > 0:
            taken[shelf.account] = taken.get(shelf.account, 0) + some
            left -= some
    if left:
        taken[here] = taken.get(here, 0) + left
    return [
        Move(units, account, end_of(account), MoveKind.ADJUST, reason, document)
        for account, units in taken.items()
    ]


def _rank(shelf: Shelf) -> tuple[bool, bool, int]:
    return shelf.serial is not None, shelf.status is not Status.SELLABLE, shelf.number


def end_of(here: Account) -> Account:
    """The count's end for units of an account."""
    return Account(here.owner, here.item, Virtual.COUNT, lot=here.lot, serial=here.serial)
