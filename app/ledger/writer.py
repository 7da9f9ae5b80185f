"""The one writer: an event, its moves and everything beside it, sealed, in one durable commit.

A ledger is owned by one thread, which does all its writing, reading and checkpointing. What it remembers
between commits (the chain's head, the hybrid clock, account ids, the feed cursor) is thrown away whenever a
transaction fails, whatever the reason, and read again from the file: memory never runs ahead of the disk.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Row, bindparam, select

from app.domain import canonical
from app.domain.clock import Clock, to_ms, to_text
from app.domain.envelope import (
    SALT_SIZE,
    ChainHead,
    Envelope,
    event_of,
    reopen,
    require_whole,
    seal,
    verify,
)
from app.domain.event import UNDOING, Event, EventKind
from app.domain.feed import Cursor
from app.domain.ids import Ids
from app.domain.refusal import Refused, Unavailable
from app.domain.resealing import reseal
from app.domain.signing import Signer, Verifier
from app.ledger import meta
from app.ledger.also import Also
from app.ledger.database import Database, Transaction
from app.ledger.identity import StationIdentity, StationSettings
from app.ledger.memory import Memory, evidence_of, read_memory
from app.ledger.posting import post, write_also
from app.ledger.reading import fetched
from app.ledger.statements import Statements, compiled, prepare
from app.ledger.tables import event as event_table
from app.ledger.upgrade import make_current


class Ledger:
    """The station's record.

    Args:
        path: the database file; made when it is not there, upgraded when it is older.
        dbapi: the DB-API module to take (`sqlite3` or `pysqlite3.dbapi2`).
        signer: the station's key; always the same for one file.
        clock: time.
        ids: fresh identities and salts.
        settings: what every event says of the program.

    Raises:
        Refused: `ledger.newer`, `ledger.not_sqlite`, `ledger.not_ours`, `ledger.other_key`.
        Unavailable: the file cannot be opened or written.
    """

    def __init__(
        self,
        path: Path,
        dbapi: Any,
        *,
        signer: Signer,
        clock: Clock,
        ids: Ids,
        settings: StationSettings,
    ) -> None:
        self._database = Database(path, dbapi)
        self._signer = signer
        self._clock = clock
        self._ids = ids
        self._settings = settings
        self._verifier = Verifier(signer.public_key)
        self._sql: Statements = prepare()
        self._memory: Memory | None = None
        try:
            make_current(self._database, clock, settings.app_ver)
            self._found()
            self._remembered()
        except BaseException:
            self._database.close()
            raise

    def _found(self) -> None:
        connection = self._database.connection
        if not meta.is_founded(connection, self.public_key):
            with self._database.transaction() as tx:
                meta.found(tx, self._sql, self._ids, self.public_key)
        if meta.maybe(connection, meta.APP_VER) != self._settings.app_ver:
            with self._database.transaction() as tx:
                meta.put(tx, self._sql, meta.APP_VER, self._settings.app_ver)

    @property
    def connection(self) -> Connection:
        """The open connection, for reading only; never kept over a write that may fail."""
        return self._database.connection

    @property
    def path(self) -> Path:
        """The database file."""
        return self._database.path

    @property
    def dbapi(self) -> Any:
        """The DB-API module in use."""
        return self._database.dbapi

    @property
    def head(self) -> ChainHead:
        """Where this station's chain stands."""
        return self._remembered().head

    @property
    def last_seq(self) -> int:
        """How many events are recorded here, through all epochs."""
        return self._remembered().seq

    @property
    def identity(self) -> StationIdentity | None:
        """Who the centre says this station is; None before enrolment."""
        return self._remembered().identity

    @property
    def cursor(self) -> Cursor:
        """Up to where the mirror holds the centre's feed."""
        return self._remembered().cursor

    @property
    def public_key(self) -> bytes:
        """The key that all events of this ledger are signed with."""
        return self._signer.public_key

    @property
    def install_id(self) -> str:
        """Names this database file among copies of it (32 hexadecimal digits)."""
        return meta.read(self.connection, meta.INSTALL_ID)

    def adopt(self, identity: StationIdentity) -> None:
        """Keeps what the centre answered at enrolment.

        Raises:
            Refused: `ledger.other_station` when the answer is about another station or epoch.
        """
        head = self.head
        if (identity.station_id, identity.epoch) != (head.station_id, head.epoch):
            raise Refused(
                "ledger.other_station",
                f"The centre answered for station {identity.station_id}, epoch {identity.epoch}.",
                f"This is station {head.station_id}, epoch {head.epoch}.",
                "Ask for a new enrolment code.",
            )
        with self.transaction() as tx:
            meta.put(tx, self._sql, meta.IDENTITY, json.dumps(identity.to_json()))
        self._remembered().identity = identity

    def record(self, event: Event, also: Sequence[Also] = ()) -> Envelope:
        """Seals the event behind the head and writes it with `also` in one durable commit.

        An event whose id is already recorded with the same facts is answered with its stored envelope and
        nothing is written, so that the same event can be recorded again after `Unavailable`.

        Raises:
            Unavailable: not recorded; says why.
            Refused: `undo.twice`, or facts that are not canonical JSON.
        """
        try:
            with self.transaction() as tx:
                return self._record(tx, event, also)
        except self.dbapi.IntegrityError:
            stored = self._stored(event)
            if stored is None:
                _refuse_second_undo(self.connection, event)
                raise
            return stored
        except Unavailable:
            stored = self._after_all(event)
            if stored is None:
                raise
            return stored

    def _record(self, tx: Transaction, event: Event, also: Sequence[Also]) -> Envelope:
        memory = self._remembered()
        now = self._clock.now()
        wall_ms = to_ms(now)
        hlc = memory.hlc.tick(wall_ms)
        evidence = evidence_of(self._settings, memory, hlc, (to_text(now), self._clock.monotonic_ms()))
        salt = self._ids.secret(SALT_SIZE) if event.private is not None else b""
        envelope = seal(event, memory.head, evidence, self._signer, salt)
        seq, undone = memory.seq + 1, self._undone_by(event)
        post(tx, self._sql, memory.accounts, (event, envelope, hlc, wall_ms, seq), undone)
        write_also(tx, self._sql, also, seq, evidence.wall)
        # Ahead of the commit, which is safe: a failed transaction forgets all of it.
        memory.head, memory.seq, memory.hlc = envelope.head, seq, hlc
        return envelope

    def _undone_by(self, event: Event) -> tuple[Event, int] | None:
        if event.kind != EventKind.RETURN_UNDONE or event.corrects is None:
            return None
        found = fetched(self.connection, _sealed(), (event.corrects,))
        return (event_of(reopen(*found[0][1:])), found[0][0]) if found else None

    def _stored(self, event: Event) -> Envelope | None:
        stored = self.envelope(event.event_id)
        same = stored is not None and stored.facts == canonical.encode(event.facts())
        return stored if same else None

    def _after_all(self, event: Event) -> Envelope | None:
        # An error can hide a commit that did reach the file, which opening anew has made durable by now;
        # a person told "not recorded" would do it twice.
        try:
            return self._stored(event)
        except Unavailable:
            return None

    def save(self, also: Sequence[Also]) -> None:
        """Writes drafts, labels, numbers and values without an event, in one durable commit.

        Raises:
            Unavailable: nothing was saved; says why.
        """
        wall = to_text(self._clock.now())
        with self.transaction() as tx:
            write_also(tx, self._sql, also, None, wall)

    def peek_number(self, series: str) -> int:
        """The next number of a series, from 1; `TakeNumber` uses it up in the commit that needs it."""
        found = fetched(self.connection, self._sql.counter, (series,))
        return int(found[0][0]) if found else 1

    def value(self, name: str) -> str | None:
        """What `SetValue` kept under this name."""
        return meta.maybe(self.connection, meta.VALUE_PREFIX + name)

    def envelope(self, event_id: str) -> Envelope | None:
        """The stored envelope of one event, or None."""
        found = fetched(self.connection, _sealed(), (event_id,))
        return reopen(*found[0][1:]) if found else None

    def reseal(self, envelope: Envelope, after: ChainHead, *, erased: bool = False) -> Envelope:
        """An event of this station sealed once more, behind the head of a later epoch.

        Raises:
            Refused: its bytes are not those, or not all (but for what was `erased`), that were sealed here.
        """
        verify(envelope, self._verifier)
        if not erased:
            require_whole(envelope)
        return reseal(envelope, after, self._signer)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One durable commit by this package's own parts; a failure makes the ledger forget and re-read."""
        try:
            with self._database.transaction() as tx:
                yield tx
        except BaseException:
            self._memory = None
            raise

    def set_cursor(self, tx: Transaction, cursor: Cursor, rev_no: int | None = None) -> None:
        """Moves the feed cursor, and the newest known revocation, in the transaction of their page."""
        meta.put(tx, self._sql, meta.FEED_GEN, str(cursor.gen))
        meta.put(tx, self._sql, meta.FEED_POS, str(cursor.pos))
        # Ahead of the commit, which is safe: a failed transaction forgets all of it.
        memory = self._remembered()
        memory.cursor, memory.rev_no = cursor, memory.rev_no if rev_no is None else rev_no

    def forget(self) -> None:
        """Reads everything anew from the file: another epoch began in it."""
        self._memory = None

    def _remembered(self) -> Memory:
        if self._memory is None:
            self._memory = read_memory(self.connection, self.public_key, self._sql)
        return self._memory

    def close(self) -> None:
        """Lets the file go; nothing is lost, everything recorded is on disk already."""
        self._memory = None
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        wrong: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@cache
def _sealed() -> str:
    kept = event_table.c
    parts = (kept.seq, kept.header, kept.facts, kept.private, kept.salt, kept.sig)
    return compiled(select(*parts).where(kept.event_id == bindparam("of")))


def envelope_of(row: Row[Any]) -> Envelope:
    """The envelope stored in a row of the event table."""
    return reopen(row.header, row.facts, row.private, row.salt, row.sig)


def _refuse_second_undo(connection: Connection, event: Event) -> None:
    undone = select(event_table.c.seq).where(event_table.c.corrects == event.corrects)
    if event.kind in UNDOING and connection.execute(undone).first():
        raise Refused(
            "undo.twice",
            f"Event {event.corrects} is already undone.",
            "Each event is taken back once.",
            "Carry on; nothing was changed.",
        )
