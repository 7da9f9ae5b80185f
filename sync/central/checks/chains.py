"""Every chain link by link, and receipt by receipt what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, bindparam, select, text

from app.domain.envelope import ChainHead, Envelope, genesis, reopen
from app.domain.laws import Violation, chain
from app.domain.refusal import Refused
from app.domain.signing import Verifier
from sync.central.checks.events import Accounts, check_events
from sync.central.checks.receipts import check_states
from sync.central.checks.returns import check_remembered
from sync.central.store.chain import CENTRE
from sync.central.store.settling import POSTED
from sync.central.store.tables import event, receipt, station

_CHUNK = 500


def check_chains(conn: Connection, accounts: Accounts) -> tuple[Violation, ...]:
    """Chains of all stations and of the centre, their heads, and what became of each receipt.

    Args:
        conn: one consistent look.
        accounts: every account by row number, as it stands in facts.
    """
    found, posted = list[Violation](), 0
    for row in conn.execute(select(station).order_by(station.c.bench)):
        head = genesis(row.station_id, row.epoch, bytes.fromhex(row.public_key))
        origin = CENTRE if row.bench == 0 else row.station_id
        verifier = Verifier(bytes.fromhex(row.public_key))
        for receipts in _chunks(conn, row.station_id, row.epoch):
            envelopes, unreadable = _reopened(receipts)
            found += unreadable
            found += chain(envelopes, head, verifier)
            head = envelopes[-1].head if envelopes else head
            said = [entry for entry in receipts if entry.state == POSTED]
            posted += len(said)
            found += check_states(conn, receipts)
            found += check_events(conn, said, accounts, origin)
            found += check_remembered(conn, said)
        found += _check_head(row, head)
    events = int(conn.scalar(_count_events) or 0)
    if events != posted:
        found.append(Violation("facts", "posted events", f"{events} events", f"{posted} sealed"))
    return tuple(found)


def _chunks(conn: Connection, station_id: str, epoch: int) -> Iterator[Sequence[Any]]:
    after = 0
    while rows := conn.execute(_receipts, {"of": station_id, "epoch": epoch, "after": after}).all():
        yield rows
        after = rows[-1].seq


def _reopened(receipts: Sequence[Any]) -> tuple[list[Envelope], list[Violation]]:
    envelopes, unreadable = list[Envelope](), list[Violation]()
    for row in receipts:
        try:
            envelopes.append(_reopen(row))
        except (Refused, ValueError) as no:
            where = f"event number {row.seq} of station {row.station_id}"
            what = no.code if isinstance(no, Refused) else str(no)
            unreadable.append(Violation("chain", where, what, "a readable envelope"))
    return envelopes, unreadable


def _reopen(row: Any) -> Envelope:
    if not isinstance(row.header, bytes) or not isinstance(row.facts, bytes):
        raise ValueError("texts in place of bytes")  # noqa: TRY004 - a value in the table, not in a call
    salt = bytes.fromhex(row.salt) if row.salt is not None else None
    found = reopen(row.header, row.facts, row.private, salt, bytes.fromhex(row.sig))
    # With the columns in place of what was read, the chain's check holds them against the bytes.
    return replace(
        found,
        station_id=row.station_id,
        epoch=row.epoch,
        seq=row.seq,
        event_id=row.event_id,
        hash=row.hash,
    )


def _check_head(row: Any, head: ChainHead) -> tuple[Violation, ...]:
    stored, sealed = f"{row.head_seq} {row.head_hash[:12]}", f"{head.seq} {head.hash[:12]}"
    if stored == sealed:
        return ()
    return (Violation("chain", f"head of station {row.station_id}", stored, sealed),)


# The partial index is only used for a condition written out, so the state stands here as a word.
_receipts = (
    select(receipt)
    .where(
        receipt.c.station_id == bindparam("of"),
        receipt.c.epoch == bindparam("epoch"),
        receipt.c.seq > bindparam("after"),
        text("receipt.state <> 'evidence'"),
    )
    .order_by(receipt.c.seq)
    .limit(_CHUNK)
)
_count_events = select(text("count(*)")).select_from(event)
