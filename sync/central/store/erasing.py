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
from sync.central.store.database import ERASED
from sync.central.store.exceptions import Case, close_cases, open_case, stored_key
from sync.central.store.feed import Record, publish
from sync.central.store.journal import Fact
from sync.central.store.prepared import asking
from sync.central.store.tables import (
    exception,
    exception_closing,
    private_erasure,
    receipt,
    rma,
    standing_erasure,
    station,
)

RECORD = "erasure"
"""The kind of the feed's records that tell stations what to erase."""
GONE = "(erased)"
"""Stands where a private word was repeated beside its event."""
# Why values were read or erased is what the person they were about is owed an answer from, and why somebody
# governed, whoever asks about that.
_KEPT = frozenset(
    {
        EventKind.PERSONAL_KEPT.value,
        EventKind.PERSONAL_READ.value,
        EventKind.PERSONAL_ERASED.value,
        EventKind.CENTRE_GOVERNED.value,
    }
)
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


def stand(conn: Connection, names: Collection[str], by_event: str, at: datetime) -> None:
    """What a station that was away still brings about these loses its private part as it comes.

    `by_event` says that on record; empty for what a copy had lost.
    """
    fresh = sorted(set(names) - standing(conn, names))
    if fresh:
        rows = [{"subject": one, "by_event": by_event, "erased_at": to_text(at)} for one in fresh]
        conn.execute(insert(standing_erasure), rows)


def standing(conn: Connection, names: Collection[str]) -> frozenset[str]:
    """Those of these returns and customers (`rma:`, `customer:`) that were erased."""
    asked = sorted(set(names))
    return frozenset(row.subject for row in _standing.rows(conn, names=asked)) if asked else frozenset()


def concerned(conn: Connection, events: Sequence[Envelope]) -> list[str]:
    """Those of these events, by their ids, that are about a return or a customer that was erased."""
    named = {one.event_id: _people(one.header) for one in events}
    erased_names = standing(conn, set().union(*named.values()))
    return [one for one, names in named.items() if names & erased_names]


def has_private(conn: Connection, event_id: str) -> bool | None:
    """Whether an event still has a private part; None for one that is not here."""
    rows = conn.execute(select(receipt.c.private).where(receipt.c.event_id == event_id, _chained)).all()
    return any(row.private is not None for row in rows) if rows else None


def is_owed(conn: Connection, event_id: str) -> bool | None:
    """Whether erasing an event says anything new, here or to its station; None for one that is not here."""
    there = has_private(conn, event_id)
    if there is not False:
        return there
    aloud = select(private_erasure.c.quiet).where(private_erasure.c.event_id == event_id)
    quiet = conn.scalar(aloud)
    headers = conn.scalars(select(receipt.c.header).where(receipt.c.event_id == event_id, _chained))
    sealed = any(header_fields(bytes(one)).maybe_text("private_hash") is not None for one in headers)
    return sealed and quiet is not False


def kept_kind(conn: Connection, event_id: str) -> str | None:
    """The kind of an event of the centre whose private part stays whoever asks; None for one that may go."""
    own = receipt.c.station_id.in_(select(station.c.station_id).where(station.c.bench == 0))
    headers = conn.scalars(select(receipt.c.header).where(receipt.c.event_id == event_id, _chained, own))
    kinds = {str(header_fields(bytes(one)).raw().get("kind")) for one in headers}
    return next(iter(kinds & _KEPT), None)


def erase(
    conn: Connection, events: Sequence[str], by_event: str, at: datetime, *, again: bool = False
) -> None:
    """Erases the private parts of events in whatever chain they stand, and tells their stations.

    Only the centre's own word comes here. `by_event` says it on record; empty for what is put on record
    later, which is `again`: then stations are not told what an older program found gone, for nobody knows
    who erased it.
    """
    known = set(erased(conn, events))
    conn.info[ERASED] = True
    for part in _parts(events):
        among = receipt.c.event_id.in_(part)
        conn.execute(update(receipt).where(among, _chained).values(private=None, salt=None))
        _forget_words(conn, part)
        fresh = [one for one in part if one not in known]
        if fresh:
            row = {"by_event": by_event, "erased_at": to_text(at), "quiet": False}
            conn.execute(insert(private_erasure), [{"event_id": one} | row for one in fresh])
        if by_event:
            _put_on_record(conn, part, by_event, again=again)
            _answer_cases(conn, part, by_event, at)


def _put_on_record(conn: Connection, part: Sequence[str], by_event: str, *, again: bool) -> None:
    these = private_erasure.c.event_id.in_(part)
    unsaid_yet = update(private_erasure).where(these, private_erasure.c.by_event == "")
    conn.execute(unsaid_yet.values(by_event=by_event))
    quiet = set(conn.scalars(select(private_erasure.c.event_id).where(these, private_erasure.c.quiet)))
    if quiet and not again:
        conn.execute(update(private_erasure).where(these).values(quiet=False))
        quiet = set()
    sealed = receipt.c.event_id.in_(part), _chained, _of_stations
    stations = set(conn.scalars(select(receipt.c.event_id).where(*sealed))) - quiet
    publish(conn, [Record(RECORD, one, {"event": one}, by_event) for one in part if one in stations])


