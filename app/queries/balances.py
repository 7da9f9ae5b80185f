"""Balances as this station's record keeps them; the audit holds them against the moves."""

from __future__ import annotations

from sqlalchemy import Connection, select

from app.domain.account import KEY_PARTS, Account
from app.ledger.tables import account, balance


def balances(connection: Connection) -> dict[Account, int]:
    """Every account of this station that is not at zero."""
    parts = [account.c[name] for name in KEY_PARTS]
    rows = connection.execute(
        select(balance.c.qty, *parts)
        .join(account, account.c.id == balance.c.account_id)
        .where(balance.c.qty != 0)
    )
    return {Account.from_key(dict(zip(KEY_PARTS, row[1:], strict=True))): int(row[0]) for row in rows}
