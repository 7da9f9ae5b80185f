"""Receipt of what stations recorded: the raw envelope first, then its posting inside a savepoint.

A physical fact is never refused for its content. What cannot be posted stays as `unposted` with one
exception, later events about the same subject are `parked` behind it, and the queue moves on. Refused are
only bytes that no station signed or that lack what it signed, and they are kept as evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, bindparam, select, text, update

from app.domain.clock import to_text
from app.domain.envelope import (
    ENVELOPE_VERSION,
    PRIVATE_MISSING,
    ChainHead,
    Envelope,
    digest,
    header_fields,
    lacks_private,
    require_whole,
    verify,
)
from app.domain.refusal import Refused
from app.domain.signing import EVENT_TAG, Verifier
from sync.central.store import clock_skew, erasing
from sync.central.store.chain import CentreChain
from sync.central.store.enrolment import Station
from sync.central.store.exceptions import Case, open_case
from sync.central.store.feed import position
from sync.central.store.prepared import asking, inserting, updating
from sync.central.store.settling import DUPLICATE, EVIDENCE, POSTED, QUARANTINED, Settler
from sync.central.store.tables import exception, receipt, station
from sync.central.store.worth_of_events import priced_as_told
from sync.wire.answers import Ack, Answer, Fenced, Fork, Gap, Rejected, WrongVersion
from sync.wire.messages import Head, Hello, Push, Verdict, Welcome
from sync.wire.protocol import SPOKEN, Versions
from sync.wire.sealed import Sealed

_TOO_NEW = "envelope.too_new"

# What an event says, wherever in whichever chain it stands: its kind and the hashes of its parts.
Content = tuple[object, object, object]


def welcome(conn: Connection, caller: Station, hello: Hello, now: datetime) -> Welcome:
    """How the station's chain stands to what the centre holds of it.

    A station that is ahead may be so by a prefix or not; the head in the answer lets it compare for itself.
    """
    head = caller.head
    if caller.fenced:
        verdict = Verdict.FENCED
    elif (
        hello.epoch != head.epoch
        or hello.head.seq < head.seq
        or (hello.head.seq == head.seq and hello.head.hash != head.hash)
    ):
        verdict = Verdict.RENEW
    else:
        verdict = Verdict.CONTINUE
    return Welcome(
        nonce=hello.nonce,
        feed_gen=position(conn)[0],
        epoch=head.epoch,
        head=Head(head.seq, head.hash),
        time=to_text(now),
        verdict=verdict,
        protocol=SPOKEN,
    )


def receive(
    conn: Connection,
    caller: Station,
    push: Push,
    now: datetime,
    chain: CentreChain,
    *,
    from_file: bool = False,
) -> Answer:
    """Takes a batch as far as it goes, all inside the one writer's transaction.

    `caller` was read in this transaction with its row locked. Whatever the answer, what came before the
    event it is about is stored. What comes `from_file` may be all that is left of it, and is taken without
    its private part too: a station has another try, which a file has not.
    """
    if caller.fenced or push.epoch < caller.head.epoch:
        return Fenced()
    batch = _Batch(conn, caller, now, chain, from_file=from_file)
    answer = batch.take(push.events) if push.epoch == caller.head.epoch else batch.fork()
    if batch.head != caller.head:
        head = {"of": caller.head.station_id, "to_seq": batch.head.seq, "to_hash": batch.head.hash}
        _advance.run(conn, [head])
    if answer is not None:
        return answer
    gen, pos = position(conn)
    return Ack(batch.head.epoch, batch.head.seq, batch.head.hash, gen, pos)


def take_past(
    conn: Connection, caller: Station, events: Sequence[Sealed], now: datetime, chain: CentreChain
) -> tuple[Answer | None, ChainHead]:
    """Takes a file's events behind the head of a closed chain, `caller`'s; the caller keeps the new head.

    Answers like a push: None when all are stored, else why it ended where the head now stands.
    """
    batch = _Batch(conn, caller, now, chain, newest=False, from_file=True)
    answer = batch.take(events)
    return answer, batch.head


class _Batch:
    """One push on its way into the store; `head` is the station's chain as far as it is taken.

    It is not the `newest` when it goes into a chain that was closed before.
    """

    def __init__(
        self,
        conn: Connection,
        caller: Station,
        now: datetime,
        chain: CentreChain,
        *,
        newest: bool = True,
        from_file: bool = False,
    ) -> None:
        self._conn = conn
        self._now = now
        self._newest = newest
        self._from_file = from_file
        self._verifier = Verifier(caller.public_key)
        self._settler = Settler(conn, chain, now)
        self.head = caller.head

    def take(self, events: Sequence[Sealed]) -> Answer | None:
        """Takes event after event; an answer ends the batch where it stands, None means all are stored."""
        fresh, stop = list[Envelope](), None
        for event in events:
            stop = self._judge(event, fresh)
            if stop is not None:
                break
        self._store(fresh)
        return stop() if stop is not None else None

    def _judge(self, event: Sealed, fresh: list[Envelope]) -> Callable[[], Answer] | None:
        """Puts the event behind the others that are fresh, or says how to answer once those are stored."""
        try:
            envelope = event.opened()
            verify(envelope, self._verifier)
            # A place once taken is never filled: something on the way may have taken the words away.
            lacking = lacks_private(envelope) and not self._from_file
            if lacking and not erasing.erased(self._conn, [envelope.event_id]):
                require_whole(envelope)
        except Refused as no:
            if no.code == _TOO_NEW and self._verifier.holds(EVENT_TAG, event.header, event.sig):
                return partial(WrongVersion, too_new=True, spoken=Versions(1, ENVELOPE_VERSION))
            return partial(self._reject, event, no)
        head = self.head
        if (envelope.station_id, envelope.epoch) != (head.station_id, head.epoch):
            return partial(self._reject, event, _elsewhere(envelope, head))
        if envelope.seq > head.seq + 1:
            return partial(Gap, head.seq)
        if envelope.seq <= head.seq:
            return None if self._hash_at(envelope.seq, fresh) == envelope.hash else self.fork
        if envelope.prev != head.hash:
            # Between batches another record goes on; inside one, the chain itself is broken.
            return partial(self._reject, event, _broken(envelope)) if fresh else self.fork
        fresh.append(envelope)
        self.head = envelope.head
        return None

    def _hash_at(self, seq: int, fresh: list[Envelope]) -> str:
        """Our hash at a place that is taken, in the store or in this very batch."""
        if fresh and seq >= fresh[0].seq:
            return fresh[seq - fresh[0].seq].hash
        place = {"station_id": self.head.station_id, "epoch": self.head.epoch, "seq": seq}
        return str(self._conn.execute(_hash_at, place).scalar_one())

    def _store(self, fresh: list[Envelope]) -> None:
        used = self._used_ids(fresh)
        fresh = self._without_erased(fresh, used)
        rows, to_settle, unseen = [], list[Envelope](), list[Envelope]()
        for envelope in fresh:
            said = _content(envelope.header) if envelope.event_id in used else None
            before = used.setdefault(envelope.event_id, [])
            state = POSTED if said is None else self._again(envelope, said in before)
            if state != DUPLICATE:
                unseen.append(envelope)
            if state == POSTED:
                to_settle.append(envelope)
            before.append(said or _content(envelope.header))
            rows.append(_row(envelope, state, self._now))
        _receive.run(self._conn, rows)
        clock_skew.note(self._conn, self.head.station_id, unseen, self._now, newest=self._newest)
        self._settler.settle(to_settle)

    def _without_erased(self, fresh: list[Envelope], used: Mapping[str, object]) -> list[Envelope]:
        """What the centre erased does not come back, whoever still had it; what lacks more is told."""
        lacking = [one.event_id for one in fresh if lacks_private(one)]
        erasing.note_lacking(self._conn, self.head.station_id, lacking, self._now)
        private = [one for one in fresh if one.private is not None]
        # An id that somebody used before is perhaps another's: nothing follows for it from this one.
        unseen = [one for one in private if one.event_id not in used]
        erasing.recall(self._conn, erasing.concerned(self._conn, unseen), self._now)
        again = erasing.erased(self._conn, [one.event_id for one in private])
        return [replace(one, private=None, salt=None) if one.event_id in again else one for one in fresh]

    def _used_ids(self, fresh: list[Envelope]) -> dict[str, list[Content]]:
        """What was said under these event ids before."""
        used: dict[str, list[Content]] = {}
        ids = [envelope.event_id for envelope in fresh]
        for event_id, header in _headers_of.rows(self._conn, ids=ids) if fresh else ():
            used.setdefault(event_id, []).append(_content(header))
        return used

    def _again(self, envelope: Envelope, same: bool) -> str:
        if same:
            return DUPLICATE
        case = Case(
            key=f"id_reuse:{envelope.event_id}",
            type="event.id_reuse",
            subject=f"event:{envelope.event_id}",
            owner_role="admin",
            fix="Two different events carry one id. The first counts, the second is kept aside: compare "
            "both and record by hand what really happened.",
            at=f"station:{self.head.station_id}",
        )
        open_case(self._conn, priced_as_told(self._conn, case, envelope), self._now)
        return QUARANTINED

    def fork(self) -> Fork:
        """The centre holds something else in that place; the station renews, and that opens the case."""
        return Fork(self.head.seq, self.head.hash)

    def _reject(self, event: Sealed, no: Refused) -> Rejected:
        seq = self.head.seq + 1
        raw = digest(event.header, event.facts, event.private or b"", event.salt or b"", event.sig)
        key = f"event_rejected:{self.head.station_id}:{raw}"
        # The case stands for the bytes: sent again, they are the same evidence and are not kept twice.
        if not self._conn.execute(_case, {"key": key}).first():
            self._keep_evidence(event, seq, raw)
        envelope = _readable(event)
        case = Case(
            key=key,
            type="event.rejected",
            subject=f"station:{self.head.station_id}",
            owner_role="admin",
            fix=_changed(envelope, seq, self.head, no.code),
        )
        open_case(self._conn, priced_as_told(self._conn, case, envelope), self._now)
        return Rejected(seq, no.code, no.read, self.head.seq, self.head.hash)

    def _keep_evidence(self, event: Sealed, seq: int, raw: str) -> None:
        row = {
            "station_id": self.head.station_id,
            "epoch": self.head.epoch,
            "seq": seq,
            # Bytes nobody signed name no event; their own digest stands in every place of a name.
            "event_id": raw,
            "hash": raw,
            "header": event.header,
            "facts": event.facts,
            "private": event.private,
            "salt": event.salt.hex() if event.salt is not None else None,
            "sig": event.sig.hex(),
            "received_at": to_text(self._now),
            "state": EVIDENCE,
        }
        _receive.run(self._conn, [row])


def _row(envelope: Envelope, state: str, now: datetime) -> dict[str, object]:
    return {
        "station_id": envelope.station_id,
        "epoch": envelope.epoch,
        "seq": envelope.seq,
        "event_id": envelope.event_id,
        "hash": envelope.hash,
        "header": envelope.header,
        "facts": envelope.facts,
        "private": envelope.private,
        "salt": envelope.salt.hex() if envelope.salt is not None else None,
        "sig": envelope.sig.hex(),
        "received_at": to_text(now),
        "state": state,
    }


def _broken(envelope: Envelope) -> Refused:
    return Refused(
        "envelope.broken_chain",
        f"Event number {envelope.seq} of station {envelope.station_id} does not follow the one before it.",
        "Each event carries the hash of the one before it.",
        "The event is kept as evidence; check that station's disk.",
    )


def _elsewhere(envelope: Envelope, head: ChainHead) -> Refused:
    return Refused(
        "envelope.other_chain",
        f"Read an event of station {envelope.station_id}, epoch {envelope.epoch}.",
        f"Station {head.station_id}, epoch {head.epoch}, sends its own events only.",
        "The event is kept as evidence; check that station.",
    )


def _readable(event: Sealed) -> Envelope | None:
    """The envelope that the bytes make, whoever signed them; None when they make none."""
    try:
        return event.opened()
    except Refused:
        return None


def _changed(envelope: Envelope | None, seq: int, head: ChainHead, code: str) -> str:
    """What a person does about bytes that the station's key did not sign, or about some that are gone."""
    if envelope is not None and envelope.epoch < head.epoch:
        return (
            f"Event number {envelope.seq} of this station's epoch {envelope.epoch} came with bytes its key "
            "did not sign, so that it cannot go on in the present epoch. It does not count, and the others "
            "do: look at that station's disk and record by hand what it was."
        )
    if code == PRIVATE_MISSING:
        return (
            f"Event number {seq} of this station came without its notes and references. Look at that "
            "station's disk and at what is between it and here: its queue waits at this event."
        )
    return (
        f"Event number {seq} of this station came with bytes its key did not sign. Look at that "
        "station's disk; its queue waits at this event."
    )


def _content(header: bytes) -> Content:
    f = header_fields(header).raw()
    return f.get("kind"), f.get("facts_hash"), f.get("private_hash")


# Partial indexes are only used for conditions written out, so the states stand here as words.
_kept = text("receipt.state <> 'evidence'")
_hash_at = select(receipt.c.hash).where(
    receipt.c.station_id == bindparam("station_id"),
    receipt.c.epoch == bindparam("epoch"),
    receipt.c.seq == bindparam("seq"),
    _kept,
)
_headers_of = asking(
    lambda among: select(receipt.c.event_id, receipt.c.header).where(among(receipt.c.event_id, "ids"), _kept)
)
_receive = inserting(
    receipt,
    *(column.name for column in receipt.columns if column.name != "id"),
)
_advance = updating(
    update(station)
    .where(station.c.station_id == bindparam("of"))
    .values(head_seq=bindparam("to_seq"), head_hash=bindparam("to_hash")),
    "of",
    "to_seq",
    "to_hash",
)
_case = select(exception.c.id).where(exception.c.key == bindparam("key"))
