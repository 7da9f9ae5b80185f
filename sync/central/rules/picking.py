"""Which accounts units are taken from: named serials, else unlabelled before labelled and oldest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.account import Account


@dataclass(frozen=True, slots=True)
class Shelf:
    """Units of one account; a smaller `number` was there earlier."""

    number: int
    account: Account
    qty: int


@dataclass(frozen=True, slots=True)
class Pick:
    """Units to take from an account."""

    account: Account
    qty: int


class Picker:
    """Shelves that get emptied while lines are picked.

    Args:
        shelves: what is there; accounts at or below zero are passed over.
        claimed: (item, serial) pairs that orders claimed by name; only a pick by name takes them.
    """

    def __init__(self, shelves: Iterable[Shelf], claimed: frozenset[tuple[str, str]] = frozenset()) -> None:
        self._claimed = claimed
        self._left: defaultdict[str, list[Shelf]] = defaultdict(list)
        for shelf in sorted(shelves, key=lambda s: (s.account.label is not None, s.number)):
            if shelf.qty > 0:
                self._left[shelf.account.item].append(shelf)

    def take(self, item: str, qty: int, serials: Sequence[str] = ()) -> tuple[Pick, ...]:
        """Up to `qty` units; with `serials` exactly those that are here, one of each."""
        picks, rest, open_qty, named = list[Pick](), list[Shelf](), qty, set(serials)
        for shelf in self._left[item]:
            if serials:
                take = min(1, open_qty) if shelf.account.serial in named else 0
                named.discard(shelf.account.serial or "")
            else:
                take = 0 if self._is_claimed(shelf) else min(shelf.qty, open_qty)
            if take:
                picks.append(Pick(shelf.account, take))
                open_qty -= take
            if take < shelf.qty:
                rest.append(Shelf(shelf.number, shelf.account, shelf.qty - take))
        self._left[item] = rest
        return tuple(picks)

    def _is_claimed(self, shelf: Shelf) -> bool:
        return (
            shelf.account.serial is not None and (shelf.account.item, shelf.account.serial) in self._claimed
        )
