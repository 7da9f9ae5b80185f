"""What a transfer booked against the count's end, as far as nothing has taken it back since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
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


@dataclass(frozen=True, slots=True)
class Over:
    """What receipts that stand call over, oldest first, and what it is taken for.

    `booked` has as `other` where the units were put; `taken` are units of the lane, by the count's end and
    their account in the lane.
    """

    booked: list[Booked]
    taken: Counter[tuple[Account, Account]]


def booked_over(conn: Connection, row: Row[Any]) -> Over:
    """Units that arrived and of which their stations knew no shipment."""
    told, taken = list[Move](), Counter[tuple[Account, Account]]()
    for entry in _moves_of(conn, row, BOOKED_OVER):
        here, inward = _lane_of(entry), entry.target.location == Virtual.COUNT
        if here is None:
            told.append(entry)
        else:
            taken[entry.target if inward else entry.source, here] += entry.qty if inward else -entry.qty
    sides = _Sides.of(told, into_end=False, same=lambda found: (found.end, found.other))
    return Over(sides.standing(), taken)


def booked_short(conn: Connection, row: Row[Any]) -> list[Booked]:
    """Units that were given up on their way, oldest first; `other` is what they were in the lane."""
    return _short(conn, row).standing()


def short_beyond(conn: Connection, row: Row[Any]) -> Counter[Lost]:
    """Units that are short no more for two reasons: they came after all, and nobody says that they lack."""
    return _short(conn, row).beyond()


def _short(conn: Connection, row: Row[Any]) -> _Sides[Lost]:
    moved = _moves_of(conn, row, BOOKED_SHORT)
    return _Sides.of(moved, into_end=True, same=lambda found: lost_as(found.end, found.other))


@dataclass(frozen=True, slots=True)
class _Sides(Generic[_Same]):
    """Units booked one way, oldest first, and how many were booked back, by what is the `same`."""

    found: list[Booked]
    back: Counter[_Same]
    same: Callable[[Booked], _Same]

    @classmethod
    def of(cls, moved: Iterable[Move], *, into_end: bool, same: Callable[[Booked], _Same]) -> _Sides[_Same]:
        """By moves between the count's end and other accounts."""
        found, back = list[Booked](), Counter[_Same]()
        for entry in moved:
            inward = entry.target.location == Virtual.COUNT
            ends = (entry.target, entry.source) if inward else (entry.source, entry.target)
            booked = Booked(*ends, entry.qty)
            if inward == into_end:
                found.append(booked)
            else:
                back[same(booked)] += entry.qty
        return cls(found, back, same)

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


def _moves_of(conn: Connection, row: Row[Any], reason: str) -> Iterator[Move]:
    """Moves of that reason, and those by which receipts that told of such units were taken back."""
    width = len(ACCOUNT_COLUMNS)
    for qty, kind, *parts in conn.execute(_moves, {"code": row.code, "reason": reason}):
        entry = Move(int(qty), account_of(parts[:width]), account_of(parts[width:]), MoveKind(kind))
        if entry.kind is MoveKind.UNDO:
            # An undo says why it was made and not what it takes back: its other end says that.
            if Virtual.COUNT not in {entry.source.location, entry.target.location}:
                continue
            if (_lane_of(entry) is not None) != (reason == BOOKED_SHORT):
                continue
        yield entry


def _lane_of(entry: Move) -> Account | None:
    """The account of a lane at either end of a move."""
    ends = (entry.source, entry.target)
    return next((end for end in ends if end.location.startswith(TRANSIT_PREFIX)), None)


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
