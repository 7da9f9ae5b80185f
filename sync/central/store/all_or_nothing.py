"""Orders that are filled completely or not at all: what is left of one that is not whole goes back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row

from sync.central.rules.explain_dispatch import WITHDRAWN
from sync.central.rules.line_claims import by_line
from sync.central.store import orders
from sync.central.store.act import Act
from sync.central.store.decisions import Decision, note
from sync.central.store.order_claims import give_back, spread


def withdraw_partial(act: Act, some: Collection[int]) -> set[str]:
    """Gives back what those of these orders have claimed that want all or nothing and have less than all.

    They wait whole. What stands in a parcel stays, and so does what is claimed of supply that is still to
    come. The answer is the items whose units are free by it, to be settled.
    """
    freed = set[str]()
    for number in sorted(some):
        row = orders.find_by_row(act.conn, number)
        if row.fill != "complete" or row.state != "open" or is_whole(orders.lines_of(act.conn, number)):
            continue
        mine = spread(act.conn, number)
        units = by_line(mine.free)
        if units:
            freed |= give_back(act, row, mine, units)
            note(act, [Decision(f"order:{row.code}", WITHDRAWN, {"lines": _told(act, number, units)})])
    return freed


def is_whole(lines: Sequence[Row[Any]], more: int = 0) -> bool:
    """Whether no unit of these lines waits, or no more than `more`."""
    waits = sum(n.qty - n.reserved - n.shipped - n.cancelled for n in lines if n.sku is not None)
    return bool(waits <= more)


def _told(act: Act, order: int, units: dict[int, int]) -> list[dict[str, object]]:
    lines = {line.line: line for line in orders.lines_of(act.conn, order)}
    return [{"line": n, "sku": lines[n].sku, "qty": qty} for n, qty in units.items()]
