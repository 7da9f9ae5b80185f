"""One allocation in a process of its own: `python -m tests.bench.allocation_child WAY SKUS LINES`.

Ways: `plain` (the shortest loop there is) and `rules` (the centre's own cover and offer, from rows that were
read already). Says one JSON line: `seconds` with the index, `index_s` of them, `units` and `lines` that got
something, and `peak_mb` of the whole process.
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence

from sync.central.rules.cover import Cell, Cover
from sync.central.rules.promise import Offer, Want, grant_all
from tests.bench.allocation_instance import Row, Waiting, indexed, plainly, stock_rows, waiting_lines
from tests.bench.memory import peak_mb

# Seconds for the index and for all, units, and how many lines got any.
Told = tuple[float, float, int, int]


def plain(rows: Sequence[Row], lines: Sequence[Waiting]) -> Told:
    """The shortest loop."""
    began = time.perf_counter()
    stock = indexed(rows)
    index_s = time.perf_counter() - began
    given = list(plainly(stock, lines))
    seconds = time.perf_counter() - began
    return index_s, seconds, sum(units for _, _, units in given), len({number for number, _, _ in given})


def rules(rows: Sequence[Row], lines: Sequence[Waiting]) -> Told:
    """The rules that every order and every backorder goes through."""
    began = time.perf_counter()
    wanted = {line.sku for line in lines}
    cells: defaultdict[str, list[Cell]] = defaultdict(list)
    for name, site, qty in rows:
        if qty and name in wanted:
            cells[name].append(Cell(qty, site))
    offer = Offer({name: Cover(of) for name, of in cells.items()})
    index_s = time.perf_counter() - began
    grants = grant_all([Want(line.number, line.sku, line.qty) for line in lines], offer)
    seconds = time.perf_counter() - began
    return index_s, seconds, sum(grant.qty for grant in grants), sum(1 for grant in grants if grant.qty)


WAYS: dict[str, Callable[[Sequence[Row], Sequence[Waiting]], Told]] = {"plain": plain, "rules": rules}


def main(arguments: Sequence[str]) -> int:
    """Allocates once and says what that took."""
    way, skus, lines = arguments[0], int(arguments[1]), int(arguments[2])
    index_s, seconds, units, served = WAYS[way](stock_rows(skus), waiting_lines(skus, lines))
    found = {"seconds": seconds, "index_s": index_s, "units": units, "lines": served, "peak_mb": peak_mb()}
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
