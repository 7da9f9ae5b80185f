"""Events that came in a file, from whatever machine: held against key and chain, and counted once.

Each chain in the file goes on from where the centre holds it, also a closed one. What the centre has already
is skipped, by its place or by its event id; where a chain tells another story than the centre's, nothing of
it is taken from there on, and the answer says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection, bindparam, select, update

from app.domain.envelope import ChainHead
from app.domain.refusal import Refused
from sync.central.store.chain import CentreChain
from sync.central.store.enrolment import Station, find_station, lock_station
from sync.central.store.receipt import receive, take_past
from sync.central.store.tables import past_chain
from sync.wire.answers import Ack, Answer
from sync.wire.messages import Push
from sync.wire.protocol import MAX_EVENTS
from sync.wire.sealed import Sealed

# Which chain an event says it is of: station and epoch.
Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Part:
    """Events of one chain that were taken in one transaction; `answer` is None when all of them are here now.

    `station` is the id in the events, `upto` the number up to which the centre holds that chain.
    """

    station: str
    epoch: int
    upto: int
    answer: Answer | None


def parts(events: Iterable[Sealed]) -> Iterator[tuple[Place, list[Sealed]]]:
    """Consecutive events of one chain, at most a batch at once.

    Raises:
        Refused: an event that cannot be read.
    """
    for place, group in groupby(events, key=_place):
        batch = list[Sealed]()
        for event in group:
            batch.append(event)
            if len(batch) == MAX_EVENTS:
                yield place, batch
                batch = []
        if batch:
            yield place, batch


def key_of(conn: Connection, station_id: str) -> bytes:
    """The public key that a station is enrolled with.

    Raises:
        Refused: `bundle.stranger` for a station that nobody enrolled here.
    """
    found = find_station(conn, station_id)
    if found is None:
        raise Refused(
            "bundle.stranger",
            f"Read events of station {station_id[:40]}.",
            "Expected a station that is enrolled here.",
            "Import them at the centre that the station joined.",
        )
    return found.public_key


def take(conn: Connection, place: Place, events: Sequence[Sealed], now: datetime, chain: CentreChain) -> Part:
    """Takes a batch of one chain, inside the one writer's transaction.

    Raises:
        Refused: `bundle.stranger` for a station that nobody enrolled here, `bundle.epoch` for an epoch that
            this centre did not begin.
    """
    station_id, epoch = place
    key_of(conn, station_id)
    caller = lock_station(conn, station_id)
    if epoch == caller.head.epoch:
        push = Push(epoch, tuple(events))
        answer = receive(conn, replace(caller, fenced=False), push, now, chain, from_file=True)
        upto = lock_station(conn, station_id).head.seq
        return Part(station_id, epoch, upto, None if isinstance(answer, Ack) else answer)
    return _take_past(conn, caller, epoch, events, (now, chain))


def _take_past(
    conn: Connection,
    caller: Station,
    epoch: int,
    events: Sequence[Sealed],
    at: tuple[datetime, CentreChain],
) -> Part:
    of = {"of": caller.head.station_id, "at": epoch}
    row = conn.execute(_past, of).one_or_none()
    if row is None:
        raise Refused(
            "bundle.epoch",
            f"Read events of epoch {epoch} of station {caller.head.station_id}.",
            "Expected an epoch that this centre began.",
            "Let the station sync: it renews its epoch and sends them again. The file keeps them meanwhile.",
        )
    head = ChainHead(caller.head.station_id, epoch, int(row.head_seq), row.head_hash)
    answer, reached = take_past(conn, replace(caller, head=head), events, *at)
    if reached != head:
        conn.execute(_advance, of | {"head_seq": reached.seq, "head_hash": reached.hash})
    return Part(caller.head.station_id, epoch, reached.seq, answer)


def _place(event: Sealed) -> Place:
    envelope = event.opened()
    return envelope.station_id, envelope.epoch


_where = (past_chain.c.station_id == bindparam("of"), past_chain.c.epoch == bindparam("at"))
_past = select(past_chain.c.head_seq, past_chain.c.head_hash).where(*_where)
_advance = update(past_chain).where(*_where)
