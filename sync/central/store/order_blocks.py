"""Putting a block on an order and taking it off: what it frees, what it is served with again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from sync.central.rules.explain_dispatch import BLOCKED, UNBLOCKED
from sync.central.store import orders
from sync.central.store.act import Act
from sync.central.store.allocation_policy import policy_in_force
from sync.central.store.backorders import settle
from sync.central.store.decisions import Decision, note
from sync.central.store.leaving import ship_reserved
from sync.central.store.order_claims import give_back, spread


def put(act: Act, row: Row[Any], kind: str, said: str | None, *, keep: bool) -> None:
    """Blocks an order; reservations it does not keep go to orders that wait, at once.

    What is picked or packed stays claimed in any case: somebody has it in hand.
    """
    orders.change(act.conn, row.id, block=kind)
    mine = spread(act.conn, row.id)
    lines = orders.lines_of(act.conn, row.id)
    in_hand = {line: qty for line, qty in mine.in_hand.items() if qty}
    units = {line.line: line.reserved - in_hand.get(line.line, 0) for line in lines}
    freed = {} if keep else {line: qty for line, qty in units.items() if qty > 0}
    items = give_back(act, row, mine, freed)
    document: dict[str, object] = {
        "block": kind,
        "keep": keep,
        "freed": _listed(lines, freed),
        "in_hand": _listed(lines, {} if keep else in_hand),
    }
    if said is not None:
        document["note"] = said
    note(act, [Decision(f"order:{row.code}", BLOCKED, document, policy_in_force(act.conn).version)])
    if items:
        settle(act, row.owner, items)


def free(act: Act, row: Row[Any], kept: int = 0) -> None:
    """Gives what a blocked order has reserved to orders that wait.

    What somebody has in hand stays, and so many units of each line as are `kept`.
    """
    mine = spread(act.conn, row.id)
    lines = orders.lines_of(act.conn, row.id)
    freed = {
        line.line: qty
        for line in lines
        if (qty := line.reserved - max(kept, mine.in_hand.get(line.line, 0))) > 0
    }
    items = give_back(act, row, mine, freed)
    if items:
        settle(act, row.owner, items)


def take_off(act: Act, row: Row[Any], said: str | None, *, ship: str | None = None) -> None:
    """Takes the block off; what waits is reserved again as far as stock goes, in its turn.

    An order that ships as stock comes leaves with what it has reserved; `ship` says anew how it leaves.
    """
    orders.change(act.conn, row.id, block=None, **({"ship": ship} if ship else {}))
    before = {line.line: line for line in orders.lines_of(act.conn, row.id)}
    waiting = {line.sku for line in before.values() if line.sku is not None and _open(line)}
    if waiting:
        settle(act, row.owner, waiting)
    ship_reserved(act, row.code)
    lines = [
        {
            "line": line.line,
            "sku": line.sku,
            "gained": line.reserved + line.shipped - before[line.line].reserved - before[line.line].shipped,
            "open": _open(line),
        }
        for line in orders.lines_of(act.conn, row.id)
        if _open(before[line.line])
    ]
    document: dict[str, object] = {"block": row.block, "lines": lines}
    if said is not None:
        document["note"] = said
    note(act, [Decision(f"order:{row.code}", UNBLOCKED, document)])


def _open(line: Row[Any]) -> int:
    return int(line.qty - line.reserved - line.shipped - line.cancelled) if line.sku is not None else 0


def _listed(lines: Any, units: Mapping[int, int]) -> list[dict[str, object]]:
    return [
        {"line": line.line, "sku": line.sku, "qty": units[line.line]} for line in lines if line.line in units
    ]
