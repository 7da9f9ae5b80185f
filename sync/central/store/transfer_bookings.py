"""What a transfer booked against the count's end, as far as nothing has taken it back since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Row, bindparam, or_, select

from app.domain.account import Account
from app.domain.move import Move, MoveKind
from app.domain.place import TRANSIT_PREFIX, Virtual
from sync.central.rules.transfer import BOOKED_OVER, BOOKED_SHORT
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.tables import account, event, move, transfer_milestone
from sync.central.store.transfers import on_the_way

_Same = TypeVar("_Same")


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


Lost = tuple[Account, str | None, str | None]
"""Units given up, by the count's end and by the label and grade that they had in the lane."""


def lost_as(end: Account, here: Account) -> Lost:
    """How units that were `here`, in the lane or where they came to, are told apart at the count's end."""
    return end, here.label, here.grade


def booked_over(conn: Connection, row: Row[Any]) -> list[Booked]:
    """Units that arrived and of which no shipment was told, oldest first; `other` is where they were put."""
    return _over(conn, row).standing()


def booked_short(conn: Connection, row: Row[Any]) -> list[Booked]:
    """Units that were given up on their way, oldest first; `other` is what they were in the lane."""
    return _short(conn, row).standing()


def over_beyond(conn: Connection, row: Row[Any]) -> Counter[Account]:
    """Units by the count's end that are over no more for two reasons: a shipment met them, and an undo."""
    return _over(conn, row).beyond()


def short_beyond(conn: Connection, row: Row[Any]) -> Counter[Lost]:
    """Units that are short no more for two reasons: they came after all, and nobody says that they lack."""
    return _short(conn, row).beyond()


def met_from(conn: Connection, row: Row[Any], end: Account) -> list[tuple[Account, int]]:
    """Out of which accounts of the lane units over were met that had come from that end, newest first."""
    found = [
        (source, qty)
        for qty, kind, source, target in _moves_of(conn, row, BOOKED_OVER)
        if target == end and _in_lane(source) and kind != MoveKind.UNDO
    ]
    return found[::-1]


@dataclass(frozen=True, slots=True)
class _Sides(Generic[_Same]):
    """Units booked one way, oldest first, and how many were booked back, by what is the `same`."""

    found: list[Booked]
    back: Counter[_Same]
    same: Callable[[Booked], _Same]

    def standing(self) -> list[Booked]:
        """What was booked less what was booked back, of which the oldest goes first."""
        left, standing = Counter(self.back), list[Booked]()
        for entry in self.found:
            gone = min(entry.qty, left[self.same(entry)])
            left[self.same(entry)] -= gone
            if entry.qty > gone:
                standing.append(Booked(entry.end, entry.other, entry.qty - gone))
        return standing

    def beyond(self) -> Counter[_Same]:
        """What was booked back and had not been booked."""
        booked = Counter[_Same]()
        for entry in self.found:
            booked[self.same(entry)] += entry.qty
        return self.back - booked


def _over(conn: Connection, row: Row[Any]) -> _Sides[Account]:
    return _sides(conn, row, BOOKED_OVER, into_end=False, same=lambda found: found.end)


def _short(conn: Connection, row: Row[Any]) -> _Sides[Lost]:
    return _sides(conn, row, BOOKED_SHORT, into_end=True, same=lambda found: lost_as(found.end, found.other))


def _sides(
    conn: Connection, row: Row[Any], reason: str, *, into_end: bool, same: Callable[[Booked], _Same]
) -> _Sides[_Same]:
    found, back = list[Booked](), Counter[_Same]()
    for qty, _, source, target in _moves_of(conn, row, reason):
        inward = target.location == Virtual.COUNT
        entry = Booked(target, source, qty) if inward else Booked(source, target, qty)
        if inward == into_end:
            found.append(entry)
        else:
            back[same(entry)] += qty
    return _Sides(found, back, same)


def _moves_of(conn: Connection, row: Row[Any], reason: str) -> Iterator[tuple[int, str, Account, Account]]:
    """Moves of that reason, and those by which receipts that told of such units were taken back."""
    width = len(ACCOUNT_COLUMNS)
    for qty, kind, *parts in conn.execute(_moves, {"code": row.code, "reason": reason}):
        source, target = account_of(parts[:width]), account_of(parts[width:])
        if kind == MoveKind.UNDO:
            # An undo says why it was made and not what it takes back: its other end says that.
            if Virtual.COUNT not in {source.location, target.location}:
                continue
            other = source if target.location == Virtual.COUNT else target
            if _in_lane(other) != (reason == BOOKED_SHORT):
                continue
        yield int(qty), str(kind), source, target


def _in_lane(held: Account) -> bool:
    return held.location.startswith(TRANSIT_PREFIX)


_source, _target = account.alias("source"), account.alias("target")
# By its events, which milestones name, as units in a lane are found.
_moves = (
    select(
        move.c.qty,
        move.c.kind,
        *(_source.c[column.name] for column in ACCOUNT_COLUMNS),
        *(_target.c[column.name] for column in ACCOUNT_COLUMNS),
    )
    .select_from(transfer_milestone)
    .join(event, event.c.event_id == transfer_milestone.c.event_id)
    .join(move, move.c.event == event.c.id)
    .join(_source, _source.c.id == move.c.source)
    .join(_target, _target.c.id == move.c.target)
    .where(
        transfer_milestone.c.transfer == bindparam("code"),
        or_(move.c.reason == bindparam("reason"), move.c.kind == str(MoveKind.UNDO)),
    )
    .order_by(event.c.id, move.c.n)
)
