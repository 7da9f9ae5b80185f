"""What scarce units and parcels are worth in a wave: prices under which each order alone chooses well.

A Lagrangian relaxation: stock and labour are not limits but cost their price; the prices rise where more is
asked for than there is, and fall where less is. What all orders then cost, less what all the stock and labour
is worth, is a bound: no answer costs less.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from sync.central.rules.sourcing.case import Case, Left, Pattern, Way
from sync.central.rules.sourcing.choice import Table
from sync.central.rules.sourcing.shapes import Cell

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Reals = NDArray[np.float64]
    Wholes = NDArray[np.int64]

_MOST_SETS = 1_000
_NEVER = 1e12
_AIM = 1.03
_MOMENTUM = 0.7
_SHORTER = 0.8
_PATIENCE = 4


@dataclass(frozen=True, slots=True)
class Prices:
    """What a unit and a parcel are worth beside their cost, in minor units; `bound` is None when unknown."""

    units: Mapping[Cell, float]
    parcels: Mapping[str, float]
    bound: float | None = None

    def of_way(self, way: Way) -> float:
        """A line's part of freight and what its units are worth."""
        return way.cost + sum(self.units.get(cell, 0.0) * units for cell, units in way.uses)

    def of(self, pattern: Pattern) -> float:
        """A pattern's cost and what it uses up."""
        worth = sum(self.parcels.get(site, 0.0) for site in pattern.sites)
        for way in pattern.ways:
            for cell, units in way.uses if way else ():
                worth += self.units.get(cell, 0.0) * units
        return pattern.cost + worth


NO_PRICES = Prices({}, {})


def priced(cases: Sequence[Case], tables: Sequence[Table], left: Left, upper: int, rounds: int) -> Prices:
    """Prices after so many rounds; `upper` is the cost of an answer that is known.

    With very many sets of sites only the small sets are looked at, and there is no bound.
    """
    asked = [(case, table) for case, table in zip(cases, tables, strict=True) if table]
    sites = sorted({site for table in tables for ways in table for site in ways})
    if not sites:
        return NO_PRICES
    allowed = min(max(case.parcels for case, _ in asked), len(sites))
    parcels = allowed
    while sum(math.comb(len(sites), n) for n in range(parcels + 1)) > _MOST_SETS and parcels > 1:
        parcels -= 1
    sets = [chosen for n in range(parcels + 1) for chosen in combinations(range(len(sites)), n)]
    found = _Market(asked, left, sites, sets).settle(upper, rounds)
    return found if parcels == allowed else replace(found, bound=None)


