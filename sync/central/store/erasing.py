"""Erasing the private parts of events: what was sealed stays proven by its hash, and the values are gone.

Which events those are is kept beside the receipts, so that no bundle, renewal or copy that is put back brings
the values again, and is told to the stations that sealed them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, text, update

from app.domain import canonical
from app.domain.clock import to_text
from app.domain.envelope import Envelope, header_fields
from app.domain.event import EventKind, erased_by
from sync.central.store.feed import Record, position, publish
from sync.central.store.journal import Fact
from sync.central.store.prepared import asking
from sync.central.store.tables import exception, exception_closing, private_erasure, receipt, rma, station

RECORD = "erasure"
"""The kind of the feed's records that tell stations what to erase."""
GONE = "(erased)"
"""Stands where a private word was repeated beside its event."""
# Why values were read or erased is what the person they were about is owed an answer from.
_KEPT = frozenset({EventKind.PERSONAL_READ.value, EventKind.PERSONAL_ERASED.value})
_AT_ONCE = 500


def about(conn: Connection, *, rma_code: str | None, customer: str | None) -> list[str]:
    """The events about an RMA, or about a customer and all of that customer's RMAs, with private parts."""
    names = {f"rma:{rma_code}"} if rma_code is not None else {f"customer:{customer}"}
    if customer is not None:
        names |= {
            f"rma:{code}" for code in conn.scalars(select(rma.c.code).where(rma.c.customer == customer))
        }
    quoted = [canonical.encode(name) for name in names]
    found = dict[str, None]()
    with conn.execute(_private, execution_options={"yield_per": _AT_ONCE}) as rows:
        for event_id, header in rows:
            # Looked for as it stands in the bytes first: reading each header takes long.
            if any(name in header for name in quoted) and _concerns(bytes(header), names):
                found[event_id] = None
    return list(found)


def returns_of(conn: Connection, *, rma_code: str | None, customer: str | None) -> list[str]:
    """The names (`rma:CODE`) of the returns that a person's erasure is about."""
    which = rma.c.code == rma_code if rma_code is not None else rma.c.customer == customer
    return [f"rma:{code}" for code in conn.scalars(select(rma.c.code).where(which).order_by(rma.c.code))]


def stand(conn: Connection, returns: Sequence[str], by_event: str, at: datetime) -> None:
    """What a station that was away still brings about these returns loses its private part as it comes."""
    fresh = sorted(set(returns) - erased(conn, returns))
    if fresh:
        rows = [{"event_id": one, "by_event": by_event, "erased_at": to_text(at)} for one in fresh]
        conn.execute(insert(private_erasure), rows)


def has_private(conn: Connection, event_id: str) -> bool | None:
    """Whether an event still has a private part; None for one that is not here."""
    rows = conn.execute(select(receipt.c.private).where(receipt.c.event_id == event_id, _chained)).all()
    return any(row.private is not None for row in rows) if rows else None


def erase(conn: Connection, events: Sequence[str], by_event: str, at: datetime) -> None:
    """Erases the private parts of events in whatever chain they stand, and tells their stations.

    `by_event` says that on record; empty for what is put on record later.
    """
    known = set(erased(conn, events))
    for part in _parts(events):
        among = receipt.c.event_id.in_(part)
        conn.execute(update(receipt).where(among, _chained).values(private=None, salt=None))
        _forget_words(conn, part)
        fresh = [one for one in part if one not in known]
        if fresh:
            rows = [{"event_id": one, "by_event": by_event, "erased_at": to_text(at)} for one in fresh]
            conn.execute(insert(private_erasure), rows)
        if by_event:
            conn.execute(
                update(private_erasure)
                .where(private_erasure.c.event_id.in_(part), private_erasure.c.by_event == "")
                .values(by_event=by_event)
            )
            stations = set(conn.scalars(select(receipt.c.event_id).where(among, _chained, _of_stations)))
            told = [Record(RECORD, one, {"event": one}, by_event) for one in part if one in stations]
            publish(conn, told)


