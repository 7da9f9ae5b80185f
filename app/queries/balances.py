"""Balances as this station's record keeps them; the audit holds them against the moves."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from app.domain.account import KEY_PARTS, Account
from app.domain.place import is_virtual
from app.ledger.tables import account, balance
from app.queries.prepared import Prepared, prepare


def balances(connection: Connection) -> dict[Account, int]:
    """Every account of this station that is not at zero."""
    return dict(map(_held, connection.execute(_kept())))


def of_label(connection: Connection, label: str) -> dict[Account, int]:
    """The accounts inside the building that hold units under that label, as this station knows them."""
    rows = _of_label().ask(connection, label=label)
    return {held: qty for held, qty in map(_held, rows) if qty > 0 and not is_virtual(held.location)}


@cache
def _of_label() -> Prepared:
    return prepare(_kept().where(account.c.label == bindparam("label")))


def _kept() -> Select[Any]:
    parts = [account.c[name] for name in KEY_PARTS]
    joined = select(balance.c.qty, *parts).join(account, account.c.id == balance.c.account_id)
    return joined.where(balance.c.qty != 0)


def _held(row: Sequence[Any]) -> tuple[Account, int]:
    return Account.from_key(dict(zip(KEY_PARTS, row[1:], strict=True))), int(row[0])
