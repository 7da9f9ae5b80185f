"""A centre's ledger grown to so many moves: rows of every table that a balance follows from, on any database.

Two places an item and one supplier; every event brings units of one item to both places. Old events have no
sealed bytes behind them: nothing reads those here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text

from app.domain.account import Account, Status
from app.domain.place import Virtual
from sync.central.store.folding import FOLD
from sync.central.store.prepared import inserting
from sync.central.store.tables import account, balance, event, item, location, move
from tests.bench.backlog import account_row, item_row, write
from tests.bench.shopping import AT, SHELF, Desk
from tests.bench.workload import OWNER, SITE, sku

PLACES = (SHELF, "B-01")
_ENDS = 1 + len(PLACES)
_MOVES_AN_ITEM = 5
_FEWEST = 50
# Spreads the events over the items as chance would, without drawing a number for each.
_STRIDE = 7_919


def items_for(moves: int) -> int:
    """How many items there are in a ledger of so many moves."""
    return max(_FEWEST, moves // _MOVES_AN_ITEM)


def fill(desk: Desk, moves: int) -> None:
    """Items, places, accounts, events, moves and the balances that they come to."""
    items, events = items_for(moves), moves // len(PLACES)
    with desk.database.write() as conn:
        places = ({"code": place, "site": SITE, "document": "{}"} for place in PLACES)
        write(conn, inserting(location), places)
        write(conn, inserting(item, *(column.name for column in item.columns)), map(item_row, _skus(items)))
        write(conn, inserting(account), _accounts(items))
        write(conn, inserting(event), (_event(number) for number in range(1, events + 1)))
        write(conn, inserting(move), _moves(items, events))
        fold_anew(conn)
        _go_on_numbering(conn)


def fold_anew(conn: Connection) -> None:
    """All balances, from nothing but the moves and by one statement."""
    folded = FOLD.subquery()
    columns = (account.c.id, account.c.owner, account.c.item, account.c.status, folded.c.qty)
    rows = select(*columns).join_from(folded, account, account.c.id == folded.c.account)
    names = ["account", "owner", "item", "status", "qty"]
    conn.execute(delete(balance))
    conn.execute(insert(balance).from_select(names, rows.where(folded.c.qty != 0)))


def _skus(items: int) -> Iterator[str]:
    return (sku(number) for number in range(items))


def _accounts(items: int) -> Iterator[Mapping[str, Any]]:
    for number, name in enumerate(_skus(items)):
        yield account_row(number * _ENDS + 1, Account(OWNER, name, Virtual.SUPPLIER))
        for n, place in enumerate(PLACES, 1):
            yield account_row(number * _ENDS + 1 + n, Account(OWNER, name, place, Status.SELLABLE))


def _event(number: int) -> Mapping[str, Any]:
    return {
        "id": number,
        "event_id": f"old-{number:09d}",
        "kind": "goods_received",
        "origin": "centre",
        "occurred_at": AT,
        "posted_at": AT,
        "operator": "sam",
        "policy_ver": None,
        "corrects": None,
        "body": "{}",
    }


def _moves(items: int, events: int) -> Iterator[Mapping[str, Any]]:
    for number in range(1, events + 1):
        source = number * _STRIDE % items * _ENDS + 1
        for n, _ in enumerate(PLACES, 1):
            yield {
                "event": number,
                "n": n,
                "qty": 1 + number % 5,
                "source": source,
                "target": source + n,
                "kind": "receive",
                "reason": None,
                "document": None,
            }


def _go_on_numbering(conn: Connection) -> None:
    """PostgreSQL numbers rows by a sequence of its own, SQLite behind the last row."""
    if conn.dialect.name == "postgresql":
        for table in (account, event):
            last = f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}"  # noqa: S608 - our own words
            conn.execute(text(last))
        conn.execute(text("ANALYZE"))
