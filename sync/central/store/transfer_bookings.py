"""What a transfer booked against the count's end, as far as nothing has taken it back since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from app.domain.account import Account
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.rules.transfer import BOOKED_OVER, BOOKED_SHORT
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.tables import account, event, move, transfer_milestone
from sync.central.store.transfers import on_the_way


@dataclass(frozen=True, slots=True)
class Booked:
    """Units between an account at the count's `end` and the `other` account of their moves."""

    end: Account
    other: Account
    qty: int


def given_up(conn: Connection, row: Row[Any]) -> tuple[Move, ...]:
    """The moves by which units that are still on their way become short: to the count's end."""
    found = [(shelf.account, shelf.qty) for shelf in on_the_way(conn, row)]
    return tuple(
        Move(
            qty,
            here,
            Account(here.owner, here.item, Virtual.COUNT, lot=here.lot, serial=here.serial),
            MoveKind.ADJUST,
            BOOKED_SHORT,
            row.code,
        )
        for here, qty in found
    )


def booked_over(conn: Connection, row: Row[Any]) -> list[Booked]:
    """Units that arrived and of which no shipment was told, oldest first; `other` is where they were put."""
    return _standing(conn, row, BOOKED_OVER, into_end=False, same=lambda found: found.end)


def booked_short(conn: Connection, row: Row[Any]) -> list[Booked]:
    """Units that were given up on their way, oldest first; `other` is what they were in the lane."""

    def same(found: Booked) -> object:
        return found.end, found.other.label, found.other.grade

    return _standing(conn, row, BOOKED_SHORT, into_end=True, same=same)


def _standing(
    conn: Connection, row: Row[Any], reason: str, *, into_end: bool, same: Callable[[Booked], object]
) -> list[Booked]:
    """Units booked one way less those booked back, of which those that are the `same` go first."""
    found, back = list[Booked](), Counter[object]()
    width = len(ACCOUNT_COLUMNS)
    for qty, *parts in conn.execute(_moves, {"code": row.code, "reason": reason}):
        source, target = account_of(parts[:width]), account_of(parts[width:])
        inward = target.location == Virtual.COUNT
        entry = Booked(target, source, qty) if inward else Booked(source, target, qty)
        if inward == into_end:
            found.append(entry)
        else:
            back[same(entry)] += qty
    standing = list[Booked]()
    for entry in found:
        gone = min(entry.qty, back[same(entry)])
        back[same(entry)] -= gone
        if entry.qty > gone:
            standing.append(Booked(entry.end, entry.other, entry.qty - gone))
    return standing


_source, _target = account.alias("source"), account.alias("target")
# By its events, which milestones name, as units in a lane are found.
_moves = (
    select(
        move.c.qty,
        *(_source.c[column.name] for column in ACCOUNT_COLUMNS),
        *(_target.c[column.name] for column in ACCOUNT_COLUMNS),
    )
    .select_from(transfer_milestone)
    .join(event, event.c.event_id == transfer_milestone.c.event_id)
    .join(move, move.c.event == event.c.id)
    .join(_source, _source.c.id == move.c.source)
    .join(_target, _target.c.id == move.c.target)
    .where(transfer_milestone.c.transfer == bindparam("code"), move.c.reason == bindparam("reason"))
    .order_by(event.c.id, move.c.n)
)
