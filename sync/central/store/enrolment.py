"""Which stations belong to this centre: one-time codes, enrolment, and who may sign requests."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import NoResultFound

from app.domain.clock import to_text
from app.domain.envelope import ChainHead, genesis
from app.domain.refusal import Refused
from sync.central.store.feed import position
from sync.central.store.prepared import asking, inserting, updating
from sync.central.store.security_notes import tell
from sync.central.store.tables import enrolment_code, meta, request_nonce, station
from sync.wire.messages import Enrol, Enrolled
from sync.wire.signatures import FRESH, Caller

CODE_BYTES = 16
ENROLLED = "station.enrolled"
_FIRST_EPOCH = 1
_GROUP = 4
# Letters and digits that people take for each other; the code's alphabet has only the second of each pair.
_ALIKE = str.maketrans("018", "OIB", "-_ \t\r\n")


@dataclass(frozen=True, slots=True)
class Station:
    """A station as the centre knows it: its chain's head, its key, whether it was shut out, and its site."""

    head: ChainHead
    bench: int
    public_key: bytes
    fenced: bool
    site: str = ""


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A one-time code, shown once and never stored, and until when it is taken."""

    code: str
    expires_at: datetime


def issue_code(
    conn: Connection, secret: bytes, *, name: str, site: str, owner: str, now: datetime, life: timedelta
) -> IssuedCode:
    """Makes the code under which one station may join as `name` at `site`, for goods of `owner`.

    `secret` is 16 unpredictable bytes; the code spells them in letters and digits.
    """
    spelled = base64.b32encode(secret).decode().rstrip("=")
    conn.execute(
        insert(enrolment_code).values(
            code_hash=_hash(spelled),
            name=name,
            site=site,
            owner=owner,
            expires_at=to_text(now + life),
        )
    )
    groups = (spelled[at : at + _GROUP] for at in range(0, len(spelled), _GROUP))
    return IssuedCode("-".join(groups), now + life)


def withdraw_codes(conn: Connection, now: datetime) -> None:
    """Counts every code as used: a copy that was put back may show a used one as new."""
    conn.execute(_withdraw, {"now": to_text(now)})


def enrol(conn: Connection, asked: Enrol, now: datetime) -> Enrolled:
    """Takes a station in, or repeats the answer to the station whose answer got lost.

    Raises:
        Refused: `enrol.code` for a code that is unknown, used by another station, or too old;
            `enrol.known` for a station that is here already.
    """
    code = conn.execute(_code, {"code_hash": _hash(asked.code)}).one_or_none()
    if code is None:
        raise _refused_code("that nobody was given")
    known = conn.execute(_station, {"station_id": asked.station_id}).one_or_none()
    if code.used_at is not None:
        if known is None or not _same(known, code, asked):
            raise _refused_code("that was used already")
        return _answer(conn, known)
    if code.expires_at < to_text(now):
        raise _refused_code(f"that was good until {code.expires_at}")
    if known is not None:
        raise Refused(
            "enrol.known",
            f"Station {asked.station_id} is enrolled here already.",
            "Each station joins once; a copied or restored one goes on by itself with its next sync.",
            "Start a new station with its own data folder.",
        )
    conn.execute(
        update(enrolment_code)
        .where(enrolment_code.c.code_hash == _hash(asked.code))
        .values(used_at=to_text(now))
    )
    conn.execute(
        insert(station).values(
            station_id=asked.station_id,
            name=code.name,
            bench=conn.execute(_next_bench).scalar_one(),
            public_key=asked.public_key.hex(),
            install_id=asked.install_id,
            site=code.site,
            owner=code.owner,
            epoch=_FIRST_EPOCH,
            head_seq=0,
            head_hash=genesis(asked.station_id, _FIRST_EPOCH, asked.public_key).hash,
            enrolled_at=to_text(now),
        )
    )
    tell(conn, ENROLLED, asked.station_id, now)
    return _answer(conn, conn.execute(_station, {"station_id": asked.station_id}).one())


def was_given(conn: Connection, code: str) -> bool:
    """Whether somebody was given this code, be it used or too old by now."""
    return conn.execute(_code, {"code_hash": _hash(code)}).one_or_none() is not None


def find_station(conn: Connection, station_id: str) -> Station | None:
    """The station of that id, None for a stranger; the centre's own chain is nobody who asks."""
    row = _found.first(conn, station_id=station_id)
    return _read(row) if row is not None and row.bench != 0 else None


def lock_station(conn: Connection, station_id: str) -> Station:
    """A station known to be here, its row locked until the writer's transaction ends."""
    row = _locked.first(conn, station_id=station_id)
    if row is None:
        raise NoResultFound(station_id)
    return _read(row)


def _read(row: Any) -> Station:
    return Station(
        head=ChainHead(row.station_id, row.epoch, row.head_seq, row.head_hash),
        bench=row.bench,
        public_key=bytes.fromhex(row.public_key),
        fenced=bool(row.fenced),
        site=row.site,
    )


def take_nonce(conn: Connection, caller: Caller, now: datetime) -> None:
    """Uses up a request's nonce.

    A nonce is remembered for as long as a request that carries it could still be fresh.

    Raises:
        Refused: `request.replayed` when it was used before.
    """
    _forget.one(conn, before=to_text(now - 2 * FRESH))
    seen = {"station_id": caller.station_id, "nonce": caller.nonce}
    if _seen.first(conn, **seen):
        raise Refused(
            "request.replayed",
            "Read a request that was taken before.",
            "Each request is signed afresh with its own nonce.",
            "Send it again, signed anew.",
        )
    _remember.one(conn, **seen, seen_at=to_text(now))


def _hash(code: str) -> str:
    return hashlib.sha256(code.upper().translate(_ALIKE).encode()).hexdigest()


def _same(known: Row[tuple[object, ...]], code: Row[tuple[object, ...]], asked: Enrol) -> bool:
    return (
        (known.public_key, known.install_id) == (asked.public_key.hex(), asked.install_id)
        and (known.name, known.site, known.owner) == (code.name, code.site, code.owner)
        and known.enrolled_at == code.used_at
    )


def _answer(conn: Connection, row: Row[tuple[object, ...]]) -> Enrolled:
    return Enrolled(
        station_id=row.station_id,
        epoch=row.epoch,
        bench=f"{row.bench:02d}",
        site=row.site,
        owner=row.owner,
        name=row.name,
        centre_id=conn.execute(_centre_id).scalar_one(),
        feed_gen=position(conn)[0],
    )


def _refused_code(why: str) -> Refused:
    return Refused(
        "enrol.code",
        f"Read an enrolment code {why}.",
        "A code is good once and for a few minutes.",
        "Ask the administrator for a new code.",
    )


_code = select(enrolment_code).where(enrolment_code.c.code_hash == bindparam("code_hash"))
_withdraw = update(enrolment_code).where(enrolment_code.c.used_at.is_(None)).values(used_at=bindparam("now"))
_station = select(station).where(station.c.station_id == bindparam("station_id"))
_next_bench = select(func.max(station.c.bench) + 1)
_centre_id = select(meta.c.value).where(meta.c.name == "centre_id")
_found = asking(lambda _: _station)
_locked = asking(lambda _: _station.with_for_update())
_forget = updating(delete(request_nonce).where(request_nonce.c.seen_at < bindparam("before")), "before")
_seen = asking(
    lambda _: select(request_nonce.c.nonce).where(
        request_nonce.c.station_id == bindparam("station_id"), request_nonce.c.nonce == bindparam("nonce")
    )
)
_remember = inserting(request_nonce)
