"""The backlog as rows of a centre's database: stock in ten sites, and orders of one line that wait for it.

Written into the tables straight, because a million receipts would take an hour; there are no moves behind it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from app.domain.account import KEY_PARTS, Account, Status
from sync.central.store.prepared import Many, inserting
from sync.central.store.tables import account, balance, customer_order, item, location, order_line
from tests.bench.allocation_instance import Row, Waiting
from tests.bench.shopping import AT, Desk
from tests.bench.workload import OWNER

BACKLOG = "backlog"
_PART = 20_000
_RANK = ("owner", "priority", "placed_at")

Rows = Iterator[Mapping[str, Any]]


def stock_up(desk: Desk, rows: Sequence[Row]) -> None:
    """Items, places and what is there of each item in each place."""
    skus, sites = dict.fromkeys(name for name, _, _ in rows), dict.fromkeys(site for _, site, _ in rows)
    with desk.database.write() as conn:
        write(conn, inserting(item, *(column.name for column in item.columns)), map(item_row, skus))
        write(conn, inserting(location), ({"code": f"{s}-A", "site": s, "document": "{}"} for s in sites))
        held = [
            (number, Account(OWNER, name, f"{site}-A", Status.SELLABLE), qty)
            for number, (name, site, qty) in enumerate(rows, 1)
            if qty
        ]
        write(conn, inserting(account), (account_row(number, one) for number, one, _ in held))
        write(conn, inserting(balance), (balance_row(number, one, qty) for number, one, qty in held))


def let_wait(desk: Desk, lines: Iterable[Waiting]) -> None:
    """Orders that got nothing yet, numbered as they came."""
    came = sorted(lines, key=lambda line: line.number)
    with desk.database.write() as conn:
        write(conn, _heads, (_head(line) for line in came))
        write(conn, _lines, (_line(line) for line in came))


def item_row(name: str) -> Mapping[str, Any]:
    """An item as it is stored."""
    document = json.dumps({"sku": name, "name": name})
    return {
        "sku": name,
        "document": document,
        "tracking": "none",
        "value_minor": 250,
        "currency": "EUR",
        "is_kit": False,
        "safety": 0,
        "least": 1,
        "folded": name.lower(),
    }


def account_row(number: int, one: Account) -> Mapping[str, Any]:
    """An account as it is stored."""
    key = ",".join(map(json.encoder.encode_basestring, one.key))
    return {"id": number, "key": key, **dict(zip(KEY_PARTS, one.key, strict=True))}


def balance_row(number: int, one: Account, qty: int) -> Mapping[str, Any]:
    """What is in an account, as it is stored."""
    return {"account": number, "owner": one.owner, "item": one.item, "status": one.key[3], "qty": qty}


def _head(line: Waiting) -> Mapping[str, Any]:
    return {
        "id": line.number + 1,
        "code": f"W-{line.number:06d}",
        "owner": OWNER,
        "channel": "web",
        "priority": line.priority,
        "placed_at": AT,
        "ship": "later",
        "state": "open",
    }


def _line(line: Waiting) -> Mapping[str, Any]:
    return {
        "order": line.number + 1,
        "line": 1,
        "owner": OWNER,
        "priority": line.priority,
        "placed_at": AT,
        "sku": line.sku,
        "qty": line.qty,
    }


def write(conn: Connection, into: Many, rows: Iterable[Mapping[str, Any]]) -> None:
    """Writes rows, many at a time and never all in memory."""
    given = iter(rows)
    while part := list(islice(given, _PART)):
        into.run(conn, part)


_heads = inserting(customer_order, "id", "code", "channel", *_RANK, "ship", "state")
_lines = inserting(order_line, "order", "line", *_RANK, "sku", "qty")
