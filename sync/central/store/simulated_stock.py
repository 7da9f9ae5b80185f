"""Reading units for a simulation: what is sellable now, and how it came and went since an instant."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, literal, select, union_all

from app.domain.account import Status
from app.domain.clock import from_text
from app.domain.event import EventKind
from sync.central.rules.cover import Cell
from sync.central.rules.simulation import Supplied
from sync.central.store.prepared import Among, asking
from sync.central.store.shelves import sellable
from sync.central.store.simulated_reach import Reach
from sync.central.store.stock import as_new_grades
from sync.central.store.tables import account, event, location, lot, move

Units = dict[str, Counter[Cell]]


def units_now(conn: Connection, reach: Reach, named: Mapping[str, Collection[str]]) -> Units:
    """Sellable units of some items by cell (without quantity); serials tell cells apart where `named`."""
    grades, found = as_new_grades(conn), defaultdict[str, Counter[Cell]](Counter)
    for shelf in sellable(conn, reach.owner, reach.skus):
        serial = shelf.serial if shelf.serial in named.get(shelf.item, ()) else None
        grade = None if shelf.grade in grades else shelf.grade
        cell = Cell(0, shelf.site, shelf.lot, serial, grade, shelf.grade in grades, None, shelf.good_until)
        found[shelf.item][cell] += shelf.qty
    return found


def units_since(
    conn: Connection, reach: Reach, named: Mapping[str, Collection[str]]
) -> tuple[Units, list[Supplied]]:
    """Sellable units at an instant, and what changed them until another one beside shipments of orders.

    What is there now, less every move since then, is what was there: events count when they happened, as far
    as whoever recorded them said so.
    """
    given = reach.given()
    units, end = units_now(conn, reach, named), given.pop("until")
    grades, found = as_new_grades(conn), list[Supplied]()
    changes = Counter[tuple[str, Cell]]()
    before: tuple[int, str] | None = None
    for number, at, kind, qty, item, lot_, serial, grade, site, good_until in _changes.rows(conn, **given):
        if before is not None and before[0] != number:
            _note(found, changes, before[1])
        before = (number, at)
        new = (grade or None) in grades
        cell = Cell(
            0,
            site,
            lot_ or None,
            serial if serial in named.get(item, ()) else None,
            None if new else grade or None,
            new,
            None,
            good_until,
        )
        units.setdefault(item, Counter())[cell] -= qty
        if kind != EventKind.ORDER_SHIPPED.value and at < end:
            changes[item, cell] += qty
    if before is not None:
        _note(found, changes, before[1])
    return units, found


def _note(found: list[Supplied], changes: Counter[tuple[str, Cell]], at: str) -> None:
    """One event's changes; units that only moved between places that are alike did not change anything."""
    real = tuple((item, cell, qty) for (item, cell), qty in changes.items() if qty)
    if real:
        found.append(Supplied(from_text(at), real))
    changes.clear()


def _side(among: Among, end: Any, sign: int) -> Select[Any]:
    return (
        select(
            event.c.id.label("number"),
            event.c.occurred_at.label("happened"),
            event.c.kind,
            (move.c.qty * literal(sign)).label("qty"),
            account.c.item,
            account.c.lot,
            account.c.serial,
            account.c.grade,
            location.c.site,
            lot.c.good_until,
        )
        .join_from(event, move, move.c.event == event.c.id)
        .join(account, account.c.id == end)
        .outerjoin(location, location.c.code == account.c.location)
        .outerjoin(lot, and_(lot.c.sku == account.c.item, lot.c.lot == account.c.lot))
        .where(
            event.c.occurred_at >= bindparam("since"),
            account.c.owner == bindparam("owner"),
            account.c.status == Status.SELLABLE.value,
            among(account.c.item, "skus"),
        )
    )


def _both(among: Among) -> Any:
    sides = union_all(_side(among, move.c.source, -1), _side(among, move.c.target, 1))
    return sides.order_by("happened", "number")


_changes = asking(_both)