class _Market:
    """The wave as arrays: lines x sites, ways and what they use, orders x sets of sites."""

    def __init__(
        self,
        asked: Sequence[tuple[Case, Table]],
        left: Left,
        sites: list[str],
        sets: list[tuple[int, ...]],
    ) -> None:
        import numpy as np  # noqa: PLC0415 - the centre starts without it

        self._np, self._sites, self._sets = np, sites, sets
        place = {site: n for n, site in enumerate(sites)}
        self._fixed = np.full((len(asked), len(sites)), _NEVER)
        starts, waiting, ways = list[int](), list[int](), list[tuple[int, Way]]()
        lines = sum(len(table) for _, table in asked)
        for order, (case, table) in enumerate(asked):
            starts.append(len(waiting))
            for site, leg in case.legs.items():
                if site in place:
                    self._fixed[order, place[site]] = leg.fixed
            for index, found in enumerate(table):
                for site, several in found.items():
                    ways += [(place[site] * lines + len(waiting), way) for way in several]
                waiting.append(case.unserved[index])
        ways.sort(key=lambda item: item[0])
        self._cells = dict[Cell, int]()
        uses = [
            (n, self._cells.setdefault(cell, len(self._cells)), units)
            for n, (_, way) in enumerate(ways)
            for cell, units in way.uses
        ]
        self._users, self._uses, units = np.array(uses, dtype=np.int64).reshape(-1, 3).T
        self._units = units.astype(np.float64)
        rows = np.array([row for row, _ in ways], dtype=np.int64)
        self._rows, self._first, self._group = np.unique(rows, return_index=True, return_inverse=True)
        self._costs = np.array([way.cost for _, way in ways], dtype=np.float64)
        self._starts = np.array(starts)
        self._order = np.repeat(np.arange(len(asked)), [len(table) for _, table in asked])
        self._waiting = np.array(waiting, dtype=np.float64)
        self._stock = np.array([max(0, left.stock.get(cell, 0)) for cell in self._cells], dtype=np.float64)
        self._labour = np.array([left.parcels[site] for site in sites], dtype=np.float64)
        self._chosen = np.array(
            [[n in chosen for n in range(len(sites))] for chosen in sets], dtype=np.float64
        )
        self._splits = asked[0][0].policy.split_minor * np.maximum(0, self._chosen.sum(axis=1) - 1)
        self._above = [sets.index(chosen[:-1]) if chosen else 0 for chosen in sets]

    def settle(self, upper: int, rounds: int) -> Prices:
        """Prices after so many rounds of asking, the best of all rounds."""
        np = self._np
        stock, labour = np.zeros(len(self._stock)), np.zeros(len(self._sites))
        best, best_prices, step, worse = -_NEVER, (stock, labour), 1.0, 0
        way, way_labour = np.zeros_like(stock), np.zeros_like(labour)
        for _ in range(rounds):
            value, over, over_labour = self._ask(stock, labour)
            if value > best:
                best, best_prices, worse = value, (stock, labour), 0
            else:
                worse += 1
                if worse >= _PATIENCE:
                    step, worse, way, way_labour = step * _SHORTER, 0, way * 0, way_labour * 0
                    stock, labour = best_prices
            way = _MOMENTUM * way + np.where((stock > 0) | (over > 0), over, 0)
            way_labour = _MOMENTUM * way_labour + np.where((labour > 0) | (over_labour > 0), over_labour, 0)
            square = float(way @ way + way_labour @ way_labour)
            if square == 0:
                break
            length = step * max(min(upper, best * _AIM) - value, 1.0) / square
            stock = np.maximum(0, stock + length * way)
            labour = np.maximum(0, labour + length * way_labour)
        units = {cell: float(best_prices[0][n]) for cell, n in self._cells.items() if best_prices[0][n] > 0}
        parcels = dict(zip(self._sites, map(float, best_prices[1]), strict=True))
        return Prices(units, parcels, best)

    def _ask(self, stock: Reals, labour: Reals) -> tuple[float, Reals, Reals]:
        """What all orders cost under prices less the worth of everything, and what is asked for too much."""
        np = self._np
        worth = self._costs + np.bincount(
            self._users, weights=stock[self._uses] * self._units, minlength=len(self._costs)
        )
        lines = np.full((len(self._sites), len(self._waiting)), _NEVER)
        lines.reshape(-1)[self._rows] = np.minimum.reduceat(worth, self._first)
        by_set = np.empty((len(self._sets), len(self._waiting)))
        by_set[0] = self._waiting
        for n, chosen in enumerate(self._sets[1:], 1):
            np.minimum(by_set[self._above[n]], lines[chosen[-1]], out=by_set[n])
        totals = np.add.reduceat(by_set, self._starts, axis=1)
        totals += self._chosen @ (self._fixed + labour).T + self._splits[:, None]
        picked = totals.argmin(axis=0)
        value = float(totals[picked, np.arange(len(picked))].sum())
        value -= float(stock @ self._stock + labour @ self._labour)
        chosen = self._chosen[picked]
        used = self._used(lines, worth, chosen)
        over = np.bincount(self._uses, weights=used[self._users] * self._units, minlength=len(self._stock))
        return value, over - self._stock, chosen.sum(axis=0) - self._labour

    def _used(self, lines: Reals, worth: Reals, chosen: Reals) -> Reals:
        """1 for each way that is used when each order ships from its chosen sites."""
        np = self._np
        there = np.where(chosen[self._order].T > 0, lines, _NEVER)
        site, every = there.argmin(axis=0), np.arange(len(self._waiting))
        least = there[site, every]
        taken = np.full(len(self._sites) * len(every), -1)
        # Of several ways of one line at one site the cheapest is used, of equal ones the first.
        taken[self._rows] = self._cheapest(worth)
        ways = taken[site * len(every) + every][least < self._waiting]
        used: Reals = np.zeros(len(worth))
        used[ways] = 1
        return used

    def _cheapest(self, worth: Reals) -> Wholes:
        """The cheapest way of each line at each site."""
        np = self._np
        if len(self._first) == len(worth):
            return self._first
        order = np.lexsort((worth, self._group))
        cheapest: Wholes = order[self._first]
        return cheapest
