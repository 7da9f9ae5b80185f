"""What scarce units and parcels are worth in a wave: prices under which each order alone chooses well.

A Lagrangian relaxation: stock and labour are not limits but cost their price; the prices rise where more is
asked for than there is, and fall where less is. What all orders then cost, less what all the stock and labour
is worth, is a bound: no answer costs less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
_FIRST_STEP = 1.5
_SHORTER = 0.7
_PATIENCE = 15


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

    None are found for waves with too many sets of sites.
    """
    parcels = max((case.parcels for case in cases), default=0)
    sites = sorted({site for table in tables for ways in table for site in ways})
    sets = [
        chosen for n in range(min(parcels, len(sites)) + 1) for chosen in combinations(range(len(sites)), n)
    ]
    if not sites or len(sets) > _MOST_SETS:
        return NO_PRICES
    return _Market(cases, tables, left, sites, sets).settle(upper, rounds)


class _Market:
    """The wave as arrays: lines x sites, ways and what they use, orders x sets of sites."""

    def __init__(
        self,
        cases: Sequence[Case],
        tables: Sequence[Table],
        left: Left,
        sites: list[str],
        sets: list[tuple[int, ...]],
    ) -> None:
        import numpy as np  # noqa: PLC0415 - the centre starts without it

        self._np, self._sites, self._sets = np, sites, sets
        place = {site: n for n, site in enumerate(sites)}
        self._fixed = np.full((len(cases), len(sites)), _NEVER)
        starts, waiting, rows, costs = [0], list[int](), list[int](), list[int]()
        users, cells, units = list[int](), list[int](), list[int]()
        self._cells = dict[Cell, int]()
        for order, (case, table) in enumerate(zip(cases, tables, strict=True)):
            for site, leg in case.legs.items():
                if site in place:
                    self._fixed[order, place[site]] = leg.fixed
            for index, ways in enumerate(table):
                line = starts[-1] + index
                waiting.append(case.unserved[index])
                for site, found in ways.items():
                    for way in found:
                        for cell, asked in way.uses:
                            users.append(len(costs))
                            cells.append(self._cells.setdefault(cell, len(self._cells)))
                            units.append(asked)
                        rows.append(line * len(sites) + place[site])
                        costs.append(way.cost)
            starts.append(starts[-1] + len(table))
        self._starts = np.array(starts)
        self._waiting = np.array(waiting, dtype=float)
        self._split = cases[0].policy.split_minor
        self._rows, self._costs = np.array(rows), np.array(costs, dtype=float)
        self._users, self._uses = np.array(users), np.array(cells)
        self._units = np.array(units, dtype=float)
        self._stock = np.array([max(0, left.stock.get(cell, 0)) for cell in self._cells], dtype=float)
        self._labour = np.array([left.parcels[site] for site in sites], dtype=float)
        self._chosen = np.array([[n in chosen for n in range(len(sites))] for chosen in sets])
        self._splits = self._split * np.maximum(0, self._chosen.sum(axis=1) - 1)
        self._above = [sets.index(chosen[:-1]) if chosen else 0 for chosen in sets]
        self._order = np.repeat(np.arange(len(cases)), np.diff(self._starts))

    def settle(self, upper: int, rounds: int) -> Prices:
        """Prices after so many rounds of asking, the best of all rounds."""
        np = self._np
        stock, labour = np.zeros(len(self._stock)), np.zeros(len(self._sites))
        best, best_prices = -_NEVER, (stock, labour)
        step, worse = _FIRST_STEP, 0
        for _ in range(rounds):
            value, over, over_labour = self._ask(stock, labour)
            if value > best:
                best, best_prices, worse = value, (stock, labour), 0
            else:
                worse += 1
                if worse >= _PATIENCE:
                    step, worse = step * _SHORTER, 0
                    stock, labour = best_prices
            moved = np.where((stock > 0) | (over > 0), over, 0)
            moved_labour = np.where((labour > 0) | (over_labour > 0), over_labour, 0)
            square = float((moved**2).sum() + (moved_labour**2).sum())
            if square == 0:
                break
            length = step * max(upper - value, 1.0) / square
            stock = np.maximum(0, stock + length * over)
            labour = np.maximum(0, labour + length * over_labour)
        units = {cell: float(best_prices[0][n]) for cell, n in self._cells.items() if best_prices[0][n] > 0}
        parcels = dict(zip(self._sites, map(float, best_prices[1]), strict=True))
        return Prices(units, parcels, best)

    def _ask(self, stock: Reals, labour: Reals) -> tuple[float, Reals, Reals]:
        """What all orders cost under prices less the worth of everything, and what is asked for too much."""
        np = self._np
        worth = self._costs + np.bincount(
            self._users, weights=stock[self._uses] * self._units, minlength=len(self._costs)
        )
        cheapest = np.full(len(self._waiting) * len(self._sites), _NEVER)
        np.minimum.at(cheapest, self._rows, worth)
        lines = cheapest.reshape(len(self._waiting), len(self._sites))
        by_set = np.empty((len(self._waiting), len(self._sets)))
        by_set[:, 0] = self._waiting
        for n, chosen in enumerate(self._sets[1:], 1):
            by_set[:, n] = np.minimum(by_set[:, self._above[n]], lines[:, chosen[-1]])
        totals = np.add.reduceat(by_set, self._starts[:-1], axis=0)
        totals += (self._fixed + labour) @ self._chosen.T + self._splits
        picked = totals.argmin(axis=1)
        value = float(totals[np.arange(len(picked)), picked].sum())
        value -= float((stock * self._stock).sum() + (labour * self._labour).sum())
        used = self._used(lines, worth, self._chosen[picked])
        over = np.bincount(self._uses, weights=used[self._users] * self._units, minlength=len(self._stock))
        return value, over - self._stock, self._chosen[picked].sum(axis=0) - self._labour

    def _used(self, lines: Reals, worth: Reals, chosen: NDArray[np.bool_]) -> Reals:
        """1 for each way that is used when each order ships from its chosen sites."""
        np = self._np
        open_lines = np.where(chosen[self._order], lines, _NEVER)
        site = open_lines.argmin(axis=1)
        least = open_lines[np.arange(len(site)), site]
        at = np.where(least < self._waiting, np.arange(len(site)) * len(self._sites) + site, -1)
        used = at[self._rows // len(self._sites)] == self._rows
        used &= worth <= least[self._rows // len(self._sites)]
        # Of several equal ways of one line at one site only the first is used.
        _, first = np.unique(self._rows[used], return_index=True)
        once: Reals = np.zeros(len(worth))
        once[np.flatnonzero(used)[first]] = 1
        return once