def erased(conn: Connection, events: Collection[str]) -> frozenset[str]:
    """Those of these events whose private part the centre erased."""
    return (
        frozenset(row.event_id for row in _erased.rows(conn, ids=sorted(set(events))))
        if events
        else frozenset()
    )


def unsaid(conn: Connection, limit: int | None = None) -> Sequence[str]:
    """Events whose erasure is not on record yet, because the centre that had it was replaced by a copy."""
    asked = select(private_erasure.c.event_id).where(text("by_event = ''"))
    return list(conn.scalars(asked.order_by(private_erasure.c.event_id).limit(limit)))


def unsaid_standing(conn: Connection, limit: int | None = None) -> Sequence[str]:
    """Returns and customers whose erasure a copy had lost and that is not on record here yet."""
    asked = select(standing_erasure.c.subject).where(standing_erasure.c.by_event == "")
    return list(conn.scalars(asked.order_by(standing_erasure.c.subject).limit(limit)))


def say_standing(conn: Connection, name: str, by_event: str) -> None:
    """Puts on record that a return or a customer stays erased."""
    at = standing_erasure.c.subject == name
    conn.execute(update(standing_erasure).where(at).values(by_event=by_event))


def recall(conn: Connection, events: Sequence[str], at: datetime) -> None:
    """Erases what the centre has the word for already; `unsaid` until it is on record here.

    That is what was erased at a centre that a copy replaced, and what comes about somebody who was erased.
    """
    fresh = sorted(set(events) - erased(conn, events))
    erase(conn, fresh, "", at)


def note_lacking(conn: Connection, station_id: str, events: Sequence[str], at: datetime) -> None:
    """A case for each of a station's events that lacks its private part without the centre's word.

    A station's word erases nothing here, neither its own words nor anybody else's: it may be wrong, or lie.
    """
    unknown = set(events) - erased(conn, events)
    fresh = [one for one in events if one in unknown and not has_case(conn, one, station_id)]
    for part in _parts(fresh):
        elsewhere = receipt.c.event_id.in_(part), receipt.c.station_id != station_id, _chained
        others = set(conn.scalars(select(receipt.c.event_id).where(*elsewhere)))
        for one in dict.fromkeys(part):
            open_case(conn, _lacking_case(one, station_id, others=one in others), at)


def has_case(conn: Connection, event_id: str, station_id: str) -> bool:
    """Whether a person was told that the event came without its private part from that station."""
    key = stored_key(_case_key(event_id, station_id))
    return conn.scalar(select(exception.c.id).where(exception.c.key == key)) is not None


def follow(conn: Connection, facts: Sequence[Fact], at: datetime) -> None:
    """What stations say they erased, and this centre did not, is told to a person and stays here.

    They did it on the word of a centre that a copy replaced, or nobody knows why.
    """
    for fact in facts:
        if fact.event.kind != EventKind.PRIVATE_ERASED or fact.sealed is None:
            continue
        own = select(receipt.c.event_id).where(
            receipt.c.station_id == fact.origin, receipt.c.private.is_not(None), _chained
        )
        for part in _parts(erased_by(fact.event.body)):
            named = conn.scalars(own.where(receipt.c.event_id.in_(part)).order_by(receipt.c.id))
            note_lacking(conn, fact.origin, list(dict.fromkeys(named)), at)


def _lacking_case(event_id: str, station_id: str, *, others: bool) -> Case:
    fix = (
        f"Event {event_id} has no private part at station {station_id}, or came without it, as if it were "
        "erased; no erasure of it is on record here. What was here is as it was, and the event counts. "
    )
    if others:
        fix += (
            "Another station has an event of that id: look at this station before you erase anything, for "
            "erasing takes the words of both."
        )
    else:
        fix += "If it was erased on purpose, put that on record: erase the event. Else look at that station."
    return Case(
        key=_case_key(event_id, station_id),
        type="event.private_missing",
        subject=f"event:{event_id}",
        owner_role="admin",
        fix=fix,
        at=f"station:{station_id}",
    )


def _case_key(event_id: str, station_id: str) -> str:
    return f"private_missing:{station_id}:{event_id}"


def _answer_cases(conn: Connection, part: Sequence[str], by_event: str, at: datetime) -> None:
    """Once the erasure is on record nobody has to say more about it."""
    asked = select(receipt.c.event_id, receipt.c.station_id).where(receipt.c.event_id.in_(part), _chained)
    keys = {_case_key(row.event_id, row.station_id) for row in conn.execute(asked)}
    close_cases(conn, keys, at, "The erasure is on record.", by_event)


def _people(header: bytes) -> frozenset[str]:
    subject = header_fields(header).raw().get("subject")
    names = subject if isinstance(subject, list) else []
    return frozenset(one for one in names if isinstance(one, str) and one.startswith(("rma:", "customer:")))


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
    # One kept aside may carry the id of another station's event, which is about somebody else.
    .where(receipt.c.private.is_not(None), _chained, text("receipt.state <> 'quarantined'"))
    .order_by(receipt.c.id)
)
_erased = asking(
    lambda among: select(private_erasure.c.event_id).where(among(private_erasure.c.event_id, "ids"))
)
_standing = asking(
    lambda among: select(standing_erasure.c.subject).where(among(standing_erasure.c.subject, "names"))
)
