"""A morning's backlog: stock in ten sites, and waiting lines that want the popular items most.

The same wherever and whenever it is made. The plain loop says what any allocation of it must come to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.bench.workload import sku

_SEED = 20240611
_SITES = 10
_MOST_STOCK, _MOST_QTY, _PRIORITIES = 6, 5, 10
_SKEW = 3

Cell = list[Any]
"""A site and what is left there: a plain list is the quickest cell there is."""
Row = tuple[str, str, int]
"""Units of an item at a site."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line that waits, `number` in the order in which lines came; the smaller priority goes first."""

    number: int
    sku: str
    qty: int
    priority: int


def stock_rows(skus: int) -> list[Row]:
    """Zero to five units of each item at each of ten sites, empty places among them."""
    random = Random(_SEED)
    sites = [f"S{number:02d}" for number in range(_SITES)]
    names = [sku(number) for number in range(skus)]
    return [(name, site, random.randrange(_MOST_STOCK)) for name in names for site in sites]


def waiting_lines(skus: int, lines: int) -> list[Waiting]:
    """Lines in the order in which they are served."""
    random = Random(_SEED + 1)
    found = [
        Waiting(
            number,
            sku(int(skus * random.random() ** _SKEW)),
            random.randrange(1, _MOST_QTY),
            random.randrange(_PRIORITIES),
        )
        for number in range(lines)
    ]
    return sorted(found, key=lambda line: (line.priority, line.number))


def indexed(rows: Sequence[Row]) -> dict[str, list[Cell]]:
    """The rows that have units, by item: [site, units]."""
    found: defaultdict[str, list[Cell]] = defaultdict(list)
    for name, site, qty in rows:
        if qty:
            found[name].append([site, qty])
    return found


def plainly(stock: dict[str, list[Cell]], lines: Sequence[Waiting]) -> Iterator[tuple[int, str, int]]:
    """What the shortest loop gives: line, site, units; the stock is used up."""
    for line in lines:
        left = line.qty
        for place in stock.get(line.sku, ()):
            if not left:
                break
            units = place[1]
            if units:
                take = min(left, units)
                place[1] = units - take
                left -= take
                yield line.number, place[0], take
