"""The audit of a station: the laws of the domain, over everything stored, from the first event on.

Reads in streams, so that millions of moves need little memory: the chain event by event, the balances item
by item. Nothing derived is believed: every row is held against the sealed bytes it came from.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from app.domain import laws
from app.domain.account import KEY_PARTS
from app.domain.clock import from_text, to_ms
from app.domain.envelope import Envelope, event_of, genesis, header_fields, require_whole
from app.domain.event import Event
from app.domain.laws import Violation
from app.domain.refusal import Refused
from app.domain.resealing import origin_of
from app.domain.signing import Verifier
from app.ledger import epochs, erasing
from app.ledger.derived import SealedProgress, check_balances, outbox_violations, photo_violations
from app.ledger.posting import progress_of, subjects_of, units_of
from app.ledger.reading import fetched
from app.ledger.statements import compiled
from app.ledger.tables import account, event, move, subject
from app.ledger.writer import Ledger, envelope_of

_STREAM = {"yield_per": 1000}


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What was read, every law that does not hold, and what only the centre's record can answer."""

    violations: tuple[Violation, ...]
    events: int
    moves: int
    accounts: int
    questions: tuple[Violation, ...] = ()

    @property
    def clean(self) -> bool:
        """True when every law holds."""
        return not self.violations


def audit(ledger: Ledger) -> AuditReport:
    """Holds the whole database against the laws; reads only.

    Raises:
        Unavailable: the file could not be read to its end.
    """
    connection = ledger.connection
    with SealedProgress(connection) as progress:
        walk = _Walk(connection, progress)
        chain = _chains(ledger, walk)
        progress_found = progress.violations()
    balances = check_balances(connection)
    waiting = (*outbox_violations(connection), *photo_violations(connection))
    found = (*chain, *walk.found, *walk.strays(), *balances.violations, *progress_found, *waiting)
    return AuditReport(found, walk.events, walk.moves, balances.accounts, balances.questions)


def _chains(ledger: Ledger, walk: _Walk) -> tuple[Violation, ...]:
    """Every epoch's chain, from its genesis: first what was sealed anew, then what was recorded in it."""
    connection, station = ledger.connection, ledger.head.station_id
    known = epochs.chapters(connection)
    verifier = Verifier(ledger.public_key)
    found = list[Violation]()
    for now, following in pairwise([*known, None]):
        if now is None:
            break
        last = following.begun if following is not None else None
        links = itertools.chain(walk.sealed_anew(now), walk.envelopes(now, last))
        found += laws.chain(links, genesis(station, now.epoch, ledger.public_key), verifier)
    return tuple(found)


