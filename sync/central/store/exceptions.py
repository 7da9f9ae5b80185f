"""Opening exceptions: one case for one key, however often the same thing is found."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, null, update

from app.domain.clock import to_text
from sync.central.store.at_risk import Money, MoneyOf, of_units
from sync.central.store.prepared import updating, upserting
from sync.central.store.tables import exception

_LONGEST_KEY = 300
_OPEN = "open"


@dataclass(frozen=True, slots=True)
class Case:
    """Something that does not fit.

    `key` is the same for the same thing; `sku` and `qty` price the money at risk when they are known, unless
    `money` says it in minor units with its currency, and `money_of` which figure that is; `owner_role` is who
    must act, `fix` what to do.
    """

    key: str
    type: str
    subject: str
    owner_role: str
    fix: str
    sku: str | None = None
    qty: int = 0
    money: tuple[int, str] | None = None
    money_of: MoneyOf = MoneyOf.PRICE


def stored_key(key: str) -> str:
    """The key as it is stored: itself, or its digest when it is longer or stranger than an index takes."""
    if len(key) <= _LONGEST_KEY and key.isprintable():
        return key
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    return f"sha256:{digest}"


def plain(words: str) -> str:
    """A text that any database keeps: PostgreSQL has no NUL."""
    return words.replace("\x00", "\N{REPLACEMENT CHARACTER}")


def open_case(conn: Connection, case: Case, opened_at: datetime) -> None:
    """Opens the case; found anew it is open again, since when it first was, with what is at risk now."""
    money = _at_risk(conn, case)
    _open.one(
        conn,
        key=stored_key(case.key),
        type=case.type,
        subject=plain(case.subject),
        money_minor=money[0] if money else None,
        currency=money[1] if money else None,
        money_of=money[2].value if money else None,
        owner_role=case.owner_role,
        opened_at=to_text(opened_at),
        state=_OPEN,
        fix=plain(case.fix),
    )


def _at_risk(conn: Connection, case: Case) -> Money | None:
    if case.money is not None:
        return (*case.money, case.money_of)
    return of_units(conn, plain(case.sku), case.qty) if case.sku else None


def close_cases(conn: Connection, keys: Collection[str], at: datetime, resolution: str) -> None:
    """Closes those of these cases that are open, because what they were about is no more."""
    if keys:
        stored = sorted({stored_key(key) for key in keys})
        _close.run(conn, [{"which": key, "at": to_text(at), "why": resolution} for key in stored])


_newest = ("money_minor", "currency", "money_of", "owner_role", "fix")
_again = ("resolved_at", "resolved_by", "resolution")
_open = upserting(
    exception,
    ["key"],
    lambda _, newer: {name: newer[name] for name in (*_newest, "state")} | dict.fromkeys(_again, null()),
    *("key", "type", "subject", "opened_at", "state", *_newest),
)
_close = updating(
    update(exception)
    .where(exception.c.key == bindparam("which"), exception.c.state == _OPEN)
    .values(
        state="resolved",
        resolved_at=bindparam("at"),
        resolved_by="centre",
        resolution=bindparam("why"),
    ),
    "which",
    "at",
    "why",
)
