"""Which accounts units are taken from: soonest to expire, then unlabelled before labelled, then oldest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from app.domain.account import Account
from sync.central.rules.cover import Cell

NOT_FOUND = "not_found"
"""Why units are quarantined that a picker was sent for and did not find."""
_NEVER = "9999-12-31"
# What claims can tell units apart by: the parts of a cell behind its quantity.
_Alike = tuple[str | None, str | None, str | None, str | None, bool, None, str | None]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Units of one account; a smaller `number` was there earlier.

    `site` is where its location belongs, None when the centre does not know; `good_until` is its lot's date.
    """

    number: int
    account: Account
    qty: int
    site: str | None = None
    good_until: str | None = None

    @property
    def rank(self) -> tuple[str, bool, int]:
        """What is taken first sorts first."""
        return (self.good_until or _NEVER, self.account.label is not None, self.number)


@dataclass(frozen=True, slots=True)
class Pick:
    """Units to take from an account."""

    account: Account
    qty: int


@dataclass(frozen=True)
class Shelving:
    """The shelves of one item put into cells; `of` has the cell of each shelf, by the shelf's number.

    `barred` are units of a serial that is claimed by name beyond the one that is claimed: nobody gets them.
    `expired` are units past their date. Neither is in a cell.
    """

    cells: tuple[Cell, ...]
    of: dict[int, int]
    barred: int
    expired: int

    @cached_property
    def shelves(self) -> tuple[frozenset[int], ...]:
        """The numbers of the shelves of each cell."""
        found = [set[int]() for _ in self.cells]
        for number, cell in self.of.items():
            found[cell].add(number)
        return tuple(map(frozenset, found))


def shelve(
    shelves: Iterable[Shelf], as_new: Collection[str | None], claimed: Mapping[str, str | None], today: str
) -> Shelving:
    """Puts sellable units of one item that claims cannot tell apart together, in the order of picking.

    Args:
        shelves: of one owner and item.
        as_new: the grades that are sold as new.
        claimed: serials that are claimed by name, with the site of the unit that was given.
        today: a date (ISO 8601); what was good until an earlier one is promised to nobody.
    """
    units = dict[_Alike, int]()
    places, of, expired = dict[_Alike, int](), dict[int, int](), 0
    for shelf in sorted(shelves, key=lambda s: s.rank):
        if shelf.good_until is not None and shelf.good_until < today:
            expired += shelf.qty
            continue
        here = shelf.account
        new = here.grade in as_new
        key = (shelf.site, here.lot, here.serial, here.grade, new, None, shelf.good_until)
        of[shelf.number] = places.setdefault(key, len(places))
        units[key] = units.get(key, 0) + shelf.qty
    cells, barred, answering = list[Cell](), 0, dict[str, _Alike]()
    for key, qty in units.items():
        site, serial = key[0], key[2] or ""
        if serial in claimed and qty > 0:
            # What stands where the claim was given is its unit, whatever turned up elsewhere.
            first = answering.setdefault(serial, key)
            if site == claimed[serial] != first[0]:
                answering[serial] = key
    for key, qty in units.items():
        cell = Cell(qty, *key)
        if cell.serial in claimed and qty > 0:
            # Two units of one serial: one answers the claim, the other has to be looked at first.
            counts = int(answering[cell.serial or ""] == key)
            barred += qty - counts
            cell = Cell(counts, *key)
        cells.append(cell)
    return Shelving(tuple(cells), of, barred, expired)


class Picker:
    """Shelves that get emptied while lines are picked.

    Args:
        shelves: what is there; accounts at or below zero are passed over.
    """

    def __init__(self, shelves: Iterable[Shelf]) -> None:
        # By item, in the order of picking.
        self._left: defaultdict[str, dict[int, Shelf]] = defaultdict(dict)
        for shelf in sorted(shelves, key=lambda s: s.rank):
            if shelf.qty > 0:
                self._left[shelf.account.item][shelf.number] = shelf

    def beside(self, more: Picker) -> Picker:
        """These items' shelves together with those of other items."""
        made = Picker(())
        made._left.update(more._left)
        made._left.update(self._left)
        return made

    def take(
        self, item: str, qty: int, serials: Sequence[str] = (), among: Collection[int] | None = None
    ) -> tuple[Pick, ...]:
        """Up to `qty` units.

        Args:
            item: of which item.
            qty: how many.
            serials: when given exactly those of them that are here, one of each.
            among: when given only from the shelves of these numbers.
        """
        picks, open_qty, named, left = list[Pick](), qty, set(serials), self._left[item]
        if among is None:
            shelves = list(left.values())
        else:
            shelves = sorted((left[number] for number in among if number in left), key=lambda s: s.rank)
        for shelf in shelves:
            take = min(shelf.qty, open_qty)
            if serials:
                take = min(1, take) if shelf.account.serial in named else 0
                named.discard(shelf.account.serial or "")
            if not take:
                continue
            picks.append(Pick(shelf.account, take))
            open_qty -= take
            if take < shelf.qty:
                left[shelf.number] = replace(shelf, qty=shelf.qty - take)
            else:
                del left[shelf.number]
        return tuple(picks)
