"""Rows that repeat something or stand for something: accounts, balances, write-offs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, and_, exists, func, or_, select

from app.domain.account import KEY_PARTS, Status
from app.domain.approvals import Verdict
from app.domain.approvals.people import same_person
from app.domain.event import EventKind
from app.domain.laws import Violation
from app.domain.place import Virtual
from sync.central.checks.events import read_facts
from sync.central.checks.readable import readable
from sync.central.store.accounts import ACCOUNT_COLUMNS
from sync.central.store.chain import CENTRE
from sync.central.store.tables import account, balance, event, event_approval, move, write_off
from sync.central.store.undoing import NOT_UNDONE

# As whoever looks an account up quotes it.
_quote = json.encoder.encode_basestring
_STATES = ("requested", "approved", "rejected", "withdrawn")


def check_records(conn: Connection) -> Iterator[Violation]:
    """Accounts stand under their own key, balances repeat their accounts, write-offs are what happened."""
    with conn.execute(_accounts, execution_options={"yield_per": 1000}) as rows:
        for number, key, *parts in rows:
            if key != ",".join(map(_quote, parts)):
                yield Violation("account", f"account {number}", f"key {key}", " ".join(filter(None, parts)))
    for row in conn.execute(_other_account):
        found = f"{row.item} of {row.owner}, {row.status}"
        yield Violation("balances", f"account {row.account}", found, "what the account says")
    yield from readable(conn, "write-off", _write_offs)


def _write_offs(conn: Connection) -> Iterator[Violation]:
    """An approved write-off and its event say the same; every other has none."""
    for row in conn.execute(_decided):
        wrong = _own(row) or (_undecided(row) if row.state != "approved" else _unlike(row))
        if wrong:
            yield Violation("write-off", f"write-off {row.code}", *wrong)
    for row in conn.execute(_unasked):
        yield Violation("write-off", f"event {row.event_id}", f"{row.times} write-offs", "one")


def _own(row: Any) -> tuple[str, str] | None:
    if row.decided_by is not None and same_person(row.decided_by, row.requested_by):
        return f"asked and decided by {row.decided_by}", "another person's word"
    return None


def _undecided(row: Any) -> tuple[str, str] | None:
    decided = [row.decided_by, row.decided_at]
    if row.state not in _STATES:
        return f"state {row.state}", f"one of {', '.join(_STATES)}"
    if row.event_id is not None:
        return f"{row.state}, event {row.event_id}", "no event unless it is approved"
    if any(decided) if row.state == "requested" else not all(decided):
        return f"{row.state}, decided by {row.decided_by} at {row.decided_at}", "a decision when there is one"
    return None


def _unlike(row: Any) -> tuple[str, str] | None:
    """What an approved write-off says beside what its event says."""
    if row.body is None:
        return f"event {row.event_id}", f"{EventKind.STOCK_WRITTEN_OFF} of the centre, or one signed validly"
    said = read_facts(row.body.encode()) or {}
    if row.origin != CENTRE:
        return _unsigned(row, said)
    stored = {
        "write_off": row.code,
        "sku": row.sku,
        "qty": row.qty,
        "reason": row.reason,
        "requested_by": row.requested_by,
        "regulated": row.regulated,
        "decided_by": row.decided_by,
        "decided_at": row.decided_at,
        "moved": row.qty,
    }
    told = {
        name: said.get(name) for name in ("write_off", "sku", "qty", "reason", "requested_by", "regulated")
    } | {
        "decided_by": row.operator,
        "decided_at": row.occurred_at,
        "moved": int(row.moved or 0),
    }
    wrong = [name for name in stored if stored[name] != told[name]]
    if not wrong:
        return None
    return _listed(stored, wrong), _listed(told, wrong)


def _unsigned(row: Any, said: Mapping[str, object]) -> tuple[str, str] | None:
    """One that approvers signed at a station, asked for by a disposition there: told by its cause."""
    names = ("sku", "qty", "requested_by", "regulated", "cause")
    stored = {name: getattr(row, name) for name in names} | {"moved": row.qty, "at": row.decided_at}
    told = {name: said.get(name) for name in names} | {"moved": int(row.moved or 0), "at": row.occurred_at}
    wrong = [name for name in stored if stored[name] != told[name]]
    return (_listed(stored, wrong), _listed(told, wrong)) if wrong else None


def _listed(side: Mapping[str, object], names: Iterable[str]) -> str:
    return ", ".join(f"{name} {side[name]}" for name in names)


_accounts = select(account.c.id, account.c.key, *ACCOUNT_COLUMNS)
_other_account = (
    select(balance)
    .join_from(balance, account, balance.c.account == account.c.id)
    .where(or_(*(balance.c[part] != account.c[part] for part in KEY_PARTS if part in balance.c)))
    .order_by(balance.c.account)
)
_written_off = and_(event.c.kind == str(EventKind.STOCK_WRITTEN_OFF), event.c.origin == CENTRE)
_signed = and_(
    event.c.kind == str(EventKind.STOCK_WRITTEN_OFF),
    exists().where(
        event_approval.c.event_id == event.c.event_id, event_approval.c.verdict == str(Verdict.VALID)
    ),
)
_moved = (
    select(func.sum(move.c.qty))
    .join_from(move, account, move.c.target == account.c.id)
    .where(
        move.c.event == event.c.id,
        # Regulated goods wait for their disposal where they are.
        or_(
            account.c.location == str(Virtual.SCRAP),
            and_(write_off.c.regulated.is_not(None), account.c.status == str(Status.QUARANTINED)),
        ),
        account.c.owner == write_off.c.owner,
        account.c.item == write_off.c.sku,
        or_(
            and_(move.c.document == write_off.c.code, move.c.reason == write_off.c.reason),
            event.c.origin != CENTRE,
        ),
    )
    .correlate(event, write_off)
    .scalar_subquery()
)
_decided = (
    select(
        write_off,
        event.c.body,
        event.c.operator,
        event.c.occurred_at,
        event.c.origin,
        _moved.label("moved"),
    )
    .join_from(
        write_off,
        event,
        and_(event.c.event_id == write_off.c.event_id, or_(_written_off, _signed)),
        isouter=True,
    )
    .order_by(write_off.c.code)
)
_asked = func.count(write_off.c.code)
_unasked = (
    select(event.c.event_id, _asked.label("times"))
    .join_from(event, write_off, write_off.c.event_id == event.c.event_id, isouter=True)
    # What was taken back is nobody's write-off any more.
    .where(_written_off, NOT_UNDONE)
    .group_by(event.c.event_id)
    .having(_asked != 1)
)
