"""Which sold units a return takes back: most recent sale first, each sold unit at most once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Match:
    """Units of one order line that come back, with their serials when they were named."""

    order: int
    code: str
    line: int
    qty: int
    serials: tuple[str, ...] = ()


@dataclass(slots=True)
class Sale:
    """An order line with `left` shipped units nobody returned; `serials` are those of them that have one."""

    order: int
    code: str
    line: int
    sku: str
    left: int
    serials: set[str] = field(default_factory=set)


def match(sku: str, qty: int, serials: Sequence[str], sales: Sequence[Sale]) -> tuple[Match, ...]:
    """Takes up to `qty` units out of `sales`, which stand most recent first and are counted down.

    Named serials match only the sale they went out on; units that were not named match by count.
    """
    found = list[Match]()
    mine = [sale for sale in sales if sale.sku == sku]
    for sale in mine:
        named = tuple(serial for serial in serials if serial in sale.serials)[: sale.left]
        if named:
            sale.serials.difference_update(named)
            sale.left -= len(named)
            found.append(Match(sale.order, sale.code, sale.line, len(named), named))
    unnamed = qty - len(serials)
    for sale in mine:
        taken = min(unnamed, sale.left)
        if taken > 0:
            sale.left -= taken
            unnamed -= taken
            found.append(Match(sale.order, sale.code, sale.line, taken))
    return tuple(found)
