"""Granting soft claims anew before a wave: strictly by priority and age, hard claims untouched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, bindparam, or_, select

from app.domain.reservation import Claim
from sync.central.rules.explain_dispatch import REBALANCED
from sync.central.rules.line_claims import Promised, by_line, of_line, promised
from sync.central.rules.regrant import grant_anew
from sync.central.store import claims, orders
from sync.central.store.act import Act
from sync.central.store.backorders import Granted, all_or_nothing, give, keep, settle, want_of
from sync.central.store.decisions import Decision, note
from sync.central.store.order_claims import spend, spreads
from sync.central.store.stock import Stock, look
from sync.central.store.tables import customer_order, order_line

_SHOWN = 10
# What the lines of an order were promised before.
_Had = Mapping[int, Sequence[Promised]]


@dataclass(frozen=True, slots=True)
class Shift:
    """Units that a line has now in place of what it had: `units` gained, below zero when lost."""

    order: str
    line: int
    sku: str
    priority: int
    placed_at: str
    before: int
    after: int

    @property
    def units(self) -> int:
        """Gained; below zero when lost."""
        return self.after - self.before

    def to_json(self) -> dict[str, object]:
        """As a wave keeps it."""
        return {
            "order": self.order,
            "line": self.line,
            "sku": self.sku,
            "units": self.units,
            "priority": self.priority,
            "placed_at": self.placed_at,
        }


def rebalance(act: Act, owner: str, wave: str, until: str) -> list[Shift]:
    """Takes soft claims off and grants them and all that waits anew, order by order as they rank.

    Orders that are blocked, or wanted after `until` (RFC 3339), keep what they have and get what is left.
    Who lost units, and who won them, is noted with each order.
    """
    given = {"owner": owner, "until": until}
    rows = act.conn.execute(_lines, given).all()
    taken, had = _take_off(act, rows)
    if not taken:
        return []
    before = {(row.order, row.line): row for row in rows}
    waiting = [row for row in act.conn.execute(_lines, given).all() if row.open > 0]
    stock = look(act.conn, owner, sorted({row.sku for row in waiting} | taken), act.posted_at)
    stock, granted = _granted(act, stock, waiting, had)
    _write(act, stock, granted)
    settle(act, owner, taken)
    shifts = _shifts(act, before, given)
    _tell(act, wave, shifts, stock.policy.version)
    return shifts


def _take_off(act: Act, rows: Sequence[Row[Any]]) -> tuple[set[str], dict[int, _Had]]:
    """Frees what is claimed softly by these lines; the items that are free by it, and what each order had."""
    mine = {(row.order, row.line) for row in rows}
    items, had = set[str](), dict[int, _Had]()
    for order, found in spreads(act.conn, sorted({row.order for row in rows})).items():
        soft = [c for c in found.free if c.claim == Claim.SOFT and (order, c.line) in mine]
        if soft:
            spend(act.conn, soft)
            lines = by_line(soft)
            orders.reserve(act.conn, order, [(line, -qty) for line, qty in lines.items()])
            items |= {claim.item for claim in soft}
            had[order] = {line: promised(of_line(soft, line)) for line in lines}
    return items, had


def _granted(
    act: Act, stock: Stock, rows: Iterable[Row[Any]], had: Mapping[int, _Had]
) -> tuple[Stock, list[Granted]]:
    """What each order gets in its turn, and the stock in which all of it was looked at."""
    found = dict[int, Granted]()
    for order, of_order in groupby(rows, key=lambda row: int(row.order)):
        lines, before = list(of_order), had.get(order, {})
        if lines[0].fill == "complete":
            stock, grants = all_or_nothing(act, stock, order, before)
            keep(found, stock, grants)
            continue
        for row in lines:
            anew = grant_anew(want_of(act.conn, stock, row), before.get(row.line, ()), stock.offer)
            keep(found, stock, [(row, grant) for grant in anew])
    return stock, list(found.values())


def _write(act: Act, stock: Stock, granted: Sequence[Granted]) -> None:
    for head, rows in granted:
        if head.ship == "available":
            give(act, stock, [(head, rows)])
            continue
        grants = [grant for _, grant in rows]
        claims.claim(act.conn, orders.claims_of_grants(head, grants), head.id)
        orders.reserve(act.conn, head.id, [(grant.want.line, grant.qty) for grant in grants])


def _shifts(act: Act, before: Mapping[tuple[int, int], Row[Any]], given: Mapping[str, object]) -> list[Shift]:
    """Lines that have more or fewer units than they had, as they rank."""
    # An order that was shipped whole on the way is open no more, and no line of it waits.
    waits = {(row.order, row.line): row.open for row in act.conn.execute(_lines, given)}
    return [
        Shift(had.code, had.line, had.sku, had.priority, had.placed_at, had.qty - had.open, had.qty - left)
        for key, had in before.items()
        if (left := waits.get(key, 0)) != had.open
    ]


def _tell(act: Act, wave: str, shifts: Sequence[Shift], policy: str) -> None:
    by_order, by_sku = defaultdict[str, list[Shift]](list), defaultdict[str, list[Shift]](list)
    for shift in shifts:
        by_order[shift.order].append(shift)
        by_sku[shift.sku].append(shift)
    decisions = []
    for code, mine in by_order.items():
        others = [
            other.to_json()
            for shift in mine
            for other in by_sku[shift.sku]
            if other.order != code and (other.units > 0) != (shift.units > 0)
        ]
        document = {
            "wave": wave,
            "priority": mine[0].priority,
            "placed_at": mine[0].placed_at,
            "lines": [
                {"line": shift.line, "sku": shift.sku, "before": shift.before, "after": shift.after}
                for shift in mine
            ],
            "others": others[:_SHOWN],
        }
        decisions.append(Decision(f"order:{code}", REBALANCED, document, policy))
    note(act, decisions)


_rank = (order_line.c.priority, order_line.c.placed_at, order_line.c.order, order_line.c.line)
_lines: Select[Any] = (
    select(
        *_rank,
        order_line.c.sku,
        order_line.c.serials,
        order_line.c.qty,
        (order_line.c.qty - order_line.c.reserved - order_line.c.shipped - order_line.c.cancelled).label(
            "open"
        ),
        order_line.c.lot,
        order_line.c.grade,
        order_line.c.fresh,
        customer_order.c.code,
        customer_order.c.channel,
        customer_order.c.ship,
        customer_order.c.claim,
        customer_order.c.fill,
        customer_order.c.site,
        customer_order.c.region,
    )
    .join_from(order_line, customer_order, order_line.c.order == customer_order.c.id)
    .where(
        customer_order.c.state == "open",
        customer_order.c.owner == bindparam("owner"),
        customer_order.c.block.is_(None),
        or_(customer_order.c.wanted_by.is_(None), customer_order.c.wanted_by <= bindparam("until")),
        order_line.c.sku.is_not(None),
    )
    .order_by(*_rank)
)
