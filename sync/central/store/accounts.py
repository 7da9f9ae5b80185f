"""Accounts as rows: numbers for their nine parts, made when first used and never removed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, insert, select

from app.domain.account import KEY_PARTS, Account, Status
from sync.central.store.prepared import asking, updating
from sync.central.store.tables import account

ACCOUNT_COLUMNS = tuple(account.c[part] for part in KEY_PARTS)

_known = asking(lambda among: select(account.c.id, account.c.key).where(among(account.c.key, "keys")))
_make = insert(account).returning(account.c.id, account.c.key)
_make_one = updating(_make, "key", *KEY_PARTS)
# Quoted and escaped parts cannot run into each other.
_quote = json.encoder.encode_basestring


def numbers(conn: Connection, accounts: Iterable[Account]) -> dict[Account, int]:
    """The row number of each account; accounts never seen before get one now."""
    by_key = {",".join(map(_quote, entry.key)): entry for entry in dict.fromkeys(accounts)}
    if not by_key:
        return {}
    found = {by_key[key]: int(number) for number, key in _known.rows(conn, keys=list(by_key))}
    if len(found) < len(by_key):
        fresh = [
            {"key": key, **dict(zip(KEY_PARTS, entry.key, strict=True))}
            for key, entry in by_key.items()
            if entry not in found
        ]
        if conn.dialect.name == "sqlite":
            # No journey away: one after the other costs less than a statement of another length each time.
            made = [row for parts in fresh if (row := _make_one.one(conn, **parts)) is not None]
        else:
            made = [*conn.execute(_make, fresh)]
        found.update((by_key[key], int(number)) for number, key in made)
    return found


def account_of(parts: Sequence[str]) -> Account:
    """The account whose nine columns, as in `ACCOUNT_COLUMNS`, hold these parts."""
    owner, item, location, status, *rest = parts
    reason, lot, serial, label, grade = (part or None for part in rest)
    return Account(
        owner, item, location, Status(status) if status else None, reason, lot, serial, label, grade
    )
