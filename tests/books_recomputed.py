"""`python -m tests.books_recomputed DB_URL JOURNAL`: a year's books held against the moves, by another way.

Stock is valued anew from nothing but moves and what items' records say they cost, by a moving average worked
out here; the journal is summed from the text that was exported, and `bean-check` is asked about it.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Connection, create_engine, text

from tests.beans import bean_check

_MOVES = text(
    """SELECT a.item, b.location AS start, a.location AS target, m.qty, i.value_minor, e.kind, e.body
    FROM move AS m JOIN event AS e ON e.id = m.event JOIN account AS a ON a.id = m.target
    JOIN account AS b ON b.id = m.source JOIN item AS i ON i.sku = a.item ORDER BY m.event, m.n"""
)


def value_of_stock(conn: Connection) -> tuple[int, int]:
    """Units inside and what they are worth in minor units, from the moves alone.

    What came back from a customer is worth what the units of its sale had cost; those of a sale that is not
    known, what such units are worth now.
    """
    qty, value, last = defaultdict[str, int](int), defaultdict[str, int](int), dict[str, tuple[int, int]]()
    back = _sales(conn)
    for row in conn.execute(_MOVES):
        came, went = _ours(row.target), _ours(row.start)
        if came == went:
            continue
        sku, units = row.item, row.qty
        if went:
            cost = _taken(qty[sku], value[sku], units, last.get(sku, (1, row.value_minor)))
            qty[sku] -= units
            value[sku] -= cost
        else:
            known = _known(back, row) if row.start == "@customer" else 0
            rest = units - known
            cost = known * row.value_minor
            now = (value[sku], qty[sku]) if qty[sku] > 0 else (row.value_minor, 1)
            cost += _rounded(now[0] * rest, now[1]) if row.start != "@supplier" else rest * row.value_minor
            left = qty[sku] + units
            value[sku] = value[sku] + cost if qty[sku] >= 0 else _rounded(cost * left, units)
            qty[sku] = left
            last[sku] = (units, cost)
    return sum(qty.values()), sum(value.values())


def _sales(conn: Connection) -> dict[tuple[str, int], int]:
    """Units by RMA and line that were matched with a sale."""
    rows = conn.execute(text("SELECT rma, line, SUM(qty) AS qty FROM rma_match GROUP BY rma, line"))
    return {(row.rma, row.line): int(row.qty) for row in rows}


def _known(back: dict[tuple[str, int], int], row: Sequence[object]) -> int:
    body = json.loads(str(row[6]))
    key = (str(body.get("rma")), body.get("line") or 0)
    units = min(int(str(row[3])), back.get(key, 0))
    if units:
        back[key] -= units
    return units


def _taken(qty: int, value: int, units: int, last: tuple[int, int]) -> int:
    there = min(units, max(0, qty))
    cost = (value if there == qty else _rounded(value * there, qty)) if there else 0
    return cost + _rounded(last[1] * (units - there), last[0])


def _rounded(amount: int, parts: int) -> int:
    """Half to even, by decimals."""
    return int((Decimal(amount) / Decimal(parts)).quantize(Decimal(1)))


def _ours(location: str) -> bool:
    return not location.startswith("@") or location.startswith("@transit:")


def sum_of(lines: Iterable[str], account: str) -> Decimal:
    """What an account stands at in an exported journal."""
    found = (line.split() for line in lines if line.startswith(f"  {account} "))
    return sum((Decimal(parts[1]) for parts in found), Decimal(0))


def main(url: str, journal: Path) -> int:
    """Prints both values and what bean-check says; 1 when anything differs."""
    with create_engine(url).connect() as conn:
        units, minor = value_of_stock(conn)
    with journal.open(encoding="utf-8") as lines:
        shown = sum_of(lines, "Assets:Inventory")
    said = bean_check(journal)
    sys.stdout.write(
        f"{units:,} units inside, worth {minor:,} minor units by the moves, {shown:,} in the journal\n"
    )
    sys.stdout.write(f"bean-check: {said or 'accepted'}\n")
    return 1 if said or Decimal(minor).scaleb(-2) != shown else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
