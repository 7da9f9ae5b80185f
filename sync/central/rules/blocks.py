"""Order blocks: what a block keeps, and what a blocked order may not do."""

from __future__ import annotations

from enum import StrEnum

from sync.central.rules.outcomes import Conflict


class Block(StrEnum):
    """Why an order may not go on."""

    FRAUD = "fraud"
    CREDIT = "credit"
    REVIEW = "review"


_KEEPS = frozenset({Block.FRAUD, Block.REVIEW})


def keeps(kind: Block, asked: bool | None) -> bool:
    """Whether a blocked order keeps its reservations: as asked, else as is usual for the kind of block."""
    return kind in _KEEPS if asked is None else asked


def refuse_blocked(order: str, block: str | None, what: str) -> None:
    """Refuses when an order is blocked; `what` is what it cannot be, as `shipped`."""
    if block is not None:
        raise Conflict(
            "order.blocked",
            f"Order {order} is blocked ({block}).",
            f"An order that is blocked cannot be {what}.",
            "Unblock the order first.",
        )
