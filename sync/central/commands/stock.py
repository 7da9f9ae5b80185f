"""Goods that come in from suppliers."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.account import Account, Status
from app.domain.counted import counted
from app.domain.event import EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from app.domain.refusal import Refused
from sync.central.commands import inbound
from sync.central.commands.catalogue import require_items, require_location
from sync.central.commands.packing import in_base_units
from sync.central.commands.requests import Receipt, ReceiptLine
from sync.central.commands.shapes import require_numbered
from sync.central.store.act import Act
from sync.central.store.lots import LotKey, note_dates
from sync.central.store.posting import record
from sync.central.store.supplies import Ready


def receive(act: Act, asked: Receipt) -> dict[str, object]:
    """Takes new goods in as sellable; orders that waited for them are filled in the same act.

    Raises:
        Refused: a line's number stands twice, its item or the location is unknown, its serials do not
            count up, it dates no lot, or the item has no such pack.
    """
    require_numbered([line.line for line in asked.lines])
    require_location(act.conn, asked.location)
    require_items(act.conn, [line.sku for line in asked.lines])
    asked = asked.model_copy(update={"lines": tuple(in_base_units(act.conn, asked.lines))})
    moves = tuple(move for line in asked.lines for move in _received(asked, line))
    lines = [_told(line) for line in asked.lines]
    body: dict[str, object] = {"document": asked.document, "lines": lines}
    arrival, ready = inbound.counted(act, asked), list[Ready]()
    if arrival is not None:
        body["supply_lines"] = [{"line": line, "qty": qty} for line, qty in arrival.counted.items()]
        ready = inbound.take_in(act, asked, arrival)
    note_dates(act, _dates(asked.lines))
    event = act.event(EventKind.GOODS_RECEIVED, (f"document:{asked.document}",), moves, body)
    record(act, event)
    if arrival is not None:
        inbound.follow_up(act, asked, ready)
    return {"event_id": event.event_id, "document": asked.document, "lines": lines}


def _told(line: ReceiptLine) -> dict[str, object]:
    """A line as the event tells it."""
    told: dict[str, object] = {"line": line.line, "sku": line.sku, "qty": line.qty}
    return told if line.cost_minor is None else told | {"cost_minor": line.cost_minor}


def _dates(lines: Sequence[ReceiptLine]) -> dict[LotKey, str]:
    """Until when the lots of a receipt are good."""
    found: dict[LotKey, str] = {}
    for line in lines:
        if line.good_until is None:
            continue
        if line.lot is None or found.setdefault((line.sku, line.lot), line.good_until) != line.good_until:
            raise Refused(
                "receipt.date",
                f"Line {line.line} says good until {line.good_until} of {line.lot or 'no lot'}.",
                "Expected the one date of the lot that the line names.",
                "Correct the line.",
            )
    return found


def _received(asked: Receipt, line: ReceiptLine) -> list[Move]:
    if line.serials and len(set(line.serials)) != line.qty:
        raise Refused(
            "receipt.serials",
            f"Line {line.line} has {counted(line.qty, 'unit')} and names "
            f"{counted(len(set(line.serials)), 'serial')}.",
            "Expected one serial for each unit, or none.",
            "Correct the line.",
        )
    units: list[tuple[int, str | None]] = [(1, serial) for serial in line.serials] or [(line.qty, None)]
    return [
        Move(
            qty,
            Account(asked.owner, line.sku, Virtual.SUPPLIER, lot=line.lot, serial=serial),
            Account(asked.owner, line.sku, asked.location, Status.SELLABLE, lot=line.lot, serial=serial),
            MoveKind.RECEIVE,
            document=asked.document,
        )
        for qty, serial in units
    ]
