"""What two receipts of a transfer tell of the same units: put back by the centre, and counted again when due.

A unit leaves the lane once. What a second receipt took beyond that is put back; it is the second receipt's
after all as soon as the first one is taken back.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from app.domain.account import Account
from app.domain.event import Event, EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.rules.transfer import TransferLine
from sync.central.store import transfers
from sync.central.store.act import Act
from sync.central.store.exceptions import Case, close_cases, open_case
from sync.central.store.tables import event, transfer_milestone

TWICE = "received_twice"
"""What is noted when the centre put units back that two receipts took, or counted them again."""


@dataclass(frozen=True, slots=True)
class PutBack:
    """Units of a receipt that the centre's event put back into the lane, as far as they are there still."""

    event_id: str
    receipt: str
    moves: tuple[Move, ...]


def twice_key(code: str) -> str:
    """The key of the exception that answers for a transfer that was received twice."""
    return f"transfer.twice:{code}"


def put_back(
    act: Act, row: Row[Any], receipt: Event, beyond: Sequence[tuple[Move, int]], lines: Sequence[TransferLine]
) -> Event:
    """The event that puts units of a receipt's moves back where they came from."""
    moves = tuple(
        Move(qty, move.target, move.source, MoveKind.UNDO, "received twice", row.code) for move, qty in beyond
    )
    told = [(move.target, move.source, -qty) for move, qty in beyond]
    return _event(act, row, receipt.event_id, moves, _lines(told, lines))


def counted_again(
    act: Act, row: Row[Any], of: PutBack, lines: Sequence[TransferLine], left: dict[Account, int]
) -> Event | None:
    """The event by which units that were put back count for their receipt; `left` is the lane, and shrinks.

    None when none of them is in the lane.
    """
    moves = list[Move]()
    for move in of.moves:
        some = min(move.qty, left.get(move.target, 0))
        if some > 0:
            left[move.target] -= some
            why = "another receipt was taken back"
            moves.append(Move(some, move.target, move.source, MoveKind.UNDO, why, row.code))
    if not moves:
        return None
    told = [(move.target, move.source, move.qty) for move in moves]
    return _event(act, row, of.event_id, tuple(moves), _lines(told, lines))


def standing(conn: Connection, code: str) -> list[PutBack]:
    """What was put back of a transfer's receipts and not counted again since, oldest first."""
    receipts, left = dict[str, str](), dict[str, Counter[tuple[Account, Account]]]()
    for entry in conn.execute(_twice_events, {"code": code, "what": TWICE}):
        undoes = str(json.loads(entry.body).get("undoes"))
        back = transfers.moves_of(conn, entry.event_id)
        if undoes in left:
            for move in back:
                left[undoes][move.target, move.source] -= move.qty
        else:
            receipts[entry.event_id] = undoes
            left[entry.event_id] = Counter()
            for move in back:
                left[entry.event_id][move.source, move.target] += move.qty
    return [
        PutBack(event_id, receipts[event_id], moves)
        for event_id, units in left.items()
        if (moves := tuple(_back(ends, qty, code) for ends, qty in units.items() if qty > 0))
    ]


def restate_twice(act: Act, row: Row[Any]) -> None:
    """Says what is put back of a transfer now, in its one exception; with nothing left it ends."""
    left = standing(act.conn, row.code)
    if not left:
        why = f"A receipt was taken back ({act.session}): no unit is told of twice any more."
        close_cases(act.conn, [twice_key(row.code)], act.posted_at, why)
        return
    units = Counter[str]()
    for put in left:
        for move in put.moves:
            units[move.source.item] += move.qty
    told = ", ".join(f"{qty} {sku}" for sku, qty in sorted(units.items())[:3])
    sku, qty = min(units.items(), key=lambda entry: (-entry[1], entry[0]))
    case = Case(
        key=twice_key(row.code),
        type="transfer.twice",
        subject=transfers.document_of(row.code),
        owner_role="planner",
        fix=f"Two receipts of transfer {row.code} tell of the same units ({told}); the later one (event "
        f"{left[-1].receipt}) was not counted for them. Count what is at the dock.",
        sku=sku,
        qty=qty,
    )
    open_case(act.conn, case, act.posted_at)


def line_of(account: Account, lines: Sequence[TransferLine]) -> int:
    """The line whose units an account holds: the one of its lot, else the first of its item."""
    mine = [line for line in lines if line.sku == account.item]
    exact = [line for line in mine if line.lot == (account.lot or "")]
    return (exact or mine)[0].line


def _back(ends: tuple[Account, Account], qty: int, code: str) -> Move:
    return Move(qty, *ends, MoveKind.UNDO, "received twice", code)


def _event(
    act: Act, row: Row[Any], undoes: str, moves: tuple[Move, ...], lines: list[dict[str, object]]
) -> Event:
    body = {"transfer": row.code, "undoes": undoes, "lines": lines}
    return act.event(EventKind.TRANSFER_UNDONE, (transfers.document_of(row.code),), moves, body)


def _lines(
    told: Sequence[tuple[Account, Account, int]], lines: Sequence[TransferLine]
) -> list[dict[str, object]]:
    """Units that count for lines by where they came out of the lane, below zero for those that do not."""
    found: dict[int, Counter[str]] = {}
    for place, in_lane, qty in told:
        found.setdefault(line_of(in_lane, lines), Counter())[_counter(place)] += qty
    by_sku = {line.line: line.sku for line in lines}
    return [{"line": line, "sku": by_sku[line], **counts} for line, counts in sorted(found.items())]


def _counter(place: Account) -> str:
    if place.location == Virtual.COUNT:
        return "short"
    return "damaged" if str(place.status) == "damaged" else "received"


_twice_events = (
    select(event.c.event_id, event.c.body)
    .join(transfer_milestone, transfer_milestone.c.event_id == event.c.event_id)
    .where(
        transfer_milestone.c.transfer == bindparam("code"),
        transfer_milestone.c.milestone == bindparam("what"),
    )
    .order_by(event.c.id)
)