class _Walk:
    """One pass over the events with their moves, both in chain order."""

    def __init__(self, connection: Connection, progress: SealedProgress) -> None:
        self._connection = connection
        self._progress = progress
        self._subjects = 0
        self._erased = erasing.erased(connection)
        self._stored = _MovesBySeq(connection)
        # Asked a few times per event: compiled once.
        self._has_subject = compiled(
            select(subject.c.seq).where(
                subject.c.subject == bindparam("name"), subject.c.seq == bindparam("of")
            )
        )
        self.found: list[Violation] = []
        self.events = 0
        self.moves = 0

    def sealed_anew(self, of: epochs.Chapter) -> Iterator[Envelope]:
        """What an epoch begins with: the same events as were recorded before, in their order."""
        count, before = 0, 0
        for row, envelope in epochs.sealed_anew(self._connection, of):
            count += 1
            first = self._connection.execute(select(event).where(event.c.seq == row.seq)).one()
            origin = origin_of(envelope.header)
            if row.number != count or not before < row.seq <= of.begun:
                self._say("record", row.seq, f"number {row.number} of epoch {of.epoch}", f"number {count}")
            if row.hash != envelope.hash or first.event_id != envelope.event_id:
                self._say("record", row.seq, f"sealed anew as {envelope.event_id}", first.event_id)
            if origin is None or (origin.epoch, origin.hash) != (first.epoch, first.hash):
                self._say("record", row.seq, f"origin {origin}", f"epoch {first.epoch}, {first.hash}")
            before = row.seq
            yield envelope
        if count != of.resent:
            self._say("record", of.begun, f"{count} sealed anew", f"{of.resent} in epoch {of.epoch}")

    def envelopes(self, of: epochs.Chapter, last: int | None) -> Iterator[Envelope]:
        """Every envelope up to `last` that can be read; what does not fit its rows goes to `found`."""
        asked = select(event).where(event.c.seq > of.begun).order_by(event.c.seq)
        rows = self._connection.execute(
            asked if last is None else asked.where(event.c.seq <= last), execution_options=_STREAM
        )
        for row in rows:
            self.events += 1
            stored = self._stored.of(row.seq)
            self.moves += len(stored)
            try:
                envelope = envelope_of(row)
                inside = event_of(envelope)
                self._check_record(row, envelope, inside, of.shift)
                self._take_progress(inside)
            except Refused as no:
                self._say("record", row.seq, no.code, "an event that can be read")
                continue
            self._check_whole(row.seq, envelope)
            self._check_moves(row.seq, stored, inside)
            self._check_subjects(row.seq, inside)
            yield envelope

    def strays(self) -> tuple[Violation, ...]:
        """Rows that belong to no event; asked after the pass."""
        found = []
        for law, table, expected in (("moves", move, self.moves), ("subjects", subject, self._subjects)):
            count = self._connection.execute(select(func.count()).select_from(table)).scalar_one()
            if count != expected:
                found.append(Violation(law, "rows of all events", str(count), str(expected)))
        return tuple(found)

    def _say(self, law: str, seq: int, read: str, expected: str) -> None:
        self.found.append(Violation(law, f"event number {seq}", read, expected))

    def _check_record(self, row: Row[Any], envelope: Envelope, inside: Event, shift: int) -> None:
        header = header_fields(envelope.header)
        sealed = {
            "seq": envelope.seq + shift,
            "epoch": envelope.epoch,
            "event_id": envelope.event_id,
            "kind": envelope.kind,
            "hash": envelope.hash,
            "hlc": header.text("hlc"),
            "wall_ms": to_ms(from_text(header.text("wall"))),
            "units": units_of(inside),
            "corrects": inside.corrects,
        }
        for name, value in sealed.items():
            if (stored := getattr(row, name)) != value:
                self._say("record", row.seq, f"{name} {stored}", f"{name} {value}")

    def _check_whole(self, seq: int, envelope: Envelope) -> None:
        """A private part that is not there was lost, but where its erasure is on record."""
        if envelope.event_id in self._erased:
            return
        try:
            require_whole(envelope)
        except Refused as no:
            self._say("record", seq, no.code, "all that was sealed")

    def _check_moves(self, seq: int, stored: list[tuple[object, ...]], inside: Event) -> None:
        sealed: list[tuple[object, ...]] = [
            (line, m.qty, str(m.kind), m.reason, m.document, *map(str, (*m.source.key, *m.target.key)))
            for line, m in enumerate(inside.moves, 1)
        ]
        if stored != sealed:
            at = next(
                (n for n, (a, b) in enumerate(zip(stored, sealed, strict=False), 1) if a != b),
                min(len(stored), len(sealed)) + 1,
            )
            read = stored[at - 1] if at <= len(stored) else "nothing"
            wanted = sealed[at - 1] if at <= len(sealed) else "nothing"
            self._say("moves", seq, f"move {at} {read}", str(wanted))

    def _check_subjects(self, seq: int, inside: Event) -> None:
        for name in subjects_of(inside):
            self._subjects += 1
            if not fetched(self._connection, self._has_subject, (name, seq)):
                self._say("subjects", seq, "nothing", name)

    def _take_progress(self, inside: Event) -> None:
        undone = None
        if inside.corrects is not None:
            row = self._connection.execute(select(event).where(event.c.event_id == inside.corrects)).first()
            try:
                undone = event_of(envelope_of(row)) if row is not None else None
            except Refused:
                # Said already, where that event itself was read.
                undone = None
        progress = progress_of(inside, undone)
        if progress is not None:
            self._progress.add(progress)


class _MovesBySeq:
    """The stored moves, read once from the first to the last event, as plain rows with their accounts."""

    def __init__(self, connection: Connection) -> None:
        source, target = account.alias("s"), account.alias("t")
        statement = (
            select(
                move.c.seq,
                move.c.line,
                move.c.qty,
                move.c.kind,
                move.c.reason,
                move.c.document,
                *(source.c[part] for part in KEY_PARTS),
                *(target.c[part].label(f"to_{part}") for part in KEY_PARTS),
            )
            .join(source, source.c.id == move.c.source)
            .join(target, target.c.id == move.c.target)
            .order_by(move.c.seq, move.c.line)
        )
        rows = connection.execute(statement, execution_options=_STREAM)
        self._groups = groupby(rows, key=lambda row: row.seq)
        self._next = next(self._groups, None)

    def of(self, seq: int) -> list[tuple[object, ...]]:
        """The moves of this event; events are asked for in order."""
        while self._next is not None and self._next[0] < seq:
            self._next = next(self._groups, None)
        if self._next is None or self._next[0] != seq:
            return []
        found = [tuple(row)[1:] for row in self._next[1]]
        self._next = next(self._groups, None)
        return found
