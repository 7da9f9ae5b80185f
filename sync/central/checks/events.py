"""Posted events, column by column and move by move, against the envelopes that were sealed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app.domain.clock import from_text, to_text
from app.domain.laws import Violation
from app.domain.refusal import Refused
from sync.central.store.chain import CENTRE
from sync.central.store.exceptions import stored_key
from sync.central.store.posting import MADE_HERE
from sync.central.store.posting_cases import makers_key
from sync.central.store.tables import event, event_approval, exception, move

Accounts = Mapping[int, Mapping[str, str]]

_QUOTED = 60
_READ_LATELY = 1024
_USUAL_SIZE = 4096


def check_events(
    conn: Connection, posted: Sequence[Any], accounts: Accounts, origin: str
) -> Iterator[Violation]:
    """The events of some posted receipts of one chain, and the moves of each.

    Args:
        conn: one consistent look.
        posted: rows of `receipt`.
        accounts: every account by row number, as it stands in facts.
        origin: whose chain it is, as events name it.
    """
    ids = [row.event_id for row in posted]
    events = {row.event_id: row for row in conn.execute(_events, {"ids": ids})}
    moves = _moved(conn, ids, accounts)
    for row in posted:
        found, facts = events.get(row.event_id), read_facts(row.facts)
        where = f"event {row.event_id}"
        if found is None:
            yield Violation("facts", where, "no event", "the event that was sealed")
            continue
        moved = moves.get(row.event_id, [])
        if facts is None or moved != facts.get("moves", []):
            yield Violation("facts", where, f"{len(moved)} other moves", "the moves that were sealed")
        header = read_facts(row.header)
        if facts is not None and header is not None:
            yield from _columns(found, _sealed(header, facts, origin), where)


def check_makers(conn: Connection) -> Iterator[Violation]:
    """Each station that made what is the centre's has its case, open or answered."""
    keys = {stored_key(makers_key(row.origin, row.kind)): row for row in conn.execute(_strange)}
    known = set(conn.scalars(_cases, {"keys": list(keys)})) if keys else set[str]()
    for key, row in sorted(keys.items()):
        if key not in known:
            yield Violation("answered", f"{row.kind} of station {row.origin}", "no exception", "one")


def read_facts(raw: object) -> dict[str, Any] | None:
    """Stored bytes of JSON as an object; None for anything else, which the chain's check names."""
    if not isinstance(raw, bytes):
        return None
    return _read_lately(raw) if len(raw) <= _USUAL_SIZE else _read(raw)


def _read(raw: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):  # the latter: brackets nested without end
        return None
    return found if isinstance(found, dict) else None


# Several laws look into the same event in turn; none of them changes what it reads.
_read_lately = lru_cache(_READ_LATELY)(_read)


def _moved(conn: Connection, ids: Sequence[str], accounts: Accounts) -> dict[str, list[object]]:
    moves: defaultdict[str, list[object]] = defaultdict(list)
    for row in conn.execute(_moves, {"ids": ids}):
        moved: dict[str, object] = {
            "from": accounts[row.source],
            "kind": row.kind,
            "qty": row.qty,
            "to": accounts[row.target],
        }
        if row.reason:
            moved["reason"] = row.reason
        if row.document:
            moved["document"] = row.document
        moves[row.event_id].append(moved)
    return moves


def _sealed(header: Mapping[str, Any], facts: Mapping[str, Any], origin: str) -> dict[str, object]:
    """What the columns of an event must hold; the centre's own envelopes tell when it was posted."""
    told = "posted_at" if origin == CENTRE else "occurred_at"
    return {
        "kind": header.get("kind"),
        "origin": origin,
        "operator": header.get("operator"),
        "policy_ver": header.get("policy_ver") or None,
        "corrects": header.get("corrects") or None,
        told: _instant(header.get("wall")),
        "body": _canonical({name: value for name, value in facts.items() if name != "moves"}),
    }


def _columns(found: Any, sealed: Mapping[str, object], where: str) -> Iterator[Violation]:
    stored = {
        "kind": found.kind,
        "origin": found.origin,
        "operator": found.operator,
        "policy_ver": found.policy_ver,
        "corrects": found.corrects,
        "occurred_at": found.occurred_at,
        "posted_at": found.posted_at,
        "body": _reread(found.body),
    }
    # An instant that no envelope tells is at least written as instants are.
    expected = {name: _instant(stored[name]) for name in ("occurred_at", "posted_at")} | dict(sealed)
    wrong = [name for name in stored if stored[name] != expected[name]]
    if wrong:
        yield Violation(
            "event",
            where,
            ", ".join(f"{name} {str(stored[name])[:_QUOTED]}" for name in wrong),
            ", ".join(f"{name} {str(expected[name])[:_QUOTED]}" for name in wrong),
        )


def _instant(text: object) -> str | None:
    try:
        return to_text(from_text(str(text)))
    except Refused:
        return None


def _canonical(value: object) -> str:
    """One text for one value: true and 1, which Python holds for equal, stay apart."""
    return json.dumps(value, sort_keys=True)


def _reread(text: str) -> str:
    try:
        return _canonical(json.loads(text))
    except ValueError:
        return text


_events = select(event).where(event.c.event_id.in_(bindparam("ids", expanding=True)))
_moves = (
    select(
        event.c.event_id,
        move.c.qty,
        move.c.source,
        move.c.target,
        move.c.kind,
        move.c.reason,
        move.c.document,
    )
    .join_from(event, move, event.c.id == move.c.event)
    .where(event.c.event_id.in_(bindparam("ids", expanding=True)))
    .order_by(event.c.id, move.c.n)
)
# A verdict on approvals answers for an event that came with some.
_strange = (
    select(event.c.origin, event.c.kind)
    .join(event_approval, event_approval.c.event_id == event.c.event_id, isouter=True)
    .where(
        event.c.kind.in_(sorted(MADE_HERE)),
        event.c.origin != CENTRE,
        event_approval.c.event_id.is_(None),
    )
    .distinct()
)
_cases = select(exception.c.key).where(exception.c.key.in_(bindparam("keys", expanding=True)))
