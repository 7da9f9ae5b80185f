"""Which accounts units are taken from: soonest to expire, then unlabelled before labelled, then oldest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

from app.domain.account import Account, Status
from sync.central.rules.cover import Cell

NOT_FOUND = "not_found"
"""Why units are quarantined that a picker was sent for and did not find."""
_NEVER = "9999-12-31"
# What claims can tell units apart by: the parts of a cell behind its quantity.
_Alike = tuple[str | None, str | None, str | None, str | None, bool, None, str | None]


class Shelf(NamedTuple):
    """Units of one account; a smaller `number` was there earlier.

    `site` is where its location belongs, None when the centre does not know; `good_until` is its lot's date.
    The account lies here in its parts: most shelves are looked at and few are taken from.
    """

    number: int
    qty: int
    site: str | None
    good_until: str | None
    owner: str
    item: str
    location: str
    status: Status | None
    reason: str | None
    lot: str | None
    serial: str | None
    label: str | None
    grade: str | None

    @classmethod
    def of(
        cls, number: int, account: Account, qty: int, site: str | None = None, good_until: str | None = None
    ) -> Self:
        """The shelf of an account."""
        return cls(
            number,
            qty,
            site,
            good_until,
            account.owner,
            account.item,
            account.location,
            account.status,
            account.reason,
            account.lot,
            account.serial,
            account.label,
            account.grade,
        )

    @property
    def account(self) -> Account:
        """Where its units are and what they are."""
        return Account(
            self.owner,
            self.item,
            self.location,
            self.status,
            self.reason,
            self.lot,
            self.serial,
            self.label,
            self.grade,
        )


def _rank(shelf: Shelf) -> tuple[str, bool, int]:
    """What is taken first sorts first."""
    return (shelf.good_until or _NEVER, shelf.label is not None, shelf.number)


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
    places, units, of, expired = dict[_Alike, int](), list[int](), dict[int, int](), 0
    for shelf in sorted(shelves, key=_rank):
        number, qty, site, good_until, _, _, _, _, _, lot, serial, _, grade = shelf
        if good_until is not None and good_until < today:
            expired += qty
            continue
        key = (site, lot, serial, grade, grade in as_new, None, good_until)
        place = places.get(key)
        if place is None:
            place = places[key] = len(units)
            units.append(qty)
        else:
            units[place] += qty
        of[number] = place
    cells = [Cell(qty, *key) for qty, key in zip(units, places, strict=True)]
    barred = _bar(cells, claimed) if claimed else 0
    return Shelving(tuple(cells), of, barred, expired)


def _bar(cells: list[Cell], claimed: Mapping[str, str | None]) -> int:
    """Lets one unit of a serial that is claimed by name count; how many others there are.

    One unit answers the claim, the other has to be looked at first. What stands where the claim was given is
    its unit, whatever turned up elsewhere.
    """
    answering = dict[str, int]()
    told = [(n, cell) for n, cell in enumerate(cells) if cell.serial in claimed and cell.qty > 0]
    for place, cell in told:
        serial = cell.serial or ""
        first = answering.setdefault(serial, place)
        if cell.site == claimed[serial] != cells[first].site:
            answering[serial] = place
    barred = 0
    for place, cell in told:
        counts = int(answering[cell.serial or ""] == place)
        barred += cell.qty - counts
        cells[place] = cell._replace(qty=counts)
    return barred


class Picker:
    """Shelves that get emptied while lines are picked.

    Args:
        there: what is there, by item; accounts at or below zero are passed over.
    """

    def __init__(self, there: Mapping[str, Sequence[Shelf]]) -> None:
        self._there = there
        # By item, in the order of picking; put in order when it is picked first.
        self._left: dict[str, dict[int, Shelf]] = {}

    @classmethod
    def of(cls, shelves: Iterable[Shelf]) -> Self:
        """One of shelves of any items."""
        there = defaultdict[str, list[Shelf]](list)
        for shelf in shelves:
            there[shelf.item].append(shelf)
        return cls(there)

    def beside(self, more: Picker) -> Picker:
        """These items' shelves together with those of other items."""
        made = Picker({**more._there, **self._there})
        made._left = {**more._left, **self._left}
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
        picks, open_qty, named, left = list[Pick](), qty, set(serials), self._of(item)
        if among is None:
            shelves = list(left.values())
        else:
            shelves = sorted((left[number] for number in among if number in left), key=_rank)
        for shelf in shelves:
            take = min(shelf.qty, open_qty)
            if serials:
                take = min(1, take) if shelf.serial in named else 0
                named.discard(shelf.serial or "")
            if not take:
                continue
            picks.append(Pick(shelf.account, take))
            open_qty -= take
            if take < shelf.qty:
                left[shelf.number] = shelf._replace(qty=shelf.qty - take)
            else:
                del left[shelf.number]
        return tuple(picks)

    def _of(self, item: str) -> dict[int, Shelf]:
        """What is left of an item by its shelf's number, in the order of picking."""
        found = self._left.get(item)
        if found is None:
            there = sorted((shelf for shelf in self._there.get(item, ()) if shelf.qty > 0), key=_rank)
            found = self._left[item] = {shelf.number: shelf for shelf in there}
        return found
