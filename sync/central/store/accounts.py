"""Accounts as rows: numbers for their nine parts, made when first used and never removed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select

from app.domain.account import KEY_PARTS, Account
from sync.central.store.tables import account

ACCOUNT_COLUMNS = tuple(account.c[part] for part in KEY_PARTS)

_known = select(account.c.id, account.c.key).where(account.c.key.in_(bindparam("keys", expanding=True)))
_make = insert(account).returning(account.c.id, account.c.key)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def numbers(conn: Connection, accounts: Iterable[Account]) -> dict[Account, int]:
    """The row number of each account; accounts never seen before get one now."""
    by_key = {_encode(entry.key): entry for entry in dict.fromkeys(accounts)}
    if not by_key:
        return {}
    found = {by_key[key]: int(number) for number, key in conn.execute(_known, {"keys": list(by_key)})}
    fresh = [
        {"key": key, **dict(zip(KEY_PARTS, entry.key, strict=True))}
        for key, entry in by_key.items()
        if entry not in found
    ]
    if fresh:
        found.update((by_key[key], int(number)) for number, key in conn.execute(_make, fresh))
    return found


def account_of(row: Row[Any] | Mapping[str, str]) -> Account:
    """The account in a row that selected `ACCOUNT_COLUMNS`."""
    parts = row if isinstance(row, Mapping) else row._mapping  # noqa: SLF001 - SQLAlchemy's public name
    return Account.from_key({part: parts[part] for part in KEY_PARTS})
