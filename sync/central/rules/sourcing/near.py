"""The patterns of one order that are close to its best one under prices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from sync.central.rules.sourcing.case import Case, Pattern, Way
from sync.central.rules.sourcing.choice import Table
from sync.central.rules.sourcing.prices import Prices

_STEPS = 3_000
_LONG = 4


@dataclass(frozen=True, slots=True)
class Priced:
    """A pattern with its cost under prices."""

    worth: float
    pattern: Pattern


def near(case: Case, table: Table, prices: Prices, slack: float, most: int) -> list[Priced]:
    """Patterns that the rules allow, no dearer than the best by `slack`, at most so many; the best first."""
    return _Search(case, table, prices, slack).found()[:most]


@dataclass(slots=True)
class _Search:
    case: Case
    table: Table
    prices: Prices
    slack: float
    _options: list[list[tuple[float, Way | None]]] = field(default_factory=list)
    _least: list[float] = field(default_factory=list)
    _found: list[Priced] = field(default_factory=list)
    _best: float = float("inf")
    _steps: int = 0

    def found(self) -> list[Priced]:
        """All of them, in order of worth."""
        case = self.case
        for index, ways in enumerate(self.table):
            options: list[tuple[float, Way | None]] = [
                (self.prices.of_way(way), way) for found in ways.values() for way in found
            ]
            if index not in case.kept:
                options.append((float(case.unserved[index]), None))
            self._options.append(sorted(options, key=lambda option: option[0]))
        self._least = [0.0]
        for options in reversed(self._options):
            if not options:
                return []
            self._least.insert(0, self._least[0] + options[0][0])
        if len(self._options) > _LONG:
            self._from_few_sites()
        entry = {site: leg.fixed + self.prices.parcels.get(site, 0.0) for site, leg in case.legs.items()}
        self._deeper([], (), 0.0, entry)
        limit = self._best + self.slack
        kept = {priced.pattern: priced for priced in self._found if priced.worth <= limit}.values()
        return sorted(kept, key=lambda priced: (priced.worth, priced.pattern.cost, priced.pattern.sites))

    def _from_few_sites(self) -> None:
        """The best from one site or two: of a long order too few patterns are seen to find them otherwise."""
        for count in range(1, min(self.case.parcels, 2) + 1):
            for sites in combinations(self.case.legs, count):
                options = [
                    [way for _, way in ranked if way is None or way.site in sites] for ranked in self._options
                ]
                if all(options):
                    pattern = self.case.pattern([ways[0] for ways in options])
                    self._keep(self.prices.of(pattern), pattern)

    def _keep(self, worth: float, pattern: Pattern) -> None:
        if not self.case.breach(pattern):
            self._best = min(self._best, worth)
            self._found.append(Priced(worth, pattern))

    def _deeper(
        self, ways: list[Way | None], sites: Sequence[str], worth: float, entry: dict[str, float]
    ) -> None:
        self._steps += 1
        depth = len(ways)
        if depth == len(self._options):
            self._keep(worth, self.case.pattern(ways))
            return
        for cost, way in self._options[depth]:
            extra, then = cost, sites
            if way is not None and way.site not in sites:
                if len(sites) >= self.case.parcels:
                    continue
                extra += entry[way.site] + (self.case.policy.split_minor if sites else 0)
                then = (*sites, way.site)
            if worth + extra + self._least[depth + 1] > self._best + self.slack or self._steps > _STEPS:
                continue
            self._deeper([*ways, way], then, worth + extra, entry)
