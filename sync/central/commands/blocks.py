"""Order blocks: a blocked order gets nothing new and does not go on; unblocked it is served again."""

from __future__ import annotations

from sync.central.commands.dispatch_asked import Blocking, Unblocking
from sync.central.rules.blocks import EXCHANGE, keeps
from sync.central.rules.outcomes import Conflict
from sync.central.store import order_blocks, orders, replacement_rows
from sync.central.store.act import Act
from sync.central.store.allocation_policy import policy_in_force


def block(act: Act, code: str, asked: Blocking) -> dict[str, object]:
    """Blocks an open order; reservations it does not keep go to orders that wait, at once.

    What is picked or packed stays claimed in any case: somebody has it in hand.

    Raises:
        Missing: no such order.
        Conflict: it is not open, or it is blocked already, or the block is that of returns.
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
    if asked.kind == EXCHANGE:
        raise _of_returns(code)
    keep = keeps(asked.kind, asked.keep, policy_in_force(act.conn))
    order_blocks.put(act, row, asked.kind, asked.note, keep=keep)
    return orders.found(act.conn, code)


def unblock(act: Act, code: str, asked: Unblocking) -> dict[str, object]:
    """Takes the block off; what waits is reserved again as far as stock goes, in its turn.

    An order that ships as stock comes leaves with what it has reserved. A replacement that waits for what it
    replaces is blocked for that from then on.

    Raises:
        Missing: no such order.
        Conflict: it is not blocked, or the block is that of returns.
    """
    row = orders.find(act.conn, code)
    if row.block is None:
        raise Conflict(
            "order.not_blocked",
            f"Order {code} is not blocked.",
            "Expected a block.",
            "Nothing is to be done.",
        )
    if row.block == EXCHANGE:
        raise _of_returns(code)
    if replacement_rows.is_blocked(act.conn, code):
        order_blocks.put(act, row, EXCHANGE, asked.note, keep=True)
    else:
        order_blocks.take_off(act, row, asked.note)
    return orders.found(act.conn, code)


def _of_returns(code: str) -> Conflict:
    return Conflict(
        "order.exchange",
        f"Read the block {EXCHANGE} of order {code}.",
        "Expected another one: a replacement waits for the units it replaces, and returns alone block it.",
        "Judge the returned units or credit them, or end their return; that releases or cancels it.",
    )
