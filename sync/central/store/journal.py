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
from sync.central.store.prepared import inserting, upserting
from sync.central.store.tables import balance, event, move


@dataclass(frozen=True, slots=True)
class Entered:
    """What entering an event did: each account's change, and accounts inside the building now below zero."""

    row: int
    changes: Mapping[Account, int]
    negative: tuple[tuple[Account, int], ...]


def enter(
    conn: Connection, happened: Event, *, origin: str, occurred_at: datetime, posted_at: datetime
) -> Entered:
    """Writes the event, its moves and the balances."""
    row = conn.execute(
        _new_event,
        {
            "event_id": happened.event_id,
            "kind": str(happened.kind),
            "origin": origin,
            "occurred_at": to_text(occurred_at),
            "posted_at": to_text(posted_at),
            "operator": happened.operator,
            "policy_ver": happened.policy_ver,
            "corrects": happened.corrects,
            "body": json.dumps(dict(happened.body), ensure_ascii=False, separators=(",", ":")),
        },
    ).scalar_one()
    if not happened.moves:
        return Entered(int(row), {}, ())
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
    changes = {account: totals[number] for account, number in ids.items() if totals[number]}
    return Entered(int(row), changes, _balance(conn, ids, changes))


def _balance(
    conn: Connection, ids: Mapping[Account, int], changes: Mapping[Account, int]
) -> tuple[tuple[Account, int], ...]:
    by_number = {ids[account]: account for account in changes}
    _add.run(
        conn,
        [
            {
                "account": number,
                "owner": account.owner,
                "item": account.item,
                "status": account.status.value if account.status else "",
                "qty": changes[account],
            }
            for number, account in by_number.items()
        ],
    )
    low = [(int(number), int(qty)) for number, qty in conn.execute(_low, {"accounts": list(by_number)})]
    spent = [number for number, qty in low if qty == 0]
    if spent:
        conn.execute(_remove, {"accounts": spent})
    return tuple(
        (by_number[number], qty)
        for number, qty in low
        if qty < 0 and not is_virtual(by_number[number].location)
    )


_new_event = insert(event).returning(event.c.id)
_new_moves = inserting(move)
_add = upserting(balance, ("account",), lambda old, newer: {"qty": old.c.qty + newer.qty})
_touched = balance.c.account.in_(bindparam("accounts", expanding=True))
_low = select(balance.c.account, balance.c.qty).where(_touched, balance.c.qty <= 0)
_remove = delete(balance).where(_touched)
