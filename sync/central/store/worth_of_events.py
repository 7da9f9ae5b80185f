"""What events are about, in money: their own moves priced as any units at risk are.

A unit that an event takes in and puts away is at risk once: of an item counts the largest quantity of one
kind of move.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from sqlalchemy import ColumnElement, Connection, func, select

from app.domain.envelope import Envelope, event_of
from app.domain.move import Move
from app.domain.refusal import Refused
from sync.central.store.at_risk import Money, MoneyOf, of_units
from sync.central.store.exceptions import Case, plain
from sync.central.store.savepoint import tried
from sync.central.store.tables import account, event, move

_log = logging.getLogger(__name__)

Units = Mapping[str, int]
"""Units by SKU."""


def priced(conn: Connection, case: Case, moves: Iterable[Move]) -> Case:
    """The case with what these moves of one event are about."""
    return _with(conn, case, lambda: _units((move.source.item, move.kind, move.qty) for move in moves))


def priced_as_told(conn: Connection, case: Case, envelope: Envelope | None) -> Case:
    """The case with what an envelope tells of, posted or not; as it was when nobody can read that."""
    try:
        moves = event_of(envelope).moves if envelope is not None else ()
    except (Refused, ValueError, RecursionError):
        return case
    return priced(conn, case, moves)


def priced_as_posted(conn: Connection, case: Case, which: ColumnElement[bool]) -> Case:
    """The case with what some posted events (a condition on `event`) are about together."""
    return _with(conn, case, lambda: _of_posted(conn, which))


def _of_posted(conn: Connection, which: ColumnElement[bool]) -> Units:
    total = Counter[str]()
    by_event = defaultdict[int, list[tuple[str, str, int]]](list)
    for row in conn.execute(_MOVED.where(which)):
        by_event[int(row.id)].append((row.item, row.kind, int(row.qty)))
    for moved in by_event.values():
        total.update(_units(moved))
    return total


def _units(moved: Iterable[tuple[str, str, int]]) -> Units:
    sums = Counter[tuple[str, str]]()
    for item, kind, qty in moved:
        sums[item, kind] += qty
    found = dict[str, int]()
    for (item, _), qty in sums.items():
        found[item] = max(qty, found.get(item, 0))
    return found


def _with(conn: Connection, case: Case, units: Callable[[], Units]) -> Case:
    """No price is worth a fact: whatever the program fails in, the case stands without an amount."""
    found = list[Money]()

    def look() -> None:
        found.extend(each for sku, qty in units().items() if (each := of_units(conn, plain(sku), qty)))

    looked = tried(conn, look, _log, "nothing was priced for the case %s", case.key)
    # There is no rate between currencies.
    if not looked or len({currency for _, currency, _ in found}) != 1:
        return case
    figures = {figure for _, _, figure in found}
    figure = figures.pop() if len(figures) == 1 else MoneyOf.ITEM_VALUE
    return replace(case, money=(sum(minor for minor, _, _ in found), found[0][1]), money_of=figure)


_MOVED = (
    select(event.c.id, account.c.item, move.c.kind, func.sum(move.c.qty).label("qty"))
    .join_from(event, move, move.c.event == event.c.id)
    .join(account, account.c.id == move.c.source)
    .group_by(event.c.id, account.c.item, move.c.kind)
    .order_by(event.c.id)
)
