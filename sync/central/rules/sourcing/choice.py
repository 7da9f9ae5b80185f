"""The best plan of one order, given what is left: every set of sites is tried, up to the parcels allowed.

The answer is exact while no more than `MOST_SITES` sites could ship; of more, the promising ones are tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from sync.central.rules.sourcing.case import Case, Left, Pattern, Way, ways_of
from sync.central.rules.sourcing.shapes import Cell

MOST_SITES = 10
_STEPS = 2_000

Table = Sequence[Mapping[str, Sequence[Way]]]
"""Per line of a need, the ways by site."""


@dataclass(slots=True)
class Choice:
    """What was found for one order.

    Attributes:
        best: None when the case demands lines that are not to be had.
        runner_up: the best from another set of sites that ships something.
        refused: by rule, the cheapest pattern that only this rule stood against.
        table: what each site could have shipped.
        aside: sites that were not tried, because there were too many.
    """

    best: Pattern | None = None
    runner_up: Pattern | None = None
    refused: dict[str, Pattern] = field(default_factory=dict)
    table: Table = ()
    aside: tuple[str, ...] = ()

    def see(self, pattern: Pattern) -> None:
        """Keeps a pattern when it is the best so far, or the best from other sites than that."""
        best, other = self.best, self.runner_up
        if best is None or rank(pattern) < rank(best):
            if best is not None and best.sites and best.sites != pattern.sites:
                self.runner_up = best
            self.best = pattern
        elif pattern.sites and pattern.sites != best.sites and (other is None or rank(pattern) < rank(other)):
            self.runner_up = pattern

    def refuse(self, rule: str, pattern: Pattern) -> None:
        """Remembers the cheapest pattern that a rule stood against."""
        seen = self.refused.get(rule)
        if seen is None or rank(pattern) < rank(seen):
            self.refused[rule] = pattern


def rank(pattern: Pattern) -> tuple[int, int, int, tuple[str, ...]]:
    """The order of patterns: cheaper, more lines served, fewer parcels, sites by their codes."""
    return (pattern.cost, pattern.lacking, len(pattern.sites), pattern.sites)


def choose(case: Case, left: Left) -> Choice:
    """The cheapest pattern that fits what is left, the runner-up and what rules refused."""
    table = table_of(case, left.stock, [site for site in case.legs if left.parcels[site] > 0])
    sites = sorted({site for ways in table for site in ways})
    tried = sites if len(sites) <= MOST_SITES else _promising(case, table, sites)
    choice = Choice(table=table, aside=tuple(site for site in sites if site not in tried))
    if not case.kept:
        choice.see(case.nothing)
    cells = [cells_of([ways]) for ways in table]
    shared = len(table) > 1 and len(frozenset[Cell]().union(*cells)) < sum(map(len, cells))
    line_cost = sum(
        min(case.unserved[n], *(found[0].cost for found in ways.values())) if ways else case.unserved[n]
        for n, ways in enumerate(table)
    )
    # One parcel more than is allowed is looked at too, to be able to say what the limit costs.
    for count in range(1, min(case.parcels + 1, len(tried), len(table)) + 1):
        for chosen in combinations(tried, count):
            if choice.runner_up and line_cost + case.entry(chosen) > choice.runner_up.cost:
                continue
            pattern: Pattern | None = _cheapest(case, table, chosen, left)
            if pattern and shared and not left.fits(pattern):
                pattern = _search(case, table, chosen, left)
            if pattern is None or len(pattern.sites) != count:
                continue  # seen with the smaller set
            if rule := case.breach(pattern):
                choice.refuse(rule, pattern)
            else:
                choice.see(pattern)
    return choice


def table_of(case: Case, stock: Mapping[Cell, int], sites: Sequence[str]) -> Table:
    """Per line, how each of the sites could ship it."""
    return [
        {site: ways for site in sites if (ways := ways_of(case, index, site, stock))}
        for index in range(len(case.need.lines))
    ]


def cells_of(table: Table) -> frozenset[Cell]:
    """All units that some way uses."""
    return frozenset(
        cell for ways in table for found in ways.values() for way in found for cell, _ in way.uses
    )


def _cheapest(case: Case, table: Table, sites: Sequence[str], left: Left) -> Pattern:
    """Each line from the cheapest of the sites; of equal ones, from the one with most units left.

    A line may wait where that is cheaper, if the order may be parted.
    """
    chosen = list[Way | None]()
    for index, ways in enumerate(table):
        sku = case.need.lines[index].sku
        best: Way | None = None
        for site in sites:
            way = ways[site][0] if site in ways else None
            if way and (
                best is None
                or way.cost < best.cost
                or (
                    way.cost == best.cost
                    and left.stock.get((site, sku), 0) > left.stock.get((best.site, sku), 0)
                )
            ):
                best = way
        if best and best.cost > case.unserved[index] and _may_wait(case, index):
            best = None
        chosen.append(best)
    return case.pattern(chosen)


def _may_wait(case: Case, index: int) -> bool:
    return index not in case.kept and not case.need.ship_complete


def _search(case: Case, table: Table, sites: Sequence[str], left: Left) -> Pattern | None:
    """The cheapest pattern that ships from each of these sites when lines want the same units.

    Each combination is tried, cheap ones first; after many steps the best so far is kept.
    """
    options = [
        sorted(
            (way for site in sites for way in ways.get(site, ())),
            key=lambda way: (way.cost, way.site, way.assembled),
        )
        for ways in table
    ]
    best: Pattern | None = None
    for steps, pattern in enumerate(_combined(case, options, left)):
        if len(pattern.sites) == len(sites) and (
            best is None
            or (bool(case.breach(pattern)), *rank(pattern)) < (bool(case.breach(best)), *rank(best))
        ):
            best = pattern
        if steps > _STEPS:
            break
    return best


def _combined(case: Case, options: Sequence[Sequence[Way]], left: Left) -> Iterator[Pattern]:
    taken = list[Way | None]()

    def deeper() -> Iterator[Pattern]:
        if len(taken) == len(options):
            yield case.pattern(taken)
            return
        for way in (*options[len(taken)], None):
            if way is not None and any(left.stock.get(cell, 0) < units for cell, units in way.uses):
                continue
            for cell, units in way.uses if way else ():
                left.stock[cell] -= units
            taken.append(way)
            try:
                yield from deeper()
            finally:
                taken.pop()
                for cell, units in way.uses if way else ():
                    left.stock[cell] += units

    return deeper()


def _promising(case: Case, table: Table, sites: Sequence[str]) -> list[str]:
    """Of many sites those that ship most lines, and of these the cheap ones; each line's cheapest always."""
    lines = {site: [ways[site][0] for ways in table if site in ways] for site in sites}

    def cheap(site: str) -> tuple[int, int, str]:
        found = lines[site]
        missing = sum(case.unserved) - sum(case.unserved[way.place] for way in found)
        return (case.legs[site].fixed + sum(way.cost for way in found) + missing, -len(found), site)

    first = [
        min(ways, key=lambda site: (case.legs[site].fixed + ways[site][0].cost, site))
        for ways in table
        if ways
    ]
    ordered = list(dict.fromkeys([*sorted(set(first), key=cheap), *sorted(sites, key=cheap)]))
    return sorted(ordered[:MOST_SITES])
