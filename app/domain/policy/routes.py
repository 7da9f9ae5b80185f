"""Where a unit brings most: the routes it may take, what each is expected to bring, and which is chosen.

Limits come first. A blocked route is not weighed at all, so that no figure can ever choose it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.domain.policy.scope import Case, Scope

BEST = "best"
"""What a rule says in the place of a disposition when figures choose among several."""

NO_VALUE = "no_value"
"""Why nothing was weighed: the item has no value on record."""
NO_COST = "no_cost"
"""Why nothing was weighed: what handling costs is not said in the item's currency."""

_WHOLE = 100


@dataclass(frozen=True, slots=True)
class Recovery:
    """What a unit brings on a route: `percent` of its item's value, less the handling of one unit.

    `cost_minor` is by ISO 4217 currency, in minor units.
    """

    route: str
    scope: Scope
    percent: int
    cost_minor: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Blocked:
    """Routes that such units cannot take, and why."""

    name: str
    routes: tuple[str, ...]
    scope: Scope


@dataclass(frozen=True, slots=True)
class Worth:
    """The value of one unit in minor units of a currency; 0 where nobody said."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Figure:
    """What one unit is expected to bring on a route, rounded down to minor units."""

    route: str
    percent: int
    cost_minor: int
    expected_minor: int

    def to_json(self) -> dict[str, object]:
        """The figure as it is recorded."""
        return {
            "route": self.route,
            "percent": self.percent,
            "cost_minor": self.cost_minor,
            "expected_minor": self.expected_minor,
        }


@dataclass(frozen=True, slots=True)
class Weighing:
    """Which route was chosen and by what figures, best first; without figures, why there are none."""

    route: str
    worth: Worth | None
    figures: tuple[Figure, ...]
    blocked: tuple[str, ...]
    why_not: str = ""

    @property
    def best(self) -> Figure | None:
        """The figure of the route chosen; None where nothing could be weighed."""
        return self.figures[0] if self.figures else None

    @property
    def runner_up(self) -> Figure | None:
        """The figure of the next best; None where there is no other."""
        return self.figures[1] if len(self.figures) > 1 else None

    def to_json(self) -> dict[str, object]:
        """The choice as it is recorded with the unit, whole enough to be computed again."""
        told: dict[str, object] = {
            "route": self.route,
            "value_minor": self.worth.minor if self.worth else None,
            "currency": self.worth.currency if self.worth else None,
            "figures": [figure.to_json() for figure in self.figures],
            "blocked": list(self.blocked),
        }
        return told | ({"why_not": self.why_not} if self.why_not else {})


@dataclass(frozen=True, slots=True)
class Routes:
    """The recoveries, of which the first that fits counts, and the limits of a policy."""

    recoveries: tuple[Recovery, ...] = ()
    blocks: tuple[Blocked, ...] = ()

    def blocked(self, route: str, case: Case) -> Blocked | None:
        """Why a unit cannot take a route; None when it can."""
        found = (block for block in self.blocks if route in block.routes and block.scope.holds(case))
        return next(found, None)

    def open(self, among: Sequence[str], case: Case) -> tuple[str, ...]:
        """The routes of these that a unit may take, in their order."""
        return tuple(route for route in among if self.blocked(route, case) is None)

    def recovery(self, route: str, case: Case) -> Recovery | None:
        """What the policy says a unit brings on a route."""
        found = (one for one in self.recoveries if one.route == route and one.scope.holds(case))
        return next(found, None)

    def weigh(self, among: Sequence[str], case: Case, worth: Worth | None) -> Weighing:
        """The open route that brings most, ties by order; the first open one where nothing can be weighed.

        Raises:
            LookupError: every route is blocked, or one has no recovery; no checked policy says so.
        """
        may = self.open(among, case)
        if not may:
            raise LookupError(f"every route of {', '.join(among)} is blocked for {case}")
        blocked = tuple(route for route in among if route not in may)
        if worth is None or worth.minor <= 0:
            return Weighing(may[0], worth, (), blocked, NO_VALUE)
        priced = list(self._priced(may, case, worth))
        if len(priced) < len(may):
            return Weighing(may[0], worth, (), blocked, NO_COST)
        # Exact, before rounding; sorting keeps the order of equals.
        priced.sort(key=lambda one: -_gain(one, worth))
        return Weighing(priced[0].route, worth, tuple(priced), blocked)

    def expected(self, route: str, case: Case, worth: Worth | None) -> Weighing | None:
        """What a unit brings on the one route of its rule; None where policy or item do not say."""
        found = self.recovery(route, case)
        if found is None or worth is None or worth.minor <= 0:
            return None
        figure = _figure(found, worth)
        return Weighing(route, worth, (figure,), ()) if figure else None

    def _priced(self, may: Sequence[str], case: Case, worth: Worth) -> Iterator[Figure]:
        for route in may:
            found = self.recovery(route, case)
            if found is None:
                raise LookupError(f"no recovery of {route} for {case}")
            figure = _figure(found, worth)
            if figure is not None:
                yield figure

    def brackets(self, among: Sequence[str], case: Case, currency: str) -> list[tuple[int, str]]:
        """From which value on (minor units) which route is best, from 1 up; each change of route once."""
        known = [one for route in self.open(among, case) if (one := self.recovery(route, case))]
        costs = [(one.percent, dict(one.cost_minor).get(currency, 0)) for one in known]
        values = {1}
        for percent, cost in costs:
            for other, dearer in costs:
                if other > percent and dearer > cost:
                    even = _WHOLE * (dearer - cost) // (other - percent)
                    values |= {even, even + 1}
        found = list[tuple[int, str]]()
        for value in sorted(values - {0}):
            route = self.weigh(among, case, Worth(value, currency)).route
            if not found or found[-1][1] != route:
                found.append((value, route))
        return found


NO_ROUTES = Routes()
"""What a policy without recoveries and limits has."""


def _figure(found: Recovery, worth: Worth) -> Figure | None:
    """What it comes to for a value; None where no cost is known in that currency."""
    cost = dict(found.cost_minor).get(worth.currency)
    if cost is None:
        return None
    return Figure(found.route, found.percent, cost, (worth.minor * found.percent - cost * _WHOLE) // _WHOLE)


def _gain(figure: Figure, worth: Worth) -> int:
    return worth.minor * figure.percent - figure.cost_minor * _WHOLE
