"""Renewing a station's epoch: the duty to do it, what it still has, and the new chain in one durable commit.

The duty is kept in the record from the moment it is noticed until the new epoch is there, so that neither a
lost answer nor a power cut can lose it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cache

from sqlalchemy import delete, insert, select

from app.domain.envelope import digest, genesis, require_whole, verify
from app.domain.fields import Fields
from app.domain.refusal import Refused
from app.domain.resealing import content_digest
from app.domain.signing import Verifier
from app.ledger import epochs, erasing, meta, numbers, photos, site_stock
from app.ledger.database import Transaction
from app.ledger.numbers import SERIES
from app.ledger.owed import Due, Kept, Torn
from app.ledger.statements import Statements, prepare
from app.ledger.tables import epoch, event, outbox, resent
from app.ledger.writer import Ledger, envelope_of

# SQLite takes 999 parameters in every version.
_AT_ONCE = 500


def due(ledger: Ledger) -> Due | None:
    """The renewal that is owed, or None."""
    kept = meta.maybe(ledger.connection, meta.RENEWAL)
    if kept is None:
        return None
    f = Fields(json.loads(kept), "renewal")
    return Due(f.text("token"), f.text("cause"), f.text("install_id"))


def owe(ledger: Ledger, new: Due) -> Due:
    """Notes in one durable commit that a renewal is owed, and answers with it; one that is owed stays.

    Raises:
        Unavailable: nothing was noted.
    """
    before = due(ledger)
    if before is not None:
        return before
    with ledger.transaction() as tx:
        note(tx, new)
    return new


def note(tx: Transaction, new: Due) -> None:
    """The duty and the file's new name, inside a transaction."""
    meta.put(tx, _sql(), meta.RENEWAL, json.dumps(asdict(new)))
    # Copies of one file become different ones from here on.
    meta.put(tx, _sql(), meta.INSTALL_ID, new.install_id)


def met(ledger: Ledger) -> int:
    """The newest generation of the centre's feed that this station met; 0 before the first.

    One whose records were only fetched is not met: the duty to send again what its centre lacks comes with
    meeting it. Before any was met, the records' own generation is the one to compare with.
    """
    kept = meta.maybe(ledger.connection, meta.MET_GEN)
    return int(kept) if kept is not None else ledger.cursor.gen


def meet(ledger: Ledger, gen: int, new: Due) -> Due | None:
    """Notes the generation of a centre that answered; with a newer one than before, a renewal is owed.

    Answers with the renewal that is owed, or None. The first generation of all is no reason for one.
    Photos that an older one confirmed are sent again: nothing else need be said of photos for a month.
    """
    known = met(ledger)
    if gen > known:
        with ledger.transaction() as tx:
            meta.put(tx, _sql(), meta.MET_GEN, str(gen))
            photos.say_again(tx, gen)
            if known and due(ledger) is None:
                note(tx, new)
    return due(ledger)


def kept(ledger: Ledger, after: int, limit: int) -> list[Kept]:
    """The next events that are on this disk behind a `seq`, at most `limit`."""
    asked = select(event.c.seq, event.c.event_id, event.c.header).where(event.c.seq > after)
    rows = ledger.connection.execute(asked.order_by(event.c.seq).limit(limit))
    return [Kept(row.seq, row.event_id, _content(row.header)) for row in rows]


def _content(header: bytes) -> str:
    try:
        return content_digest(header)
    except Refused:
        # Nobody holds anything like it: it is lacking, and found torn.
        return digest(header)


def torn(ledger: Ledger, seqs: Sequence[int]) -> list[Torn]:
    """Those of these events that cannot be sealed anew, because their bytes are not those sealed here."""
    verifier, found = Verifier(ledger.public_key), list[Torn]()
    erased = erasing.erased(ledger.connection)
    for start in range(0, len(seqs), _AT_ONCE):
        part = seqs[start : start + _AT_ONCE]
        asked = select(event).where(event.c.seq.in_(part)).order_by(event.c.seq)
        for row in ledger.connection.execute(asked):
            try:
                envelope = envelope_of(row)
                verify(envelope, verifier)
                if envelope.event_id not in erased:
                    require_whole(envelope)
            except Refused:
                found.append(Torn(row.seq, row.header, row.facts, row.private, row.salt, row.sig))
    return found


def begin(
    ledger: Ledger, number: int, lacking: Iterable[int], upto: int, given: Mapping[str, int] | None = None
) -> int:
    """Begins an epoch with the events that the centre lacks, and answers how many go again.

    Args:
        ledger: the record.
        number: the epoch that the centre gave.
        lacking: by `seq`, those the centre does not hold, of the first `upto`.
        upto: the last `seq` that the centre was asked about; everything recorded since goes too.
        given: by family of codes, the highest number that the centre knows of this bench so far.

    Raises:
        Refused: an event is not as it was sealed; nothing was changed.
        Unavailable: nothing was changed.
        ValueError: the epoch is not a later one.
    """
    head = ledger.head
    if number <= head.epoch:
        raise ValueError(f"epoch {number} is not later than {head.epoch}")
    try:
        with ledger.transaction() as tx:
            recorded = epochs.recorded(tx.connection)
            again = [*sorted(set(lacking)), *range(upto + 1, recorded + 1)]
            opened = {"epoch": number, "begun": recorded, "resent": len(again)}
            tx.connection.execute(insert(epoch).values(opened))
            for rows in _sealed_anew(ledger, number, again):
                tx.connection.execute(insert(resent), rows)
            _waits(tx, again)
            _stands(tx, ledger, number)
            told = (given or {}).items()
            numbers.count_on(tx, {SERIES[of]: highest + 1 for of, highest in told if of in SERIES})
    finally:
        ledger.forget()
    return len(again)


def _sealed_anew(ledger: Ledger, number: int, seqs: Sequence[int]) -> Iterator[list[dict[str, object]]]:
    head = genesis(ledger.head.station_id, number, ledger.public_key)
    erased = erasing.erased(ledger.connection)
    for start in range(0, len(seqs), _AT_ONCE):
        part = seqs[start : start + _AT_ONCE]
        rows = []
        for row in ledger.connection.execute(
            select(event).where(event.c.seq.in_(part)).order_by(event.c.seq)
        ):
            again = ledger.reseal(envelope_of(row), head, erased=row.event_id in erased)
            head = again.head
            place = {"epoch": number, "number": again.seq, "seq": row.seq}
            rows.append({**place, "hash": again.hash, "header": again.header, "sig": again.sig})
        yield rows


def _waits(tx: Transaction, seqs: Sequence[int]) -> None:
    tx.connection.execute(delete(outbox))
    for start in range(0, len(seqs), _AT_ONCE):
        tx.connection.execute(insert(outbox), [{"seq": seq} for seq in seqs[start : start + _AT_ONCE]])


def _stands(tx: Transaction, ledger: Ledger, number: int) -> None:
    """Where the station stands with the centre: at the beginning of an epoch, and nothing is owed."""
    meta.put(tx, _sql(), meta.EPOCH, str(number))
    meta.put(tx, _sql(), meta.ACKNOWLEDGED, "0")
    meta.put(tx, _sql(), meta.RENEWAL, None)
    if ledger.identity is not None:
        identity = replace(ledger.identity, epoch=number)
        meta.put(tx, _sql(), meta.IDENTITY, json.dumps(identity.to_json()))
    # It says up to which number of the chain own events are counted in, and the numbers begin anew.
    site_stock.clear(tx)


@cache
def _sql() -> Statements:
    return prepare()
