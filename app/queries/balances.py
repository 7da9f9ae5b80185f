"""Balances as this station's record keeps them; the audit holds them against the moves."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, select

from app.domain.account import KEY_PARTS, Account
from app.domain.place import is_virtual
from app.ledger.tables import account, balance


def balances(connection: Connection) -> dict[Account, int]:
    """Every account of this station that is not at zero."""
    return dict(_rows(connection))


def of_label(connection: Connection, label: str) -> dict[Account, int]:
    """The accounts inside the building that hold units under that label, as this station knows them."""
    return {
        held: qty
        for held, qty in _rows(connection, account.c.label == label)
        if qty > 0 and not is_virtual(held.location)
    }


def _rows(connection: Connection, *where: ColumnElement[bool]) -> Iterator[tuple[Account, int]]:
    parts = [account.c[name] for name in KEY_PARTS]
    rows = connection.execute(
        select(balance.c.qty, *parts)
        .join(account, account.c.id == balance.c.account_id)
        .where(balance.c.qty != 0, *where)
    )
    for row in rows:
        yield Account.from_key(dict(zip(KEY_PARTS, row[1:], strict=True))), int(row[0])
