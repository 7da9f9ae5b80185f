"""`python -m tests.books_recomputed DB_URL JOURNAL`: a year's books held against the moves, by another way.

Stock is valued anew from nothing but moves, what came with the goods and what items' records say, by a moving
average worked out here; the journal is summed from the text that was exported, and `bean-check` is asked.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, text

from tests.beans import bean_check

_MOVES = text(
    """SELECT e.event_id, e.corrects, e.kind, e.body, a.item, b.location AS start, a.location AS target,
    m.qty, i.value_minor FROM event AS e LEFT JOIN move AS m ON m.event = e.id
    LEFT JOIN account AS a ON a.id = m.target LEFT JOIN account AS b ON b.id = m.source
    LEFT JOIN item AS i ON i.sku = a.item ORDER BY e.id, m.n"""
)
_MATCHES = text(
    """SELECT m.rma, m.line, o.code, m.order_line, m.qty FROM rma_match AS m JOIN customer_order AS o
    ON o.id = m."order" ORDER BY m.rma, m.line, m."order", m.order_line"""
)
_MATCHED = text("SELECT event_id, matched_by FROM blind_unit WHERE matched_by IS NOT NULL")
_Sale = tuple[str, int]


@dataclass
class _Pile:
    """The units of one item and what they are worth together."""

    qty: int = 0
    value: int = 0
    last: tuple[int, int] | None = None

    def come(self, units: int, cost: int) -> None:
        left = self.qty + units
        if self.qty >= 0:
            self.value += cost
        else:
            missing = _rounded(self.value * left, self.qty) if left < 0 else 0
            self.value = _rounded(cost * left, units) if left >= 0 else missing
        self.qty, self.last = left, (units, cost)

    def go(self, units: int, standard: int) -> int:
        there = min(units, max(0, self.qty))
        cost = (self.value if there == self.qty else _rounded(self.value * there, self.qty)) if there else 0
        last = self.last or (1, standard)
        cost += _rounded(last[1] * (units - there), last[0])
        self.qty, self.value = self.qty - units, self.value - cost
        return cost

    def correct(self, units: int, value: int) -> None:
        self.qty, self.value = self.qty + units, self.value + value
        if self.qty == 0 or (self.value < 0) != (self.qty < 0):
            self.value = 0


@dataclass
class _Done:
    """What one event did: change of units and value by item, and units and cost that came back by sale."""

    piles: list[tuple[str, int, int]] = field(default_factory=list)
    back: list[tuple[_Sale, int, int]] = field(default_factory=list)
    blind_cost: int = 0
    on: tuple[str, int] | None = None
    units: int = 0


class _Recount:
    """Everything from the moves, event by event."""

    def __init__(self, conn: Connection) -> None:
        self.piles = defaultdict[str, _Pile](_Pile)
        self._out = dict[_Sale, list[int]]()
        self._done = dict[str, _Done]()
        self._came = Counter[tuple[str, int]]()
        self._matches = defaultdict[tuple[str, int], list[tuple[_Sale, int]]](list)
        for row in conn.execute(_MATCHES):
            self._matches[row.rma, row.line].append(((row.code, row.order_line), int(row.qty)))
        self._matched = {row.event_id: row.matched_by for row in conn.execute(_MATCHED)}

    def tell(self, rows: Sequence[Any]) -> None:
        event, body = rows[0], json.loads(rows[0].body)
        if event.corrects in self._done:
            # A unit that never came had no sale either.
            self._undo(self._done.pop(self._matched.get(event.corrects, ""), _Done()), counts=False)
            self._undo(self._done.pop(event.corrects), counts=True)
            return
        done = self._done[event.event_id] = _Done(on=_on(body), units=int(body.get("qty") or 0))
        sales = self._sales(done)
        if event.kind == "return.matched":
            self._name(done, self._done.get(body["blind"]), sales)
        left = defaultdict[str, list[int]](lambda: [0, 0])
        for row in rows:
            came, went = _ours(row.target or "@"), _ours(row.start or "@")
            if came and not went:
                self._come(done, row, sales, _price(row, body))
            elif went and not came:
                cost = self._go(done, row)
                if row.target == "@customer":
                    left[row.item] = [left[row.item][0] + row.qty, left[row.item][1] + cost]
        self._sell(body, left)

    def _undo(self, done: _Done, *, counts: bool) -> None:
        for sku, units, value in done.piles:
            self.piles[sku].correct(-units, -value)
        for sale, units, cost in done.back:
            self._out[sale] = [self._out[sale][0] + units, self._out[sale][1] + cost]
        if done.on and counts:
            self._came[done.on] -= done.units

    def _sales(self, done: _Done) -> list[tuple[_Sale, int]]:
        """The sales that units on this return line belong to, past those that came before."""
        if done.on is None:
            return []
        before, found = self._came[done.on], []
        for sale, units in self._matches[done.on]:
            passed = min(before, units)
            before -= passed
            found.append((sale, units - passed))
        self._came[done.on] += done.units
        return found

    def _back(self, done: _Done, units: int, sales: list[tuple[_Sale, int]]) -> tuple[int, int]:
        """Units that sales have back and what they had cost."""
        found = cost = 0
        for sale, most in sales:
            out, paid = self._out.get(sale, [0, 0])
            some = min(units - found, out, most)
            if some > 0:
                part = paid if some == out else _rounded(paid * some, out)
                self._out[sale] = [out - some, paid - part]
                done.back.append((sale, some, part))
                found, cost = found + some, cost + part
        return found, cost

    def _come(self, done: _Done, row: Any, sales: list[tuple[_Sale, int]], price: int | None) -> None:
        pile = self.piles[row.item]
        units, cost = self._back(done, row.qty, sales) if row.start == "@customer" else (0, 0)
        rest = row.qty - units
        now = (pile.value, pile.qty) if pile.qty > 0 else (row.value_minor, 1)
        done.blind_cost = price if price is not None else _rounded(now[0] * rest, now[1])
        before = pile.value
        if units and rest:
            pile.come(units, cost)
            pile.come(rest, done.blind_cost)
        else:
            pile.come(row.qty, cost + done.blind_cost)
        done.piles.append((row.item, row.qty, pile.value - before))

    def _go(self, done: _Done, row: Any) -> int:
        cost = self.piles[row.item].go(row.qty, row.value_minor)
        done.piles.append((row.item, -row.qty, -cost))
        return cost

    def _name(self, done: _Done, came: _Done | None, sales: list[tuple[_Sale, int]]) -> None:
        """A blind unit is worth what it had cost from now on."""
        if came is None:
            return
        ((sku, qty, _),) = came.piles
        units, cost = self._back(done, qty, sales)
        was = came.blind_cost if units == qty else _rounded(came.blind_cost * units, qty)
        self.piles[sku].correct(0, cost - was)
        done.piles.append((sku, 0, cost - was))

    def _sell(self, body: dict[str, Any], left: dict[str, list[int]]) -> None:
        for line in body.get("lines") or () if "order" in body and left else ():
            units, cost = left[line["sku"]]
            some = min(units, line["qty"])
            part = cost if some == units else _rounded(cost * some, units)
            left[line["sku"]] = [units - some, cost - part]
            out = self._out.get((body["order"], line["line"]), [0, 0])
            self._out[body["order"], line["line"]] = [out[0] + some, out[1] + part]


def value_of_stock(conn: Connection) -> tuple[int, int]:
    """Units inside and what they are worth in minor units, from the moves alone, by a moving average.

    What came back from a customer is worth what the units of its sale had cost, a unit that nobody announced
    from the day on that it found its sale; until then what such units were worth when it came.
    """
    recount = _Recount(conn)
    for _, rows in groupby(conn.execute(_MOVES), key=lambda row: row.event_id):
        recount.tell(list(rows))
    return sum(p.qty for p in recount.piles.values()), sum(p.value for p in recount.piles.values())


def _on(body: dict[str, Any]) -> tuple[str, int] | None:
    rma, line = body.get("rma"), body.get("line")
    return (rma, line) if isinstance(rma, str) and isinstance(line, int) else None


def _price(row: Any, body: dict[str, Any]) -> int | None:
    """What goods from a supplier cost: what came with them, else what their record says."""
    if row.start != "@supplier":
        return None
    told = [n for n in body.get("lines") or () if n["sku"] == row.item and n.get("cost_minor") is not None]
    units, cost = sum(n["qty"] for n in told), sum(n["cost_minor"] for n in told)
    return _rounded(cost * row.qty, units) if units else row.qty * row.value_minor


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
