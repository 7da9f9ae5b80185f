"""Reading units where they stand: sellable ones for a promise, all of them for a count or a write-off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select

from app.domain.account import Status
from sync.central.rules.picking import NOT_FOUND, Shelf
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.prepared import Asked, asking_each, at_once
from sync.central.store.tables import account, balance, location, lot


def sellable(conn: Connection, owner: str, skus: Sequence[str]) -> list[Shelf]:
    """The sellable units of some items, whatever their grade, with their sites and dates."""
    (rows,) = at_once(conn, sellable_asked(owner, skus))
    return shelves_of(owner, rows)


def sellable_asked(owner: str, skus: Sequence[str]) -> Asked:
    """What `sellable` asks the database."""
    return _sellable, {"owner": owner, "skus": list(dict.fromkeys(skus))}


def shelves_of(owner: str, rows: Iterable[tuple[Any, ...]]) -> list[Shelf]:
    """What `sellable` makes of the answer."""
    found, known = list[Shelf](), dict[str, str]()
    for number, qty, site, good_until, item, location_, lot_, serial, label, grade in rows:
        # One text for each place and item: the driver makes a new one for every row.
        place, of = known.setdefault(location_, location_), known.setdefault(item, item)
        found.append(
            Shelf(
                number,
                qty,
                site and known.setdefault(site, site),
                good_until,
                owner,
                of,
                place,
                Status.SELLABLE,
                None,
                lot_ or None,
                serial or None,
                label or None,
                grade or None,
            )
        )
    return found


def sellable_at(conn: Connection, owner: str, skus: Sequence[str], place: str) -> tuple[Shelf, ...]:
    """The sellable units of some items at one place, whatever their grade."""
    found = sellable(conn, owner, skus)
    return tuple(shelf for shelf in found if shelf.location == place)


def inside(conn: Connection, owner: str, sku: str, place: str | None = None) -> tuple[Shelf, ...]:
    """Every unit of an item inside the building, in whatever state."""
    rows = conn.execute(_inside, {"owner": owner, "skus": [sku]})
    shelves = (Shelf.of(number, account_of(parts), qty) for number, qty, *parts in rows)
    return tuple(shelf for shelf in shelves if place in {None, shelf.location})


def not_found(conn: Connection, owner: str, sku: str, place: str) -> tuple[Shelf, ...]:
    """Units of an item that a picker was sent for and did not find at a place."""
    return tuple(shelf for shelf in inside(conn, owner, sku, place) if shelf.reason == NOT_FOUND)


def last_place(conn: Connection, owner: str, sku: str) -> str | None:
    """Where an item was put most recently as sellable for the first time; None when it never was."""
    return conn.scalar(_last_place, {"owner": owner, "sku": sku})


_sellable = asking_each(
    "skus",
    lambda is_asked: (
        select(
            account.c.id,
            balance.c.qty,
            location.c.site,
            lot.c.good_until,
            account.c.item,
            account.c.location,
            account.c.lot,
            account.c.serial,
            account.c.label,
            account.c.grade,
        )
        .join_from(balance, account, balance.c.account == account.c.id)
        .outerjoin(location, location.c.code == account.c.location)
        .outerjoin(lot, and_(lot.c.sku == account.c.item, lot.c.lot == account.c.lot))
        .where(
            balance.c.owner == bindparam("owner"),
            is_asked(balance.c.item),
            balance.c.status == Status.SELLABLE.value,
        )
    ),
)
_inside = (
    select(account.c.id, balance.c.qty, *ACCOUNT_COLUMNS)
    .join_from(balance, account, balance.c.account == account.c.id)
    .where(
        balance.c.owner == bindparam("owner"),
        balance.c.item.in_(bindparam("skus", expanding=True)),
        balance.c.status != "",
        account.c.location.not_like("@%"),
    )
    .order_by(account.c.id)
)
_last_place = (
    select(account.c.location)
    .where(
        account.c.item == bindparam("sku"),
        account.c.owner == bindparam("owner"),
        account.c.status == Status.SELLABLE,
        account.c.location.not_like("@%"),
    )
    .order_by(account.c.id.desc())
    .limit(1)
)
