"""Receipts that are not posted: each is like an earlier one, or waits with a case that says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, func, select, text

from app.domain.envelope import digest
from app.domain.laws import Violation
from sync.central.checks.events import read_facts
from sync.central.store.exceptions import stored_key
from sync.central.store.settling import (
    DUPLICATE,
    EVIDENCE,
    PARKED,
    POSTED,
    QUARANTINED,
    UNPOSTED,
    unknown_keys,
)
from sync.central.store.tables import event, exception, receipt

_PAGE = 500
_CHAINED = frozenset({POSTED, UNPOSTED, PARKED, DUPLICATE, QUARANTINED})
_ORIGINAL = _CHAINED - {DUPLICATE}

# An event's kind and the hashes of its parts: what it says, wherever it stands.
Content = tuple[object, object, object]


def check_states(conn: Connection, rows: Sequence[Any]) -> Iterator[Violation]:
    """Some receipts of a chain: posted once, or rightly not at all.

    What waits is not in the ledger and has an open case, or an answered one when it is its kind that the
    centre does not know. An id used again has its case, a repetition the receipt that it repeats.
    """
    ids = {"ids": [row.event_id for row in rows]}
    for event_id, times in conn.execute(_posted_twice, ids):
        yield Violation("receipts", f"event {event_id}", f"posted {times} times", "posted once")
    others = [row for row in rows if row.state != POSTED]
    if not others:
        return
    ids = {"ids": [row.event_id for row in others]}
    here = set(conn.scalars(_events, ids))
    earlier: defaultdict[str, list[Any]] = defaultdict(list)
    for row in conn.execute(_namesakes, ids):
        earlier[row.event_id].append(row)
    cases = _cases(conn, (key for row in others for key in _keys(row)))
    for row in others:
        wrong = _wrong(row, earlier[row.event_id], cases, posted=row.event_id in here)
        if wrong:
            where = f"event number {row.seq} of station {row.station_id}"
            yield Violation("receipts", where, f"{row.state}, {wrong[0]}", wrong[1])


def check_waiting(conn: Connection) -> Iterator[Violation]:
    """What is parked waits behind an earlier event about the same, which waits too."""
    held, after = set[str](), 0
    while rows := conn.execute(_waiting, {"after": after}).all():
        for row in rows:
            subjects = _subjects(row.header) | _units(row.facts)
            if row.state == PARKED and held.isdisjoint(subjects):
                where = f"event number {row.seq} of station {row.station_id}"
                yield Violation("receipts", where, "parked behind nothing", "an earlier one about the same")
            held |= subjects
        after = rows[-1].id


def check_evidence(conn: Connection) -> Iterator[Violation]:
    """Bytes that no station signed are kept as they came, each with its case, open or answered."""
    after = 0
    while rows := conn.execute(_evidence, {"after": after}).all():
        cases = _cases(conn, (key for row in rows for key in _keys(row)))
        for row in rows:
            where = f"evidence {row.event_id[:12]} of station {row.station_id}"
            if _came(row) != row.event_id:
                yield Violation("receipts", where, "other bytes", "the bytes that came")
            elif not cases.keys() & set(_keys(row)):
                yield Violation("receipts", where, "no exception", "one")
        after = rows[-1].id


def _came(row: Any) -> str | None:
    """The digest of the bytes that came; None when what stands there is no bytes."""
    try:
        salt = bytes.fromhex(row.salt) if row.salt else b""
        return digest(row.header, row.facts, row.private or b"", salt, bytes.fromhex(row.sig))
    except (ValueError, TypeError):
        return None


def _wrong(
    row: Any, namesakes: Iterable[Any], cases: Mapping[str, str], *, posted: bool
) -> tuple[str, str] | None:
    """What is wrong with a receipt that is not posted, and what was expected."""
    if row.state == DUPLICATE:
        said = _content(row.header)
        originals = (other for other in namesakes if other.id < row.id and other.state in _ORIGINAL)
        if any(_content(other.header) == said for other in originals):
            return None
        return "nothing equal before it", "an earlier receipt that says the same"
    if row.state == QUARANTINED:
        return None if cases.keys() & set(_keys(row)) else ("no exception", "one")
    if row.state not in _CHAINED:
        return "no such state", "a state of a receipt"
    if posted:
        return "yet in the ledger", "no event until it is posted"
    if row.state == UNPOSTED:
        failed, *unknown = _keys(row)
        if cases.get(failed) != "open" and cases.keys().isdisjoint(unknown):
            return "no open exception", "one"
    return None


def _keys(row: Any) -> tuple[str, ...]:
    """The keys of the cases that may answer for a receipt."""
    if row.state == QUARANTINED:
        return (stored_key(f"id_reuse:{row.event_id}"),)
    if row.state == EVIDENCE:
        return (stored_key(f"event_rejected:{row.station_id}:{row.event_id}"),)
    if row.state == UNPOSTED:
        said = read_facts(row.header) or {}
        unknown = unknown_keys(said.get("kind"), said.get("kind_ver"))
        return stored_key(f"unposted:{row.event_id}"), *map(stored_key, unknown)
    return ()


def _cases(conn: Connection, keys: Iterable[str]) -> dict[str, str]:
    """The states of the cases of these keys."""
    asked = list(dict.fromkeys(keys))
    return {row.key: row.state for row in conn.execute(_states, {"keys": asked})} if asked else {}


def _content(header: object) -> Content | None:
    said = read_facts(header)
    return (said.get("kind"), said.get("facts_hash"), said.get("private_hash")) if said else None


def _subjects(header: object) -> set[str]:
    """What a waiting event holds up: what it is about but its item, itself, and what it corrects.

    A station may have signed a field of another type, which names nothing.
    """
    said = read_facts(header) or {}
    about = said.get("subject")
    texts = [name for name in about if isinstance(name, str)] if isinstance(about, list) else []
    skus = {name.removeprefix("sku:") for name in texts if name.startswith("sku:")}
    serials = {name for name in texts if name.startswith("serial:")} if skus else set[str]()
    named = {name for name in texts if not name.startswith("sku:")} - serials
    named |= {f"serial:{sku}:{name.removeprefix('serial:')}" for sku in skus for name in serials}
    events = (said.get("event_id"), said.get("corrects"))
    return named | {f"event:{name}" for name in events if name and isinstance(name, str)}


def _units(facts: object) -> set[str]:
    """The units that it moves, which it holds up whether or not it names them."""
    moves = (read_facts(facts) or {}).get("moves")
    accounts = [
        move.get(side)
        for move in (moves if isinstance(moves, list) else [])
        if isinstance(move, dict)
        for side in ("from", "to")
    ]
    told = [account for account in accounts if isinstance(account, dict)]
    labels = {f"label:{account['label']}" for account in told if account.get("label")}
    return labels | {
        f"serial:{account.get('item')}:{account['serial']}" for account in told if account.get("serial")
    }


_ids: BindParameter[str] = bindparam("ids", expanding=True)
_posted_twice = (
    select(receipt.c.event_id, func.count())
    .where(receipt.c.event_id.in_(_ids), receipt.c.state == POSTED)
    .group_by(receipt.c.event_id)
    .having(func.count() > 1)
)
_events = select(event.c.event_id).where(event.c.event_id.in_(_ids))
_namesakes = select(receipt.c.id, receipt.c.event_id, receipt.c.header, receipt.c.state).where(
    receipt.c.event_id.in_(_ids), receipt.c.state != EVIDENCE
)
_states = select(exception.c.key, exception.c.state).where(
    exception.c.key.in_(bindparam("keys", expanding=True))
)
# The partial index is only used for a condition written out, so the states stand here as words.
_waiting = (
    select(
        receipt.c.id, receipt.c.station_id, receipt.c.seq, receipt.c.header, receipt.c.facts, receipt.c.state
    )
    .where(text("receipt.state IN ('unposted', 'parked')"), receipt.c.id > bindparam("after"))
    .order_by(receipt.c.id)
    .limit(_PAGE)
)
_evidence = (
    select(receipt)
    .where(receipt.c.state == EVIDENCE, receipt.c.id > bindparam("after"))
    .order_by(receipt.c.id)
    .limit(_PAGE)
)
