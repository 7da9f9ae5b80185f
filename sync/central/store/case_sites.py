"""At which site the subject of an exception is: derived once, when it is found.

What no one site can answer for is of the whole business and has none: items, promises, the centre itself, and
money for a customer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from sqlalchemy import BindParameter, Connection, Table, bindparam, or_, select

from sync.central.store.prepared import Ask, asking
from sync.central.store.tables import (
    account,
    balance,
    blind_unit,
    customer_order,
    event,
    location,
    move,
    parcel,
    receipt,
    rma,
    rma_done,
    station,
    supply,
    transfer,
    unidentified,
    work_order,
    write_off,
)

_WHOLE = frozenset({"allocation", "books", "promise", "refund", "replacement"})
"""Families of exceptions that are of the whole business, whatever they name."""
_SITE = "site"


def site_of(conn: Connection, kind: str, named: tuple[str, ...], sku: str | None = None) -> str | None:
    """The site of the first of these that is at one; None for what is of the whole business.

    Args:
        conn: the transaction.
        kind: the type of the exception.
        named: what it is about, the surest first, each as `station:`, `event:`, `bin:`, `label:` and so on.
        sku: its item, which tells serials apart.
    """
    if kind.partition(".")[0] in _WHOLE:
        return None
    for one in named:
        word, _, which = one.partition(":")
        if word == _SITE and which:
            return which
        find = _FIND.get(word)
        found = find(conn, which, sku or "") if find is not None and which else None
        if found:
            return found
    return None


def far_site_of(conn: Connection, subject: str) -> str | None:
    """The site that sent a transfer; None for any other subject."""
    word, _, which = subject.partition(":")
    row = _senders.first(conn, which=which) if word == "transfer" else None
    return str(row.site) if row is not None else None


def _asked(*asks: Ask) -> Callable[[Connection, str, str], str | None]:
    """The answer of the first that names a site."""

    def find(conn: Connection, which: str, _sku: str) -> str | None:
        rows = (ask.first(conn, which=which) for ask in asks)
        return next((row.site for row in rows if row is not None and row.site), None)

    return find


def _of_return(conn: Connection, code: str, _sku: str) -> str | None:
    """The site that a return is bound to; else the one whose benches had all that came of it."""
    row = _rma.first(conn, which=code)
    bound = json.loads(row.document).get("site") if row is not None else None
    return str(bound) if bound else _only(_benches, conn, which=code)


def _of_serial(conn: Connection, serial: str, sku: str) -> str | None:
    """The site of a serial; one that stands at two is of neither."""
    return _only(_serials, conn, which=serial, sku=sku)


def _only(ask: Ask, conn: Connection, **given: str) -> str | None:
    found = {str(row.site) for row in ask.rows(conn, **given) if row.site}
    return found.pop() if len(found) == 1 else None


_which: BindParameter[str] = bindparam("which")


def _by_code(table: Table) -> Ask:
    """The site that a document or a bin names itself."""
    return asking(lambda _: select(table.c.site).where(table.c.code == _which))


def _last_labelled(table: Table) -> Ask:
    """The site of the bench that gave a unit of this kind its label last."""
    return asking(
        lambda _: (
            select(station.c.site)
            .join_from(table, station, station.c.station_id == table.c.station)
            .where(table.c.label == _which)
            .order_by(table.c.id.desc())
            .limit(1)
        )
    )


_stations = asking(lambda _: select(station.c.site).where(station.c.station_id == _which))
_received = asking(
    lambda _: (
        select(station.c.site)
        .join_from(receipt, station, station.c.station_id == receipt.c.station_id)
        .where(receipt.c.event_id == _which)
        .order_by(receipt.c.id)
        .limit(1)
    )
)
# The centre's own chain is at no site, but what it moved is.
_moved = asking(
    lambda _: (
        select(location.c.site)
        .join_from(event, move, move.c.event == event.c.id)
        .join(account, or_(account.c.id == move.c.source, account.c.id == move.c.target))
        .join(location, location.c.code == account.c.location)
        .where(event.c.event_id == _which)
        .order_by(move.c.n)
        .limit(1)
    )
)
_bins = _by_code(location)
_blind, _unnamed = _last_labelled(blind_unit), _last_labelled(unidentified)
_rma = asking(lambda _: select(rma.c.document).where(rma.c.code == _which))
_benches = asking(
    lambda _: (
        select(station.c.site)
        .join_from(rma_done, station, station.c.station_id == rma_done.c.station)
        .where(rma_done.c.rma == _which)
    )
)
_serials = asking(
    lambda _: (
        select(location.c.site)
        .join_from(account, balance, balance.c.account == account.c.id)
        .join(location, location.c.code == account.c.location)
        .where(account.c.item == bindparam("sku"), account.c.serial == _which, account.c.serial != "")
    )
)
_orders = _by_code(customer_order)
_parcels = _by_code(parcel)
_supplies = _by_code(supply)
# What is wrong with a transfer is found where its units arrive.
_transfers = asking(lambda _: select(transfer.c.target.label("site")).where(transfer.c.code == _which))
_senders = asking(lambda _: select(transfer.c.source.label("site")).where(transfer.c.code == _which))
_works = _by_code(work_order)
_write_offs = asking(
    lambda _: (
        select(location.c.site)
        .join_from(write_off, location, location.c.code == write_off.c.location)
        .where(write_off.c.code == _which)
    )
)
_FIND: Mapping[str, Callable[[Connection, str, str], str | None]] = {
    "bin": _asked(_bins),
    "document": _asked(_write_offs),
    "event": _asked(_received, _moved),
    "label": _asked(_blind, _unnamed),
    "order": _asked(_orders),
    "parcel": _asked(_parcels),
    "rma": _of_return,
    "serial": _of_serial,
    "station": _asked(_stations),
    "supply": _asked(_supplies),
    "transfer": _asked(_transfers),
    "unit": _of_serial,
    "work": _asked(_works),
}
