"""Small worlds to play: orders by channel and service level, units by site, days of one month."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.reservation import ANY, Scope
from sync.central.rules.allocation_policy import AllocationPolicy, ScoredOrder, read_allocation_policy
from sync.central.rules.cover import Cell
from sync.central.rules.simulation import Arrived, Line, OrderFacts, Supplied, World

ONE = Cell(0, "S1")
TWO = Cell(0, "S2")


def day(number: float) -> datetime:
    """An instant of January, day 1 its first."""
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number - 1)


def policy(version: str = "1", *parts: str, top: str = "") -> AllocationPolicy:
    """A policy of which only some parts are said."""
    head = f'kind = "allocation"\nversion = "{version}"\n{top}\nchannels = ["web", "shop"]\n'
    return read_allocation_policy(head + "\n".join(parts), "test.toml")


def points(version: str = "2", **by_channel: int) -> AllocationPolicy:
    """A policy that gives channels points."""
    said = "\n".join(f"{name} = {number}" for name, number in by_channel.items() if number)
    return policy(version, f"[priority.channel]\n{said}" if said else "")


def facts(row: int, channel: str = "web", at: float = 1, **more: Any) -> OrderFacts:
    """An order; `more` is what is scored, and fill, region, block."""
    own = {name: more.pop(name) for name in ("fill", "region", "block") if name in more}
    return OrderFacts(row, f"o{row}", ScoredOrder(channel, day(at), **more), **own)


def line(order: OrderFacts, sku: str, qty: int, number: int = 1, scope: Scope = ANY, **more: Any) -> Line:
    """A line of an order."""
    return Line(order, number, sku, qty, scope, **more)


def comes(at: float, sku: str, qty: int, cell: Cell = ONE) -> Supplied:
    """Units came, or went."""
    return Supplied(day(at), ((sku, cell, qty),))


def placed(*lines: Line) -> Arrived:
    """An order was captured."""
    return Arrived(lines[0].order.placed_at, lines)


def world(opening: dict[str, int], *, end: float = 30, **more: Any) -> World:
    """Units at one site, from the first of the month on."""
    cells = {sku: {ONE: qty} for sku, qty in opening.items()}
    return World(day(1), day(end), cells, **more)
