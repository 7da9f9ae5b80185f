"""What the one writer remembers between commits, and how it is read from the file."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import NoResultFound

from app.domain.clock import Hlc
from app.domain.envelope import ChainHead, Evidence, genesis
from app.domain.feed import Cursor
from app.domain.refusal import Refused, Unavailable
from app.ledger import epochs, meta
from app.ledger.database import DAMAGED
from app.ledger.identity import StationIdentity, StationSettings
from app.ledger.posting import AccountIds
from app.ledger.statements import Statements
from app.ledger.tables import event as event_table
from app.ledger.tables import revocation_list


@dataclass(slots=True)
class Memory:
    """What the file said, kept in step with it; dropped whole when a transaction fails."""

    head: ChainHead
    seq: int
    hlc: Hlc
    cursor: Cursor
    identity: StationIdentity | None
    accounts: AccountIds = field(repr=False)
    rev_no: int = 0


def evidence_of(settings: StationSettings, memory: Memory, hlc: Hlc, at: tuple[str, float]) -> Evidence:
    """What the station knows at the moment of acting; `at` is the wall clock and milliseconds since boot."""
    return Evidence(
        app_ver=settings.app_ver,
        hlc=str(hlc),
        wall=at[0],
        mono_ms=int(at[1]),
        boot_id=settings.boot_id,
        tz=settings.tz,
        feed_gen=memory.cursor.gen,
        feed_pos=memory.cursor.pos,
        rev_no=memory.rev_no,
    )


def read_memory(connection: Connection, public_key: bytes, sql: Statements) -> Memory:
    """What the file says.

    Raises:
        Unavailable: it cannot be read as what was written.
    """
    try:
        return _read(connection, public_key, sql)
    except (AttributeError, KeyError, TypeError, ValueError, NoResultFound, Refused) as wrong:
        # Every founded record has these rows, whole: what cannot be read was changed on the disk.
        raise Unavailable(f"Not read: {DAMAGED}") from wrong


def _read(connection: Connection, public_key: bytes, sql: Statements) -> Memory:
    columns = event_table.c
    last = connection.execute(
        select(columns.seq, columns.hlc).order_by(columns.seq.desc()).limit(1)
    ).one_or_none()
    seq = int(last.seq) if last is not None else 0
    identity = meta.maybe(connection, meta.IDENTITY)
    return Memory(
        head=head_of(connection, public_key, seq),
        seq=seq,
        hlc=Hlc.parse(last.hlc) if last is not None else Hlc(0, 0),
        cursor=Cursor(int(meta.read(connection, meta.FEED_GEN)), int(meta.read(connection, meta.FEED_POS))),
        identity=StationIdentity.from_json(json.loads(identity)) if identity is not None else None,
        accounts=AccountIds(sql),
        rev_no=int(connection.execute(select(func.max(revocation_list.c.number))).scalar() or 0),
    )


def head_of(connection: Connection, public_key: bytes, seq: int) -> ChainHead:
    """Where the chain of the newest epoch stands, of which `seq` is the last event recorded."""
    now = epochs.current(connection, int(meta.read(connection, meta.EPOCH)))
    start = genesis(meta.read(connection, meta.STATION_ID), now.epoch, public_key)
    number = now.number_of(seq)
    found = epochs.link(connection, now, number) if number else None
    return start if found is None else ChainHead(start.station_id, now.epoch, number, found[1])
