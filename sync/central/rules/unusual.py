"""Whether so many units at once are likely a mistake of whoever typed them.

Usual is what 19 of 20 recent order lines of the item stay within; of an item that has few, what those of all
items of its owner do. Numbers that people count out by hand are never asked about.
"""

from __future__ import annotations

from collections.abc import Sequence

FEWEST = 1_000
"""No number below this is unusual."""
TIMES = 50
"""From so many times the usual number on it is."""
RECENT, RECENT_OF_OWNER = 100, 500
"""How many of the latest lines of an item, or of all items of an owner, are looked at."""
ENOUGH = 20
"""An item with fewer lines is judged by those of all items: one mistake among them would be usual."""


def usual(quantities: Sequence[int]) -> int:
    """What 19 of 20 of these are no larger than; at least one is there."""
    ordered = sorted(quantities)
    return ordered[-(-len(ordered) * 19 // 20) - 1]


def times_usual(qty: int, of_item: Sequence[int], of_owner: Sequence[int]) -> int | None:
    """How many times the usual number `qty` is when that is a lot; None when it is not, or nobody can say."""
    known = of_item if len(of_item) >= ENOUGH else of_owner
    if qty < FEWEST or not known:
        return None
    times = qty // max(1, usual(known))
    return times if times >= TIMES else None
