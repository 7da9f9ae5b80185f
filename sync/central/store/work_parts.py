"""Parts that went into a unit: which of what stands on the shelves they were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from app.domain.account import Account, Status
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.rules.picking import Shelf
from sync.central.store.shelves import last_place, sellable


def part_moves(
    conn: Connection, held: Account, site: str | None, parts: Sequence[Mapping[str, Any]], code: str
) -> tuple[Move, ...]:
    """The moves that consume parts: out of sellable stock, plain units of the site first.

    A part was used whether the record has it or not: what is not there leaves its place below nothing, which
    opens a case.

    Args:
        conn: one look.
        held: where the unit stands; its owner's parts were used.
        site: where the work was done; None where nobody knows.
        parts: `sku` and `qty`, with the `serial` and the `location` where somebody named them.
        code: of the work order, the moves' document.
    """
    taken, found = Counter[Account](), Counter[Account]()
    shelves = sellable(conn, held.owner, [str(part["sku"]) for part in parts]) if parts else []
    for part in parts:
        left = int(part["qty"])
        for shelf in sorted(_fitting(shelves, part), key=lambda one: _rank(one, site)):
            take = min(left, shelf.qty - taken[shelf.account])
            if take > 0:
                taken[shelf.account] += take
                found[shelf.account] += take
                left -= take
        if left:
            found[_unseen(conn, held, part)] += left
    return tuple(
        Move(qty, source, _used(source), MoveKind.CONVERT, "part", code) for source, qty in found.items()
    )


def _fitting(shelves: Sequence[Shelf], part: Mapping[str, Any]) -> list[Shelf]:
    serial, place = part.get("serial"), part.get("location")
    return [
        shelf
        for shelf in shelves
        if shelf.item == part["sku"] and serial in {None, shelf.serial} and place in {None, shelf.location}
    ]


def _rank(shelf: Shelf, site: str | None) -> tuple[bool, bool, int]:
    graded = shelf.label is not None or shelf.grade is not None
    return (shelf.site != site, graded, shelf.number)


def _unseen(conn: Connection, held: Account, part: Mapping[str, Any]) -> Account:
    """Where a part must have been that no shelf has: as it was named, or last, or at the unit's place."""
    sku = str(part["sku"])
    place = part.get("location") or last_place(conn, held.owner, sku) or held.location
    return Account(held.owner, sku, place, Status.SELLABLE, serial=part.get("serial"))


def _used(source: Account) -> Account:
    return Account(source.owner, source.item, Virtual.CONVERSION, lot=source.lot, serial=source.serial)
