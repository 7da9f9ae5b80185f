"""Order blocks: what a block keeps, and what a blocked order may not do."""

from __future__ import annotations

from sync.central.rules.allocation_policy import NEUTRAL, AllocationPolicy
from sync.central.rules.outcomes import Conflict

_FREES = "credit"
EXCHANGE = "exchange"
"""The block of a replacement that waits for what it replaces: returns alone set it and take it off."""


def keeps(kind: str, asked: bool | None, policy: AllocationPolicy) -> bool:
    """Whether a blocked order keeps its reservations: as asked, else as the policy says.

    Where no policy was ever published, an order that is not paid for frees them.

    Raises:
        Refused: the policy has no such block.
    """
    block = policy.block(kind)
    if asked is not None:
        return asked
    return kind != _FREES if policy.version == NEUTRAL.version else block.keep


def refuse_blocked(order: str, block: str | None, what: str) -> None:
    """Refuses when an order is blocked; `what` is what it cannot be, as `shipped`."""
    if block == EXCHANGE:
        raise Conflict(
            "order.blocked",
            f"Order {order} is blocked ({block}): it replaces units that are not paid for yet.",
            f"Expected the old units back, and what the order is dearer paid, before it is {what}.",
            "Receive the old units, approve their refund, and note what the customer pays beside it: that "
            "releases the order.",
        )
    if block is not None:
        raise Conflict(
            "order.blocked",
            f"Order {order} is blocked ({block}).",
            f"An order that is blocked cannot be {what}.",
            "Unblock the order first.",
        )
