"""What stock is said to be worth that is not what the journal adds up to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, or_, select, update

from sync.central.repairs.correction import Correction
from sync.central.rules.books import Book, Method, restored
from sync.central.store.act import Act
from sync.central.store.tables import journal_entry, journal_line, stock_worth


def wrong_worths(conn: Connection) -> Iterator[Correction]:
    """Every item whose units and value are to be made anew; by layers all of one cost from then on."""
    for row in conn.execute(_wrong):
        subject = f"{row.sku} of {row.owner}"
        yield Correction(
            "worth",
            subject,
            f"{row.qty} worth {row.value}",
            f"{row.booked_qty} worth {row.booked_value}",
            partial(_write, found=row),
            answers=(("books", subject),),
        )


def _write(act: Act, found: Any) -> None:
    method, last = Method(found.costing), json.loads(found.kept).get("last")
    worth = restored(method, int(found.booked_qty), int(found.booked_value), {"last": last})
    given = {"whose": found.owner, "what": found.sku, "units": worth.qty, "minor": worth.value}
    act.conn.execute(_put, given | {"rest": json.dumps(worth.to_json(), separators=(",", ":"))})


_booked = (
    select(
        journal_entry.c.owner,
        journal_line.c.sku,
        func.sum(journal_line.c.qty).label("booked_qty"),
        func.sum(journal_line.c.minor).label("booked_value"),
    )
    .join_from(
        journal_line,
        journal_entry,
        and_(journal_line.c.event == journal_entry.c.event, journal_line.c.entry == journal_entry.c.n),
    )
    .where(journal_line.c.book == Book.INVENTORY.value)
    .group_by(journal_entry.c.owner, journal_line.c.sku)
    .subquery()
)
_wrong = (
    select(stock_worth, _booked.c.booked_qty, _booked.c.booked_value)
    .join_from(
        stock_worth,
        _booked,
        and_(stock_worth.c.owner == _booked.c.owner, stock_worth.c.sku == _booked.c.sku),
    )
    .where(or_(stock_worth.c.qty != _booked.c.booked_qty, stock_worth.c.value != _booked.c.booked_value))
    .order_by(stock_worth.c.owner, stock_worth.c.sku)
)
_put = (
    update(stock_worth)
    .where(stock_worth.c.owner == bindparam("whose"), stock_worth.c.sku == bindparam("what"))
    .values(qty=bindparam("units"), value=bindparam("minor"), kept=bindparam("rest"))
)
