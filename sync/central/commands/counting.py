"""Differences that a count found, booked as they are told: of an item, of a lot, of each serial."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.account import Account, Status
from app.domain.event import EventKind
from app.domain.item import Item
from app.domain.move import Move, MoveKind
from app.domain.refusal import Refused
from sync.central.commands.catalogue import require_items, require_location
from sync.central.commands.requests import Count, CountLine
from sync.central.commands.shapes import require_numbered
from sync.central.rules.picking import Picker, Shelf
from sync.central.store.act import Act
from sync.central.store.adjusting import end_of, made_good, more
from sync.central.store.item_rules import item_records
from sync.central.store.posting import record
from sync.central.store.shelves import inside, not_found, sellable_at


@dataclass(frozen=True, slots=True)
class _Here:
    """What the books have at the place: to sell, looked for in vain, and below zero by account."""

    sellable: tuple[Shelf, ...]
    unseen: tuple[Shelf, ...]
    below: dict[Account, int]
    to_sell: Picker
    to_find: Picker


def adjust(act: Act, asked: Count) -> dict[str, object]:
    """Records what a count found more or less in sellable stock; less than nothing opens an exception.

    What is found more is what stands below zero there first, then units that a picker did not find.

    Raises:
        Refused: a line's number stands twice, its item or the location is unknown, it does not name the lot
            or the serial by which its item is told apart, or the serial is not what the books have there.
    """
    require_numbered([line.line for line in asked.lines])
    require_location(act.conn, asked.location)
    skus = list(dict.fromkeys(line.sku for line in asked.lines))
    require_items(act.conn, skus)
    _require_named(asked.lines, item_records(act.conn, skus))
    shelves = sellable_at(act.conn, asked.owner, skus, asked.location)
    gains = list(dict.fromkeys(line.sku for line in asked.lines if line.difference > 0))
    unseen = tuple(shelf for sku in gains for shelf in not_found(act.conn, asked.owner, sku, asked.location))
    below = {
        shelf.account: -shelf.qty
        for sku in gains
        for shelf in inside(act.conn, asked.owner, sku, asked.location)
        if shelf.qty < 0
    }
    here = _Here(shelves, unseen, below, Picker.of(shelves), Picker.of(unseen))
    moves = tuple(move for line in asked.lines for move in _adjusted(asked, line, here))
    lines = [_told(line) for line in asked.lines]
    event = act.event(
        EventKind.STOCK_ADJUSTED,
        (f"document:{asked.document}",),
        moves,
        {"document": asked.document, "lines": lines},
    )
    record(act, event)
    return {"event_id": event.event_id, "document": asked.document, "lines": lines}


def _told(line: CountLine) -> dict[str, object]:
    told: dict[str, object] = {"line": line.line, "sku": line.sku}
    told |= {name: value for name in ("lot", "serial") if (value := getattr(line, name)) is not None}
    return told | {"difference": line.difference, "reason": line.reason}


def _require_named(lines: Sequence[CountLine], items: Mapping[str, Item]) -> None:
    """Each line tells of which units of its item; nobody picks one for it."""
    seen = set[tuple[str, str]]()
    for line in lines:
        item = items[line.sku]
        if line.difference and item.has_lot and line.lot is None:
            raise Refused(
                "count.lot",
                f"Line {line.line} counts {line.sku} without a lot.",
                "Expected the lot that was counted: the item is told apart by its lots.",
                'Name the lot, or "" for units that show none; one line for each lot.',
            )
        if line.difference and item.has_serial and line.serial is None:
            raise Refused(
                "count.serial",
                f"Line {line.line} counts {line.difference:+d} of {line.sku} without a serial.",
                "Expected the serial of the unit: the item is told apart by its serials.",
                'Name one serial in each line, or "" for units that the books have without one.',
            )
        if not line.serial:
            continue
        if abs(line.difference) > 1 or (line.sku, line.serial) in seen:
            raise Refused(
                "count.serial_units",
                f"Line {line.line} counts {line.difference:+d} of {line.sku} with the serial {line.serial}, "
                "or another line names it too.",
                "Expected one unit for each serial, once.",
                "Write one line for each serial, with a difference of 1 or -1.",
            )
        seen.add((line.sku, line.serial))


def _adjusted(asked: Count, line: CountLine, here: _Here) -> list[Move]:
    _require_fits(asked, line, here)
    new = Account(
        asked.owner,
        line.sku,
        asked.location,
        Status.SELLABLE,
        lot=line.lot or None,
        serial=line.serial or None,
    )
    if line.difference > 0:
        short = {account: qty for account, qty in here.below.items() if _fits(line, account)}
        good, left = made_good(short, line.difference, line.reason, asked.document)
        here.below.update(short)
        _require_serial(line, left)
        unseen = [shelf.number for shelf in here.unseen if _fits(line, shelf.account)]
        found = here.to_find.take(line.sku, left, among=unseen)
        return good + more(new, left, found, line.reason, asked.document)
    taken: defaultdict[Account, int] = defaultdict(int)
    fitting = [shelf.number for shelf in here.sellable if _fits(line, shelf.account)]
    for pick in here.to_sell.take(line.sku, -line.difference, among=fitting):
        taken[pick.account] += pick.qty
    # What is gone beyond what was recorded stands as a negative balance.
    rest = -line.difference - sum(taken.values())
    if rest:
        taken[new] += rest
    return [
        Move(qty, account, end_of(account), MoveKind.ADJUST, line.reason, asked.document)
        for account, qty in taken.items()
    ]


def _fits(line: CountLine, account: Account) -> bool:
    return (
        account.item == line.sku
        and line.lot in {None, account.lot or ""}
        and line.serial in {None, account.serial or ""}
    )


def _require_fits(asked: Count, line: CountLine, here: _Here) -> None:
    """A serial that is missing was there by the books, and one that was found was not."""
    if not line.serial or not line.difference:
        return
    there = any(shelf.qty > 0 and _fits(line, shelf.account) for shelf in here.sellable)
    if there == (line.difference > 0):
        raise Refused(
            "count.serial_books",
            f"Line {line.line} counts {line.difference:+d} of {line.sku} with the serial {line.serial}; the "
            f"books have {'it' if there else 'none'} for sale at {asked.location}.",
            f"Expected a serial that is {'not ' if line.difference > 0 else ''}there by the books.",
            "Look where the books have the unit (its timeline), then count what differs.",
        )


def _require_serial(line: CountLine, new: int) -> None:
    """A unit that is found has its serial; without one only what stands below zero is made good."""
    if line.serial == "" and new:
        raise Refused(
            "count.serial",
            f"Line {line.line} finds {new} of {line.sku} without a serial.",
            "Expected the serial of each unit that is found.",
            "Read the serial on the unit; one that shows none is recorded at a bench, under a label.",
        )
