"""Entering an event: its row, its moves and the balances they change; nothing is derived here."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select

from app.domain.account import Account
from app.domain.clock import to_text
from app.domain.event import Event
from app.domain.place import is_virtual
from sync.central.store.accounts import numbers
from sync.central.store.prepared import asking, inserting, numbering, upserting
from sync.central.store.tables import balance, event, move


@dataclass(frozen=True, slots=True)
class Entered:
    """What entering an event did: each account's change, and accounts inside the building now below zero."""

    row: int
    changes: tuple[tuple[Account, int], ...]
    negative: tuple[tuple[Account, int], ...]


def enter(
    conn: Connection, happened: Event, *, origin: str, occurred_at: datetime, posted_at: datetime
) -> Entered:
    """Writes the event, its moves and the balances."""
    made = _new_event.one(
        conn,
        event_id=happened.event_id,
        kind=str(happened.kind),
        origin=origin,
        occurred_at=to_text(occurred_at),
        posted_at=to_text(posted_at),
        operator=happened.operator,
        policy_ver=happened.policy_ver,
        corrects=happened.corrects,
        body=json.dumps(dict(happened.body), ensure_ascii=False, separators=(",", ":")),
    )
    row = int(made.id) if made else 0
    if not happened.moves:
        return Entered(row, (), ())
    ids = numbers(conn, [end for entry in happened.moves for end in (entry.source, entry.target)])
    totals: defaultdict[int, int] = defaultdict(int)
    rows = list[dict[str, object]]()
    for n, entry in enumerate(happened.moves, 1):
        source, target = ids[entry.source], ids[entry.target]
        totals[source] -= entry.qty
        totals[target] += entry.qty
        rows.append(
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
    _new_moves.run(conn, rows)
    changes = {number: (account, totals[number]) for account, number in ids.items() if totals[number]}
    return Entered(row, tuple(changes.values()), _balance(conn, changes))


def _balance(conn: Connection, changes: Mapping[int, tuple[Account, int]]) -> tuple[tuple[Account, int], ...]:
    """Adds the changes to the balances; which places inside are below zero now."""
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
    low = [(int(number), int(qty)) for number, qty in _low.rows(conn, accounts=list(changes))]
    spent = [number for number, qty in low if qty == 0]
    if spent:
        conn.execute(_remove, {"accounts": spent})
    return tuple(
        (changes[number][0], qty)
        for number, qty in low
        if qty < 0 and not is_virtual(changes[number][0].location)
    )


_new_event = numbering(
    insert(event).returning(event.c.id),
    "event_id",
    "kind",
    "origin",
    "occurred_at",
    "posted_at",
    "operator",
    "policy_ver",
    "corrects",
    "body",
)
_new_moves = inserting(move)
_add = upserting(balance, ("account",), lambda old, newer: {"qty": old.c.qty + newer.qty})
_low = asking(
    lambda among: select(balance.c.account, balance.c.qty).where(
        among(balance.c.account, "accounts"), balance.c.qty <= 0
    )
)
_remove = delete(balance).where(balance.c.account.in_(bindparam("accounts", expanding=True)))
