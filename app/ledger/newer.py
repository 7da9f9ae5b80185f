"""The record of a newer program, read for its chains alone: they are sealed by their own format.

Nothing is written. What is read has to be as this program knows it, column by column, and every event is held
against its signature and its place in its chain: what this program cannot understand, it does not carry.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from app.domain.envelope import ChainHead, genesis, verify
from app.domain.refusal import Refused, Unavailable
from app.domain.signing import Verifier
from app.ledger import epochs, meta
from app.ledger.memory import head_of
from app.ledger.second_copy import chain_after
from app.ledger.tables import epoch, event, resent
from app.ledger.tables import meta as meta_table

_NEEDED = (meta_table, epoch, event, resent)


@dataclass(frozen=True, slots=True)
class NewerRecord:
    """A `Chained` record; see the module."""

    connection: Connection
    head: ChainHead
    public_key: bytes


@contextmanager
def newer_record(path: Path, dbapi: Any, public_key: bytes) -> Iterator[NewerRecord]:
    """A record that this program may not open, as far as it understands it; nothing is written.

    Raises:
        Refused: `ledger.newer_unknown`: it is laid out in another way, or an event is not what this program
            knows; or it is signed with another key.
        Unavailable: it cannot be read.
    """
    engine = create_engine(
        "sqlite+pysqlite://",
        module=dbapi,
        creator=lambda: dbapi.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
    )
    try:
        with engine.connect() as connection:
            _require_known(path, connection)
            found = _standing(path, connection, public_key)
            _require_whole(path, found)
            yield found
    except DBAPIError as wrong:
        raise Unavailable(f"The station's record {path} cannot be read: {wrong.orig}.") from wrong


def _require_known(path: Path, connection: Connection) -> None:
    for table in _NEEDED:
        rows = connection.exec_driver_sql(f"PRAGMA table_info({table.name})")
        lacking = {column.name for column in table.columns} - {row[1] for row in rows}
        if lacking:
            raise _unknown(path, f"no {table.name}.{min(lacking)}")


def _standing(path: Path, connection: Connection, public_key: bytes) -> NewerRecord:
    named = {name: meta.maybe(connection, name) for name in (meta.STATION_ID, meta.EPOCH, meta.PUBLIC_KEY)}
    if named[meta.PUBLIC_KEY] != public_key.hex():
        raise Refused(
            "ledger.other_key",
            f"{path} is signed with another key than the one beside it.",
            "Expected the key of this station.",
            "Put the station's own key file back; nothing was changed.",
        )
    try:
        head = head_of(connection, public_key, epochs.recorded(connection))
    except (TypeError, ValueError) as odd:
        raise _unknown(path, "an epoch that is no number") from odd
    return NewerRecord(connection, head, public_key)


def _require_whole(path: Path, record: NewerRecord) -> None:
    """Every event of every chain, each behind the one before it, up to where the record says it stands."""
    verifier, station = Verifier(record.public_key), record.head.station_id
    head = record.head
    try:
        for chapter in epochs.chapters(record.connection):
            head = genesis(station, chapter.epoch, record.public_key)
            for one in chain_after(record, 0, chapter):
                verify(one, verifier)
                if (one.station_id, one.epoch, one.seq, one.prev) != (
                    station,
                    chapter.epoch,
                    head.seq + 1,
                    head.hash,
                ):
                    raise _unknown(path, f"event {one.seq} of epoch {one.epoch} out of its place")
                head = one.head
    except Refused as no:
        raise no if no.code == "ledger.newer_unknown" else _unknown(path, no.read) from no
    if head != record.head:
        raise _unknown(path, f"a chain that ends at event {head.seq}, not {record.head.seq}")


def _unknown(path: Path, what: str) -> Refused:
    return Refused(
        "ledger.newer_unknown",
        f"{path} was written by a newer Backhaul, and has {what}.",
        "Expected chains of events as this program knows them.",
        "Export it with that Backhaul; nothing was changed or written.",
    )
