"""How few units of an item an order may ask for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from app.domain.counted import counted
from app.domain.refusal import Refused


class Asked(NamedTuple):
    """Base units that a line asks for, cancelled ones apart."""

    line: int
    sku: str
    qty: int


def require_least(lines: Iterable[Asked], least: Mapping[str, int]) -> None:
    """Lines of one item count together; an order that asks for none of an item is no order of it.

    Raises:
        Refused: an order asks for fewer units of an item than `least` says by SKU.
    """
    mine = [line for line in lines if line.sku in least]
    units = Counter[str]()
    for line in mine:
        units[line.sku] += line.qty
    for line in mine:
        if line.qty and units[line.sku] < least[line.sku]:
            raise Refused(
                "order.min_qty",
                f"Line {line.line}: read {counted(units[line.sku], 'unit')} of {line.sku} in the order.",
                f"Expected at least {least[line.sku]}, the fewest that are sold of it.",
                "Order more of it, or take the line out.",
            )
