"""Stock that stood below zero and does not any more: its exception ends by itself and names what ended it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from app.domain.account import Account
from app.domain.event import Event
from sync.central.store.accounts import numbers
from sync.central.store.exceptions import close_cases
from sync.central.store.journal import Balances, Entered, Fact
from sync.central.store.posting_cases import negative_key
from sync.central.store.prepared import asking
from sync.central.store.tables import balance


def now_at(conn: Connection, changed: Balances) -> Mapping[Account, int]:
    """What stands in some accounts after what followed from the facts, too; in the order of the changes."""
    ids = numbers(conn, [account for account, _ in changed]) if changed else {}
    here = {row.account: int(row.qty) for row in _here.rows(conn, accounts=list(ids.values()))} if ids else {}
    return {account: here.get(number, 0) for account, number in ids.items()}


def close_recovered(conn: Connection, facts: Sequence[Fact], entered: Entered, at: datetime) -> None:
    """Closes the cases of accounts that these facts brought back to zero or above and that stayed there."""
    now = now_at(conn, entered.risen)
    for account, qty in entered.risen:
        if now[account] < 0:
            # What followed took more than there is: its own case was opened, and stays.
            continue
        cause = _last_into(facts, account)
        why = f"Event {cause.event_id} ({cause.kind}) brought {account.location} back to {qty}."
        close_cases(conn, [negative_key(account)], at, why, cause.event_id)


def _last_into(facts: Sequence[Fact], account: Account) -> Event:
    """The fact that put the last units there, without which it would not have risen."""
    return next(
        fact.event for fact in reversed(facts) if any(move.target == account for move in fact.event.moves)
    )


_here = asking(
    lambda among: select(balance.c.account, balance.c.qty).where(among(balance.c.account, "accounts"))
)
