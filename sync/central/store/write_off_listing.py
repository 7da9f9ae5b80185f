"""Write-offs as they are answered, and page by page, the oldest first, with what their units cost."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, tuple_

from sync.central.rules.books import Book, Method, restored
from sync.central.rules.scope import Sites
from sync.central.store.cursors import pack, unpack
from sync.central.store.discards import APPROVED, REQUESTED
from sync.central.store.scope import among
from sync.central.store.tables import event, item, journal_line, location, stock_worth, write_off

_NAMES = (
    "state",
    "owner",
    "sku",
    "qty",
    "location",
    "reason",
    "note",
    "requested_by",
    "requested_at",
    "decided_by",
    "decided_at",
    "decision_reason",
    "event_id",
    "regulated",
    "cause",
    "label",
    "serial",
    "lot",
    "grade",
    "rma",
    "rule",
    "policy_ver",
    "regulated",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which write-offs are asked for; none of a part is any."""

    state: str | None = None
    site: str | None = None
    owner: str | None = None


def shown(row: Any) -> dict[str, object]:
    """One write-off; `photos` are the addresses of pictures at its station."""
    parts = {name: getattr(row, name) for name in _NAMES}
    return {"write_off": row.code, **parts, "photos": json.loads(row.photos or "[]")}


def listed(
    conn: Connection, wanted: Wanted, cursor: str | None, limit: int, sites: Sites
) -> dict[str, object]:
    """Some write-offs with the site and the cost of each (`cost_minor`), and the cursor of the next page.

    Units that wait are valued as they would leave the books now, decided ones as they left them; of what was
    rejected or withdrawn nothing is lost. A write-off that names no place is everybody's.

    Raises:
        Refused: no page gave that cursor.
    """
    asked = _page.where(among(sites, location.c.site)).limit(limit + 1)
    if wanted.state is not None:
        asked = asked.where(write_off.c.state == wanted.state)
    if wanted.owner is not None:
        asked = asked.where(write_off.c.owner == wanted.owner)
    if wanted.site is not None:
        asked = asked.where(location.c.site == wanted.site)
    if after := unpack(cursor, 2):
        asked = asked.where(tuple_(write_off.c.requested_at, write_off.c.code) > tuple_(*after))
    rows = conn.execute(asked).all()
    page = rows[:limit]
    last = page[-1] if len(rows) > limit else None
    values = _values(conn, page)
    return {
        "write_offs": [
            {**shown(row), "site": row.site, "cost_minor": minor, "currency": currency}
            for row, (minor, currency) in zip(page, values, strict=True)
        ],
        "next": pack([last.requested_at, last.code]) if last else None,
    }


def _values(conn: Connection, rows: Sequence[Any]) -> list[tuple[int | None, str | None]]:
    """What each costs, in minor units of a currency; none where nobody knows."""
    ids = [row.event_id for row in rows if row.state == APPROVED and row.event_id]
    gone = {row.event_id: row.minor for row in conn.execute(_gone, {"ids": ids})} if ids else {}
    found = list[tuple[int | None, str | None]]()
    for row in rows:
        currency = row.worth_currency or row.item_currency
        minor: int | None = None
        if row.state == APPROVED:
            minor = int(gone[row.event_id]) if row.event_id in gone else None
        elif row.state == REQUESTED:
            minor = _cost(row)
        found.append((minor, currency if minor is not None else None))
    return found


def _cost(row: Any) -> int | None:
    """What units cost that would leave now, by what stock is worth or else by the item's record."""
    standard = int(row.value_minor or 0)
    if row.costing is None:
        return standard * int(row.qty) if row.value_minor is not None else None
    worth = restored(Method(row.costing), int(row.worth_qty), int(row.worth), json.loads(row.kept))
    return worth.take(int(row.qty), standard)


_page = (
    select(
        write_off,
        location.c.site,
        stock_worth.c.costing,
        stock_worth.c.currency.label("worth_currency"),
        stock_worth.c.qty.label("worth_qty"),
        stock_worth.c.value.label("worth"),
        stock_worth.c.kept,
        item.c.value_minor,
        item.c.currency.label("item_currency"),
    )
    .join_from(write_off, location, location.c.code == write_off.c.location, isouter=True)
    .join(
        stock_worth,
        (stock_worth.c.owner == write_off.c.owner) & (stock_worth.c.sku == write_off.c.sku),
        isouter=True,
    )
    .join(item, item.c.sku == write_off.c.sku, isouter=True)
    .order_by(write_off.c.requested_at, write_off.c.code)
)
_gone = (
    select(event.c.event_id, func.sum(journal_line.c.minor).label("minor"))
    .join_from(event, journal_line, journal_line.c.event == event.c.id)
    .where(
        event.c.event_id.in_(bindparam("ids", expanding=True)),
        journal_line.c.book == Book.WRITE_OFF.value,
    )
    .group_by(event.c.event_id)
)
