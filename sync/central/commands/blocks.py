"""Order blocks: a blocked order gets nothing new and does not go on; unblocked it is served again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from sync.central.commands.dispatch_asked import Blocking, Unblocking
from sync.central.commands.fulfilment import ship_reserved
from sync.central.rules.blocks import keeps
from sync.central.rules.explain_dispatch import BLOCKED, UNBLOCKED
from sync.central.rules.outcomes import Conflict
from sync.central.store import orders
from sync.central.store.act import Act
from sync.central.store.allocation_policy import policy_in_force
from sync.central.store.backorders import settle
from sync.central.store.decisions import Decision, note
from sync.central.store.order_claims import give_back, spread


def block(act: Act, code: str, asked: Blocking) -> dict[str, object]:
    """Blocks an open order; reservations it does not keep go to orders that wait, at once.

    What is picked or packed stays claimed in any case: somebody has it in hand.

    Raises:
        Missing: no such order.
        Conflict: it is not open, or it is blocked already.
        Refused: the policy has no such kind of block.
    """
    row = orders.find(act.conn, code)
    if row.state != "open" or row.block is not None:
        raise Conflict(
            "order.not_blockable",
            f"Order {code} is {f'blocked ({row.block})' if row.block else row.state}.",
            "Expected one that is open and not blocked.",
            "Unblock it first to give it another block; what has left cannot be blocked.",
        )
    policy = policy_in_force(act.conn)
    keep = keeps(asked.kind, asked.keep, policy)
    orders.change(act.conn, row.id, block=asked.kind)
    mine = spread(act.conn, row.id)
    lines = orders.lines_of(act.conn, row.id)
    in_hand = {line: qty for line, qty in mine.in_hand.items() if qty}
    units = {line.line: line.reserved - in_hand.get(line.line, 0) for line in lines}
    freed = {} if keep else {line: qty for line, qty in units.items() if qty > 0}
    items = give_back(act, row, mine, freed)
    document: dict[str, object] = {
        "block": asked.kind,
        "keep": keep,
        "freed": _listed(lines, freed),
        "in_hand": _listed(lines, {} if keep else in_hand),
    }
    if asked.note is not None:
        document["note"] = asked.note
    note(act, [Decision(f"order:{code}", BLOCKED, document, policy.version)])
    if items:
        settle(act, row.owner, items)
    return orders.found(act.conn, code)


def unblock(act: Act, code: str, asked: Unblocking) -> dict[str, object]:
    """Takes the block off; what waits is reserved again as far as stock goes, in its turn.

    An order that ships as stock comes leaves with what it has reserved.

    Raises:
        Missing: no such order.
        Conflict: it is not blocked.
    """
    row = orders.find(act.conn, code)
    if row.block is None:
        raise Conflict(
            "order.not_blocked",
            f"Order {code} is not blocked.",
            "Expected a block.",
            "Nothing is to be done.",
        )
    orders.change(act.conn, row.id, block=None)
    before = {line.line: line for line in orders.lines_of(act.conn, row.id)}
    waiting = {line.sku for line in before.values() if line.sku is not None and _open(line)}
    if waiting:
        settle(act, row.owner, waiting)
    ship_reserved(act, code)
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
    if asked.note is not None:
        document["note"] = asked.note
    note(act, [Decision(f"order:{code}", UNBLOCKED, document)])
    return orders.found(act.conn, code)


def _open(line: Row[Any]) -> int:
    return int(line.qty - line.reserved - line.shipped - line.cancelled) if line.sku is not None else 0


def _listed(lines: Any, units: Mapping[int, int]) -> list[dict[str, object]]:
    return [
        {"line": line.line, "sku": line.sku, "qty": units[line.line]} for line in lines if line.line in units
    ]
