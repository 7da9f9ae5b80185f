"""Units that a bench made sellable by a word which nobody with the right to it gave: kept from sale at once.

The unit is where it was put, and the word is on record. What it would have released waits there in quarantine
until somebody decides about it at the centre.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from app.domain.account import Account, Status
from app.domain.approvals import Verdict
from app.domain.event import Event, EventKind
from app.domain.move import Move, MoveKind
from sync.central.rules.discards import word
from sync.central.store.accounts import numbers
from sync.central.store.act import Act
from sync.central.store.chain import CENTRE, CentreChain
from sync.central.store.journal import Fact
from sync.central.store.prepared import asking
from sync.central.store.tables import balance, event_approval

KINDS = frozenset({EventKind.UNIT_REDECIDED})
REASON = "inspection"
"""Why such units are quarantined: somebody has to look at them, as at others of that word."""

_WHY = "nobody with the right to it approved the word that put it up for sale"


def follow(
    conn: Connection, fact: Fact, posted_at: datetime, chain: CentreChain
) -> Iterator[tuple[Act, Event]]:
    """What the centre records because a word of a bench, one of `KINDS`, is worth nothing."""
    row = _verdict.first(conn, of=fact.event.event_id)
    if row is None or row.verdict != Verdict.INVALID:
        return
    act = Act(conn, chain, CENTRE, f"event:{fact.event.event_id}", fact.occurred_at, posted_at)
    for move in fact.event.moves:
        held = move.target
        if held.status is Status.SELLABLE and move.source.status is not Status.SELLABLE:
            qty = min(move.qty, _here(conn, held))
            if qty > 0:
                yield act, _kept(act, fact.event, held, qty)


def _kept(act: Act, happened: Event, held: Account, qty: int) -> Event:
    """The centre's own word: the unit stays in its place, and is not for sale."""
    rma = word(happened.body, "return")
    body = {
        "label": held.label,
        "sku": held.item,
        "qty": qty,
        "serial": held.serial,
        "lot": held.lot,
        "grade": held.grade,
        "disposition": "quarantine",
        "place": held.location,
        "reason": _WHY,
        "return": rma,
        "overrides": {"event": happened.event_id, "disposition": word(happened.body, "disposition")},
    }
    named = [f"rma:{rma}"] if rma else []
    named += [f"label:{held.label}"] if held.label else []
    named += [f"sku:{held.item}", f"event:{happened.event_id}"]
    there = replace(held, status=Status.QUARANTINED, reason=REASON)
    moves = (Move(qty, held, there, MoveKind.DISPOSE, _WHY, rma),)
    return act.event(EventKind.UNIT_REDECIDED, tuple(named), moves, body)


def _here(conn: Connection, held: Account) -> int:
    row = _balance.first(conn, of=numbers(conn, [held])[held])
    return int(row.qty) if row is not None else 0


_verdict = asking(
    lambda _: select(event_approval.c.verdict).where(event_approval.c.event_id == bindparam("of"))
)
_balance = asking(lambda _: select(balance.c.qty).where(balance.c.account == bindparam("of")))
