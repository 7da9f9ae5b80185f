"""Every chain link by link, and receipt by receipt what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, select, text

from app.domain.envelope import Envelope, genesis, reopen
from app.domain.laws import Violation, chain
from app.domain.refusal import Refused
from app.domain.signing import Verifier
from sync.central.checks.blind import check_noted
from sync.central.checks.erasures import check_erased
from sync.central.checks.events import Accounts, check_events
from sync.central.checks.readable import Check, readable
from sync.central.checks.receipts import check_states
from sync.central.checks.returns import check_remembered
from sync.central.store.chain import CENTRE
from sync.central.store.renewing import closed_chains
from sync.central.store.settling import POSTED
from sync.central.store.tables import event, receipt, station

_CHUNK = 500
_QUOTED = 20


def check_chains(conn: Connection, accounts: Accounts) -> tuple[Violation, ...]:
    """Chains of all stations and of the centre, their heads, and what became of each receipt.

    Args:
        conn: one consistent look.
        accounts: every account by row number, as it stands in facts.
    """
    found, posted = list[Violation](), 0
    closed = closed_chains(conn)
    for row in conn.execute(select(station).order_by(station.c.bench)).all():
        current = (int(row.epoch), int(row.head_seq), row.head_hash)
        for stood in (*closed.get(row.station_id, ()), current):
            violations, here = _check_chain(conn, row, stood, accounts)
            found += violations
            posted += here
    events = int(conn.scalar(_count_events) or 0)
    if events != posted:
        found.append(Violation("facts", "posted events", f"{events} events", f"{posted} sealed"))
    return tuple(found)


def _check_chain(
    conn: Connection, row: Any, stood: tuple[int, int, str], accounts: Accounts
) -> tuple[list[Violation], int]:
    """One epoch of a station, whose head `stood` there; what is wrong with it, and how much was posted."""
    where = f"station {row.station_id}"
    origin = CENTRE if row.bench == 0 else row.station_id
    found, posted = list[Violation](), 0
    links, keyless = _begun(row, stood)
    found += keyless
    for receipts in _chunks(conn, row.station_id, stood[0]):
        said = [entry for entry in receipts if entry.state == POSTED]
        posted += len(said)
        checks: list[tuple[str, Check]] = [
            ("receipts", partial(check_states, rows=receipts)),
            ("erasure", partial(check_erased, rows=receipts)),
            ("event", partial(check_events, posted=said, accounts=accounts, origin=origin)),
            ("return", partial(check_remembered, posted=said)),
            ("return", partial(check_noted, posted=said)),
        ]
        if links:
            checks.append(("chain", partial(links.links, receipts=receipts)))
        for law, check in checks:
            found += readable(conn, law, check, where)
    found += links.ends() if links else ()
    return found, posted


class _Chain:
    """One epoch of a station, followed part by part from its genesis to where its head is said to stand."""

    def __init__(self, row: Any, stood: tuple[int, int, str]) -> None:
        key = bytes.fromhex(row.public_key)
        self._row = row
        self._stood = stood
        self._head = genesis(row.station_id, stood[0], key)
        self._verifier = Verifier(key)

    def links(self, _: Connection, receipts: Sequence[Any]) -> Iterator[Violation]:
        """What is wrong with the next receipts."""
        envelopes, unreadable = _reopened(receipts)
        start, self._head = self._head, envelopes[-1].head if envelopes else self._head
        yield from unreadable
        yield from chain(envelopes, start, self._verifier)

    def ends(self) -> Iterator[Violation]:
        """The head as it is kept, when it is not that of the last receipt."""
        stored = f"{self._stood[1]} {self._stood[2]}"
        sealed = f"{self._head.seq} {self._head.hash}"
        if stored != sealed:
            yield Violation("chain", f"head of station {self._row.station_id}", stored, sealed)


def _begun(row: Any, stood: tuple[int, int, str]) -> tuple[_Chain | None, tuple[Violation, ...]]:
    try:
        return _Chain(row, stood), ()
    except (Refused, ValueError, TypeError):
        where, key = f"station {row.station_id}", str(row.public_key)[:_QUOTED]
        return None, (Violation("chain", where, f"the key {key}", "a public key"),)


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
        except (Refused, ValueError, TypeError) as no:
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
