"""What the books had in a bin at a moment: as they are now, less what moved after it.

When something moved is told by the clock of whoever recorded it, which may be wrong; a station's events are
in the order of its chain all the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, or_, select

from app.domain.account import Account
from app.domain.clock import from_text, to_text
from app.domain.envelope import header_fields
from app.domain.event import EventKind
from sync.central.rules.counts import BinCount, Unit
from sync.central.rules.picking import Shelf
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.chain import CENTRE
from sync.central.store.feed import position
from sync.central.store.journal import dated
from sync.central.store.tables import account, balance, event, move, receipt

_POSITION = re.compile(r"\d{1,18}")


def known_up_to(conn: Connection, count: BinCount, header: bytes | None) -> int:
    """The last event the station knew the stock up to; 0 when it did not, or by a centre since restored.

    `header` is that of the count's envelope, which names the generation of the feed that it followed.
    """
    if not _POSITION.fullmatch(count.seen):
        return 0
    if header is not None and header_fields(bytes(header)).whole("feed_gen") != position(conn)[0]:
        return 0
    return int(count.seen)


@dataclass(frozen=True, slots=True)
class Moment:
    """When a count was made: `at`, as it is stored, and by its place in the chain of its station.

    Args:
        event_id: the count's own event, which changes nothing of it.
        at: the moment that it counts as.
        place: its station, epoch and number; None where nobody sealed it.
    """

    event_id: str
    at: str
    place: tuple[str, int, int] | None = None

    @classmethod
    def of(cls, event_id: str, at: str, header: bytes | None) -> Moment:
        """The moment of a count by the header of its envelope."""
        return cls(event_id, at, _place(bytes(header)) if header is not None else None)

    def before(self, occurred_at: str, header: bytes | None, received_at: str | None) -> bool:
        """Whether an event came after the count: one of its own chain by its number, others by their time.

        Args:
            occurred_at: what its recorder's clock said.
            header: of its envelope, where a station recorded it.
            received_at: when that came.
        """
        if header is None or received_at is None:
            return occurred_at > self.at
        place = _place(header)
        if self.place is not None and place[:2] == self.place[:2]:
            return place[2] > self.place[2]
        return to_text(dated(from_text(occurred_at), header, from_text(received_at))) > self.at


def _place(header: bytes) -> tuple[str, int, int]:
    fields = header_fields(header)
    return fields.text("station_id"), fields.whole("epoch"), fields.whole("seq")


def books_at(
    conn: Connection, count: BinCount, moment: Moment, seen: int, *, corrected: bool = False
) -> list[Shelf]:
    """What the books had in the bin at that moment, account by account.

    Args:
        conn: inside the one writer's transaction.
        count: whose owner and place.
        moment: when the count was made.
        seen: up to which event the station knew the stock.
        corrected: with what was booked as a count since.
    """
    held = Counter[int]()
    accounts = dict[int, Account]()
    place = {"location": count.location, "owner": count.owner}
    for number, qty, *parts in conn.execute(_held, place):
        held[number], accounts[number] = int(qty), account_of(parts)
    station = moment.place[0] if moment.place is not None else ""
    since = {**place, "seen": seen, "at": moment.at, "own": moment.event_id, "station": station}
    width = len(ACCOUNT_COLUMNS)
    for row in conn.execute(_after_corrections if corrected else _after, since):
        occurred_at, header, received_at, qty, source, target, *parts = row
        if not moment.before(occurred_at, bytes(header) if header is not None else None, received_at):
            continue
        ends = ((source, parts[:width], 1), (target, parts[width:], -1))
        for number, columns, back in ends:
            end = account_of(columns)
            if (end.location, end.owner) == (count.location, count.owner):
                held[number] += back * int(qty)
                accounts[number] = end
    return [Shelf.of(number, accounts[number], qty) for number, qty in held.items() if qty]


def units_of(shelves: Iterable[Shelf]) -> list[Unit]:
    """What is on shelves as a count names it."""
    return [Unit(shelf.item, shelf.lot or "", shelf.serial or "", shelf.qty) for shelf in shelves]


def posted(conn: Connection, seen: int) -> datetime | None:
    """When that event was posted; None for no event."""
    at = conn.scalar(_posted_at, {"of": seen}) if seen else None
    return from_text(at) if at else None


_posted_at = select(event.c.posted_at).where(event.c.id == bindparam("of"))
_held: Any = (
    select(account.c.id, balance.c.qty, *ACCOUNT_COLUMNS)
    .join_from(balance, account, balance.c.account == account.c.id)
    .where(account.c.location == bindparam("location"), balance.c.owner == bindparam("owner"))
)
_source, _target = account.alias("source"), account.alias("target")
_both = (
    *(_source.c[column.name] for column in ACCOUNT_COLUMNS),
    *(_target.c[column.name] for column in ACCOUNT_COLUMNS),
)
_after = (
    select(
        event.c.occurred_at,
        receipt.c.header,
        receipt.c.received_at,
        move.c.qty,
        move.c.source,
        move.c.target,
        *_both,
    )
    .join(event, event.c.id == move.c.event)
    # What the centre did it knew the time of; of a station's event the one envelope that counts.
    .join(
        receipt,
        and_(
            receipt.c.event_id == event.c.event_id,
            receipt.c.station_id == event.c.origin,
            receipt.c.state.in_(("posted", "unposted", "parked")),
            event.c.origin != CENTRE,
        ),
        isouter=True,
    )
    .join(_source, _source.c.id == move.c.source)
    .join(_target, _target.c.id == move.c.target)
    .where(
        move.c.event > bindparam("seen"),
        # A station's event may have happened later than its clock said, and no later than it was posted.
        or_(
            event.c.occurred_at > bindparam("at"),
            and_(receipt.c.header.is_not(None), event.c.posted_at > bindparam("at")),
            event.c.origin == bindparam("station"),
        ),
        event.c.event_id != bindparam("own"),
        or_(_source.c.location == bindparam("location"), _target.c.location == bindparam("location")),
        _source.c.owner == bindparam("owner"),
    )
)
_after_corrections = _after.where(event.c.kind != str(EventKind.STOCK_ADJUSTED))