def erased(conn: Connection, events: Collection[str]) -> frozenset[str]:
    """Those of these events whose private part was erased."""
    return (
        frozenset(row.event_id for row in _erased.rows(conn, ids=sorted(set(events))))
        if events
        else frozenset()
    )


def unsaid(conn: Connection, limit: int | None = None) -> Sequence[str]:
    """Events whose erasure is not on record yet, because the centre that had it was replaced by a copy."""
    asked = select(private_erasure.c.event_id).where(text("by_event = ''"))
    return list(conn.scalars(asked.order_by(private_erasure.c.event_id).limit(limit)))


def recall(conn: Connection, events: Sequence[str], at: datetime) -> None:
    """Erases again what was erased at a centre that a copy replaced; `unsaid` until it is on record here."""
    fresh = sorted(set(events) - erased(conn, events))
    erase(conn, fresh, "", at)


def follow_lacking(conn: Connection, lacking: Sequence[Envelope], at: datetime) -> None:
    """Notes the erasure of events that came without their private part.

    A station's word alone takes nothing away here: the centre that erased them has it on record, but for one
    that was put back since. What such a centre did not know is known by the generation it was known in.
    """
    gen = position(conn)[0] if lacking else 0
    recall(
        conn,
        [one.event_id for one in lacking if _before(one, gen) or not has_private(conn, one.event_id)],
        at,
    )


def follow(conn: Connection, facts: Sequence[Fact], at: datetime) -> None:
    """What stations erased on the word of a centre that was replaced since is erased here again.

    So is what they bring about returns that were erased while they were away.
    """
    spoken = {
        fact.event.event_id: {name for name in fact.event.subject if name.startswith("rma:")}
        for fact in facts
        if fact.sealed is not None and fact.sealed.private is not None
    }
    standing = erased(conn, set().union(*spoken.values()))
    recall(conn, [one for one, names in spoken.items() if names & standing], at)
    for fact in facts:
        if fact.event.kind != EventKind.PRIVATE_ERASED or fact.sealed is None:
            continue
        if _before(fact.sealed, position(conn)[0]):
            own = select(receipt.c.event_id).where(receipt.c.station_id == fact.origin, _chained)
            named = [
                one
                for part in _parts(erased_by(fact.event.body))
                for one in conn.scalars(own.where(receipt.c.event_id.in_(part)))
            ]
            recall(conn, named, at)


def _before(envelope: Envelope, gen: int) -> bool:
    return header_fields(envelope.header).whole_or("feed_gen", gen) < gen


def _forget_words(conn: Connection, events: Sequence[str]) -> None:
    """What somebody said when closing a case stands beside the event that says so."""
    said = exception_closing.c.event_id.in_(events)
    numbers = list(conn.scalars(select(exception_closing.c.exception).where(said)))
    if not numbers:
        return
    last = (
        select(exception_closing.c.exception)
        .where(
            said,
            exception_closing.c.note == exception.c.resolution,
            exception_closing.c.exception == exception.c.id,
        )
        .exists()
    )
    conn.execute(update(exception).where(exception.c.id.in_(numbers), last).values(resolution=GONE))
    conn.execute(update(exception_closing).where(said).values(note=GONE))


def _concerns(header: bytes, names: Collection[str]) -> bool:
    said = header_fields(header).raw()
    subject = said.get("subject")
    named = isinstance(subject, list) and any(one in names for one in subject if isinstance(one, str))
    return named and said.get("kind") not in _KEPT


def _parts(events: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(events), _AT_ONCE):
        yield events[start : start + _AT_ONCE]


# Evidence is kept as it came, byte by byte: nobody knows what it is.
_chained = text("receipt.state <> 'evidence'")
_of_stations = receipt.c.station_id.in_(select(station.c.station_id).where(station.c.bench != 0))
_private = (
    select(receipt.c.event_id, receipt.c.header)
    .where(receipt.c.private.is_not(None), _chained)
    .order_by(receipt.c.id)
)
_erased = asking(
    lambda among: select(private_erasure.c.event_id).where(among(private_erasure.c.event_id, "ids"))
)
