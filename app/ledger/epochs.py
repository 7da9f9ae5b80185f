"""The chains of one station, epoch by epoch: where each begins, and which number an event has in it.

`seq` counts what is recorded on this disk, through all epochs. The number in a chain starts again with each
epoch: first the events that were sealed anew, then those recorded since.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from app.domain.envelope import Envelope, reopen
from app.ledger.reading import fetched
from app.ledger.statements import compiled
from app.ledger.tables import epoch, event, resent

_STREAM = {"yield_per": 1000}


@dataclass(frozen=True, slots=True)
class Chapter:
    """One epoch: it began when `begun` events were recorded here, `resent` of which it holds anew."""

    epoch: int
    begun: int = 0
    resent: int = 0

    @property
    def shift(self) -> int:
        """What a number in this chain is behind the `seq` of an event recorded in it."""
        return self.begun - self.resent

    def number_of(self, seq: int) -> int:
        """The number of an event that was recorded in this epoch."""
        return seq - self.shift


def chapters(connection: Connection, first: int = 1) -> list[Chapter]:
    """Every epoch of the station, oldest first; `first` is the one that it was founded in."""
    rows = connection.execute(select(epoch).order_by(epoch.c.epoch))
    return [Chapter(first), *(Chapter(row.epoch, row.begun, row.resent) for row in rows)]


def current(connection: Connection, number: int) -> Chapter:
    """The epoch of that number."""
    found = fetched(connection, _chapter(), (number,))
    return Chapter(number, *found[0]) if found else Chapter(number)


def link(connection: Connection, of: Chapter, number: int) -> tuple[int, str] | None:
    """The `seq` and the hash of the event with that number in a chain; None where there is none."""
    if number <= of.resent:
        found = fetched(connection, _link_anew(), (of.epoch, number))
    else:
        found = fetched(connection, _link(), (number + of.shift, of.epoch))
    return (int(found[0][0]), str(found[0][1])) if found else None


@cache
def _chapter() -> str:
    return compiled(select(epoch.c.begun, epoch.c.resent).where(epoch.c.epoch == bindparam("of")))


@cache
def _link_anew() -> str:
    asked = select(resent.c.seq, resent.c.hash)
    return compiled(asked.where(resent.c.epoch == bindparam("of"), resent.c.number == bindparam("at")))


@cache
def _link() -> str:
    asked = select(event.c.seq, event.c.hash)
    return compiled(asked.where(event.c.seq == bindparam("at"), event.c.epoch == bindparam("of")))


def seqs_after(connection: Connection, of: Chapter, number: int) -> list[int]:
    """The `seq` of every event that this disk has behind a number of a chain."""
    again = select(resent.c.seq).where(resent.c.epoch == of.epoch, resent.c.number > number)
    since = select(event.c.seq).where(
        event.c.seq > max(number + of.shift, of.begun), event.c.epoch == of.epoch
    )
    return sorted({*connection.scalars(again), *connection.scalars(since)})


def sealed_anew(connection: Connection, of: Chapter) -> Iterator[tuple[Row[Any], Envelope]]:
    """The events that an epoch begins with, in chain order, each with its row of `resent`."""
    asked = (
        select(resent, event.c.facts, event.c.private, event.c.salt)
        .join(event, event.c.seq == resent.c.seq)
        .where(resent.c.epoch == of.epoch)
        .order_by(resent.c.number)
    )
    for row in connection.execute(asked, execution_options=_STREAM):
        yield row, reopen(row.header, row.facts, row.private, row.salt, row.sig)


def as_sent(envelopes: Sequence[Envelope], connection: Connection, of: Chapter) -> list[Envelope]:
    """These events as they stand in that chain: those from before its epoch as they were sealed anew."""
    older = [envelope.event_id for envelope in envelopes if envelope.epoch != of.epoch]
    if not older:
        return list(envelopes)
    rows = connection.execute(
        select(event.c.event_id, resent.c.header, resent.c.sig)
        .join(resent, resent.c.seq == event.c.seq)
        .where(resent.c.epoch == of.epoch, event.c.event_id.in_(older))
    )
    anew = {row.event_id: row for row in rows}
    return [
        reopen(row.header, one.facts, one.private, one.salt, row.sig) if row is not None else one
        for one in envelopes
        for row in (anew.get(one.event_id),)
    ]


def recorded(connection: Connection) -> int:
    """How many events are recorded on this disk: the last `seq`, 0 for none."""
    return int(connection.execute(select(func.max(event.c.seq))).scalar() or 0)
