"""Stock that stood below zero and does not any more: its exception ends by itself and names what ended it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from app.domain.account import Account
from app.domain.event import Event
from sync.central.store.exceptions import close_cases
from sync.central.store.journal import Entered, Fact
from sync.central.store.posting_cases import negative_key


def close_recovered(conn: Connection, facts: Sequence[Fact], entered: Entered, at: datetime) -> None:
    """Closes the cases of accounts that these facts brought back to zero or above."""
    for account, qty in entered.risen:
        cause = _last_into(facts, account)
        why = f"Event {cause.event_id} ({cause.kind}) brought {account.location} back to {qty}."
        close_cases(conn, [negative_key(account)], at, why)


def _last_into(facts: Sequence[Fact], account: Account) -> Event:
    """The fact that put the last units there, without which it would not have risen."""
    return next(
        fact.event for fact in reversed(facts) if any(move.target == account for move in fact.event.moves)
    )
