"""Opening exceptions: one case for one key, however often the same thing is found."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, text, update
from sqlalchemy import case as whether
from sqlalchemy.dialects import postgresql, sqlite

from app.domain.clock import to_text
from app.domain.fields import EXACT_MAX
from sync.central.rules.deadlines import deadlines
from sync.central.store.at_risk import Money, MoneyOf, of_units
from sync.central.store.case_sites import far_site_of, site_of
from sync.central.store.chain import CENTRE
from sync.central.store.prepared import asking, inserting, updating
from sync.central.store.tables import exception, exception_closing

_LONGEST_KEY = 300


@dataclass(frozen=True, slots=True)
class Case:
    """Something that does not fit.

    `key` is the same for the same thing; `sku` and `qty` price the money at risk when they are known, unless
    `money` says it in minor units with its currency, and `money_of` which figure that is; `owner_role` is who
    must act, `fix` what to do. `at` is where it is, as `bin:`, `event:` and so on, where the subject does not
    say so surely.
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
    at: str = ""


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
    """Opens the case; found anew it is open again, since when it first was, with what is at risk now.

    By when it is to be answered counts from when it opens or opens again, not from each time it is found.
    """
    money = _at_risk(conn, case)
    conn.execute(
        _open[conn.dialect.name],
        {
            "key": stored_key(case.key),
            "type": case.type,
            "subject": plain(case.subject),
            "money_minor": money[0] if money else None,
            "currency": money[1] if money else None,
            "money_of": money[2].value if money else None,
            "owner_role": case.owner_role,
            "opened_at": to_text(opened_at),
            "due_at": to_text(deadlines().due(case.type, opened_at)),
            "state": "open",
            "fix": plain(case.fix),
            "site": site_of(conn, case.type, (plain(case.at), plain(case.subject)), plain(case.sku or "")),
            "far_site": far_site_of(conn, plain(case.subject)),
        },
    )


def _at_risk(conn: Connection, case: Case) -> Money | None:
    if case.money is not None:
        found: Money | None = (*case.money, case.money_of)
    else:
        found = of_units(conn, plain(case.sku), case.qty) if case.sku else None
    # A station may tell of more units than an amount can be stored of.
    return (min(found[0], EXACT_MAX), *found[1:]) if found else None


@dataclass(frozen=True, slots=True)
class Said:
    """What was said about a case that is over: when, by whom, what, and by which event, where one said so."""

    at: datetime
    by: str
    note: str
    event_id: str | None = None


def close_cases(
    conn: Connection, keys: Collection[str], at: datetime, resolution: str, event_id: str | None = None
) -> None:
    """Closes those of these cases that are open, because what they were about is no more.

    `event_id` is what ended it, where one event did.
    """
    if keys:
        numbers = _open_of.rows(conn, keys=sorted({stored_key(key) for key in keys}))
        close(conn, [row.id for row in numbers], Said(at, CENTRE, resolution, event_id))


def close(conn: Connection, numbers: Sequence[int], said: Said) -> None:
    """Closes the open cases of these numbers, and keeps what was said whatever becomes of them later."""
    row = {
        "event_id": said.event_id,
        "closed_at": to_text(said.at),
        "closed_by": said.by,
        "note": plain(said.note),
    }
    _close.run(conn, [{"which": number} | row for number in numbers])
    _keep.run(conn, [{"exception": number} | row for number in numbers])


_lite, _large = sqlite.insert(exception), postgresql.insert(exception)
_newest = ("money_minor", "currency", "money_of", "owner_role", "fix")
_again = {"state": "open", "resolved_at": None, "resolved_by": None, "resolution": None}


def _changed(newer: Any) -> dict[str, object]:
    """What becomes of a case that is there, given the row of the one that was found."""
    still = whether((exception.c.state == "open", exception.c.due_at))
    kept = {"due_at": func.coalesce(still, newer.due_at), "site": func.coalesce(newer.site, exception.c.site)}
    return _again | {name: newer[name] for name in _newest} | kept


_open = {
    "sqlite": _lite.on_conflict_do_update(index_elements=["key"], set_=_changed(_lite.excluded)),
    "postgresql": _large.on_conflict_do_update(index_elements=["key"], set_=_changed(_large.excluded)),
}
_open_of = asking(
    lambda among: select(exception.c.id).where(
        among(exception.c.key, "keys"), text("exception.state = 'open'")
    )
)
_close = updating(
    update(exception)
    .where(exception.c.id == bindparam("which"))
    .values(
        state="resolved",
        resolved_at=bindparam("closed_at"),
        resolved_by=bindparam("closed_by"),
        resolution=bindparam("note"),
    ),
    "which",
    "closed_at",
    "closed_by",
    "note",
)
_keep = inserting(exception_closing, "exception", "event_id", "closed_at", "closed_by", "note")
