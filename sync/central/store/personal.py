"""Personal values as they are kept: sealed under their RMA's key, opened one reference at a time, dropped."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, delete, insert, select, update

from app.domain.clock import to_text
from app.domain.ids import Ids
from app.domain.refusal import Unavailable
from sync.central.store.database import ERASED
from sync.central.store.tables import meta, personal_data, personal_key

KEEP_DAYS = 14
RECALLED = "recalled_erasures"
"""Under this name `meta` keeps references that were erased at a centre that a backup replaced."""
PURPOSE = b"backhaul/personal/v1"
_DAYS = "personal_days"
# SQLite takes 999 parameters in every version.
_AT_ONCE = 500
_KEY_SIZE, _NONCE_SIZE, _REF_SIZE = 32, 12, 16


@dataclass(frozen=True, slots=True)
class Kept:
    """Values under one reference; `values` are by kind."""

    ref: str
    rma: str
    kept_at: str
    keep_until: str
    values: Mapping[str, str]


class Vault:
    """Seals and opens, with a master key that follows from the centre's own; used inside one transaction."""

    def __init__(self, conn: Connection, master: bytes, ids: Ids) -> None:
        self._conn = conn
        self._master = AESGCM(master)
        self._ids = ids

    def keep(
        self, rma: str, customer: str | None, values: Mapping[str, str], now: datetime, days: int
    ) -> tuple[str, str]:
        """Seals values under an RMA's key, made when it has none; their reference and their last moment."""
        ref, nonce = self._ids.secret(_REF_SIZE).hex(), self._ids.secret(_NONCE_SIZE)
        key = self._key(rma) or self._new_key(rma, now)
        plain = json.dumps(dict(values), ensure_ascii=False, separators=(",", ":")).encode()
        keep_until = to_text(now + timedelta(days=days))
        self._conn.execute(
            insert(personal_data).values(
                ref=ref,
                rma=rma,
                customer=customer,
                kinds=json.dumps(sorted(values)),
                nonce=nonce,
                sealed=AESGCM(key).encrypt(nonce, plain, _about(ref, rma)),
                kept_at=to_text(now),
                keep_until=keep_until,
            )
        )
        return ref, keep_until

    def opened(self, row: Any) -> Kept:
        """The values of a row of `personal_data`.

        Raises:
            Unavailable: its key is gone, or the bytes were changed.
        """
        key = self._key(row.rma)
        if key is None:
            raise Unavailable(f"The key of RMA {row.rma} is gone: its personal values cannot be read.")
        try:
            plain = AESGCM(key).decrypt(bytes(row.nonce), bytes(row.sealed), _about(row.ref, row.rma))
        except InvalidTag:
            raise Unavailable(f"The personal values {row.ref} were changed and cannot be read.") from None
        return Kept(row.ref, row.rma, row.kept_at, row.keep_until, json.loads(plain))

    def _key(self, rma: str) -> bytes | None:
        row = self._conn.execute(select(personal_key).where(personal_key.c.rma == rma)).one_or_none()
        if row is None:
            return None
        try:
            return self._master.decrypt(bytes(row.nonce), bytes(row.sealed), rma.encode())
        except InvalidTag:
            raise Unavailable(f"The key of RMA {rma} was sealed by another centre's key.") from None

    def _new_key(self, rma: str, now: datetime) -> bytes:
        key, nonce = self._ids.secret(_KEY_SIZE), self._ids.secret(_NONCE_SIZE)
        self._conn.execute(
            insert(personal_key).values(
                rma=rma,
                nonce=nonce,
                sealed=self._master.encrypt(nonce, key, rma.encode()),
                made_at=to_text(now),
            )
        )
        return key


def found(conn: Connection, ref: str) -> Any | None:
    """The row of a reference; None when there is none, or none any more."""
    return conn.execute(select(personal_data).where(personal_data.c.ref == ref)).one_or_none()


def of_subject(conn: Connection, *, rma: str | None, customer: str | None) -> Sequence[Any]:
    """The rows about a customer, or of one RMA, oldest first."""
    column, value = (personal_data.c.rma, rma) if rma is not None else (personal_data.c.customer, customer)
    asked = select(personal_data).where(column == value)
    return conn.execute(asked.order_by(personal_data.c.kept_at, personal_data.c.ref)).all()


def recall_erased(conn: Connection, refs: Iterable[str]) -> None:
    """Drops what was erased at a centre that a backup replaced, and remembers that beside what was before.

    A copy that is put back again has the values again, and nobody else knows by then that they were erased.
    """
    before = conn.scalar(select(meta.c.value).where(meta.c.name == RECALLED))
    known = sorted({*(json.loads(before) if before else ()), *refs})
    for start in range(0, len(known), _AT_ONCE):
        part = known[start : start + _AT_ONCE]
        asked = select(personal_data.c.ref, personal_data.c.rma).where(personal_data.c.ref.in_(part))
        drop(conn, conn.execute(asked).all())
    if known:
        _keep(conn, RECALLED, json.dumps(known))


def overdue(conn: Connection, now: datetime, limit: int | None = None) -> Sequence[Any]:
    """The rows whose time is over."""
    asked = select(personal_data.c.ref, personal_data.c.rma).where(personal_data.c.keep_until <= to_text(now))
    return conn.execute(asked.order_by(personal_data.c.keep_until, personal_data.c.ref).limit(limit)).all()


def drop(conn: Connection, rows: Sequence[Any]) -> None:
    """Removes values, and the keys of RMAs that have none left."""
    conn.info[ERASED] = True
    for row in rows:
        conn.execute(delete(personal_data).where(personal_data.c.ref == row.ref))
    for rma in sorted({row.rma for row in rows}):
        left = conn.execute(select(personal_data.c.ref).where(personal_data.c.rma == rma).limit(1)).first()
        if left is None:
            conn.execute(delete(personal_key).where(personal_key.c.rma == rma))


def keep_days(conn: Connection) -> int:
    """How many days values stay."""
    return int(conn.scalar(select(meta.c.value).where(meta.c.name == _DAYS)) or KEEP_DAYS)


def set_keep_days(conn: Connection, days: int) -> None:
    """Sets it for what is kept from now on."""
    _keep(conn, _DAYS, str(days))


def _keep(conn: Connection, name: str, value: str) -> None:
    if conn.execute(update(meta).where(meta.c.name == name).values(value=value)).rowcount == 0:
        conn.execute(insert(meta).values(name=name, value=value))


def _about(ref: str, rma: str) -> bytes:
    return f"{ref}|{rma}".encode()
