"""Entering facts: their events, moves and the balances they change; nothing is derived here."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from app.domain.account import Account
from app.domain.clock import Hlc, from_ms, to_ms, to_text
from app.domain.envelope import Envelope, header_fields
from app.domain.event import Event
from app.domain.place import is_virtual
from app.domain.refusal import Refused
from sync.central.store.accounts import numbers
from sync.central.store.prepared import asking, inserting, updating, upserting
from sync.central.store.tables import balance, event, move

Balances = tuple[tuple[Account, int], ...]
"""Accounts, each with the units in it."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What happened, who recorded it (a station id, or `centre`), and when by the clock of whoever did.

    `sealed` is the stored envelope of what a station recorded, `received_at` when it came, by our clock.
    """

    event: Event
    origin: str
    occurred_at: datetime
    sealed: Envelope | None = None
    received_at: datetime | None = None

    @property
    def dated(self) -> datetime:
        """When it counts as done: see `dated`; as its recorder says where nobody noted when it came."""
        if self.received_at is None:
            return self.occurred_at
        return dated(self.occurred_at, self.sealed.header if self.sealed else None, self.received_at)


def dated(occurred_at: datetime, header: bytes | None, received_at: datetime) -> datetime:
    """When an event counts as done: as its recorder says, but not before what that had recorded before.

    Nothing is done after it came here either. A station's clock may be years ahead, or behind; what it says
    stays with the event. Of one that was ahead once, its chain says no more than that it came.

    Args:
        occurred_at: what the recorder's clock said.
        header: of its sealed envelope, with the latest time that its chain had reached.
        received_at: when it came, by our clock.
    """
    reached = _reached(header) if header is not None else 0
    if to_ms(occurred_at) < reached <= to_ms(received_at):
        return from_ms(reached)
    return min(occurred_at, received_at)


def _reached(header: bytes) -> int:
    try:
        return Hlc.parse(header_fields(header).text("hlc")).wall_ms
    except Refused:
        # Nobody vouches for that part; the event stands by its clock.
        return 0


@dataclass(frozen=True, slots=True)
class Entered:
    """What entering some facts did.

    `rows` has the row of each event by its id, higher for later ones; `changes` is the change of each
    account by all of them together; `negative` are the accounts inside the building that are below zero now,
    and `risen` those that were and are not any more, each with its balance.
    """

    rows: Mapping[str, int]
    changes: Balances
    negative: Balances
    risen: Balances = ()

    @property
    def first(self) -> int:
        """The row of the first fact."""
        return min(self.rows.values(), default=0)


def enter(conn: Connection, facts: Sequence[Fact], posted_at: datetime) -> Entered:
    """Writes events, their moves and the balances, in a handful of statements however many there are."""
    rows = _enter_events(conn, facts, posted_at)
    ends = [end for fact in facts for entry in fact.event.moves for end in (entry.source, entry.target)]
    if not ends:
        return Entered(rows, (), ())
    ids = numbers(conn, ends)
    totals: defaultdict[int, int] = defaultdict(int)
    moves = list[dict[str, object]]()
    for fact in facts:
        row = rows[fact.event.event_id]
        for n, entry in enumerate(fact.event.moves, 1):
            source, target = ids[entry.source], ids[entry.target]
            totals[source] -= entry.qty
            totals[target] += entry.qty
            moves.append(
                {
                    "event": row,
                    "n": n,
                    "qty": entry.qty,
                    "source": source,
                    "target": target,
                    "kind": entry.kind.value,
                    "reason": entry.reason,
                    "document": entry.document,
                }
            )
    _new_moves.run(conn, moves)
    changes = {number: (account, totals[number]) for account, number in ids.items() if totals[number]}
    return Entered(rows, tuple(changes.values()), *_balance(conn, changes))


def _enter_events(conn: Connection, facts: Sequence[Fact], posted_at: datetime) -> dict[str, int]:
    """Writes the events in their order; the row of each."""
    at = to_text(posted_at)
    _new_events.run(
        conn,
        [
            {
                "event_id": fact.event.event_id,
                "kind": str(fact.event.kind),
                "origin": fact.origin,
                "occurred_at": to_text(fact.occurred_at),
                "posted_at": at,
                "operator": fact.event.operator,
                "policy_ver": fact.event.policy_ver,
                "corrects": fact.event.corrects,
                "body": json.dumps(dict(fact.event.body), ensure_ascii=False, separators=(",", ":")),
            }
            for fact in facts
        ],
    )
    rows = _rows_of.rows(conn, ids=[fact.event.event_id for fact in facts])
    return {event_id: int(row) for event_id, row in rows}


def _balance(conn: Connection, changes: Mapping[int, tuple[Account, int]]) -> tuple[Balances, Balances]:
    """Adds the changes to the balances; which places inside are below zero now, and which are no more."""
    _add.run(
        conn,
        [
            {
                "account": number,
                "owner": account.owner,
                "item": account.item,
                "status": account.status.value if account.status else "",
                "qty": qty,
            }
            for number, (account, qty) in changes.items()
        ],
    )
    now = [(int(number), int(qty)) for number, qty in _now.rows(conn, accounts=list(changes))]
    _remove.run(conn, [{"of": number} for number, qty in now if qty == 0])
    inside = [
        (account, qty, change)
        for number, qty in now
        for account, change in [changes[number]]
        if not is_virtual(account.location)
    ]
    return (
        tuple((account, qty) for account, qty, _ in inside if qty < 0),
        tuple((account, qty) for account, qty, change in inside if qty - change < 0 <= qty),
    )


_new_events = inserting(event, *(column.name for column in event.columns if column.name != "id"))
_rows_of = asking(lambda among: select(event.c.event_id, event.c.id).where(among(event.c.event_id, "ids")))
_new_moves = inserting(move)
_add = upserting(balance, ("account",), lambda old, newer: {"qty": old.c.qty + newer.qty})
_now = asking(
    lambda among: select(balance.c.account, balance.c.qty).where(among(balance.c.account, "accounts"))
)
_remove = updating(delete(balance).where(balance.c.account == bindparam("of")), "of")
