"""The rounds in which a wave gets cheaper: some orders are taken out and put back the best way."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from sync.central.rules.sourcing.case import Case, Left, Pattern
from sync.central.rules.sourcing.choice import cells_of, choose, table_of
from sync.central.rules.sourcing.near import Priced, near
from sync.central.rules.sourcing.prices import priced
from sync.central.rules.sourcing.shapes import Cell, Wave
from sync.central.rules.sourcing.solver import Candidate, Solve

_FEW = 50
_MANY = 120
_GROWTH = 1.25
_STALLED = 40
_SLACK = 0.2
_PATTERNS = 40
_ATTEMPTS = 3


class Board:
    """A feasible answer that only gets better, and the rounds that better it.

    Args:
        wave: the orders and what there is.
        strict: the answer in strict order.
        seed: what the choice of orders starts from.
        price_rounds: rounds of looking for prices.
    """

    def __init__(
        self, wave: Wave, strict: Sequence[tuple[Case, Pattern]], seed: int, price_rounds: int
    ) -> None:
        self._random = random.Random(seed)  # noqa: S311 - which orders to try is no secret
        self.rounds = 0
        self._wave = wave
        self._strict = [pattern for _, pattern in strict]
        self.cases = [case.holding(pattern) for case, pattern in strict]
        start = Left(wave)
        self._tables = [
            table_of(case, start.stock, [site for site in case.legs if start.parcels[site] > 0])
            for case in self.cases
        ]
        upper = sum(pattern.cost for pattern in self._strict)
        self.prices = priced(self.cases, self._tables, start, upper, price_rounds)
        self._near: list[list[Priced] | None] = [None] * len(self.cases)
        self._wanted = [sorted(cells_of(table)) for table in self._tables]
        self._sharing = _sharing(self._wanted)
        self._slack = _SLACK * upper / max(1, len(self.cases))
        self._penalty = 10.0 * (upper + 1)
        self.left = start
        self.patterns = self._first()
        self._excess = [self._far(order) for order in range(len(self.cases))]

    @property
    def broken(self) -> bool:
        """True while some order is served worse than in strict order."""
        return any(not case.kept <= now.served for case, now in zip(self.cases, self.patterns, strict=True))

    def restart(self) -> None:
        """Begins again from strict order."""
        self.left = Left(self._wave)
        self.patterns = list(self._strict)
        for pattern in self.patterns:
            self.left.take(pattern)
        self._excess = [self._far(order) for order in range(len(self.cases))]

    def cost(self, order: int, pattern: Pattern) -> float:
        """A pattern's cost; out of all measure when it serves the order worse than strict order."""
        return pattern.cost + (0 if self.cases[order].kept <= pattern.served else self._penalty)

    def improve(
        self,
        solve: Solve,
        rounds: int,
        seconds_left: Callable[[], float],
        until: Callable[[], bool] = lambda: False,
    ) -> None:
        """Rounds until so many are used up, or time is, or enough is reached.

        Raises:
            SolverError: the solver cannot be used.
        """
        size, stalled = float(_FEW), 0
        while self.rounds < rounds and not until() and (seconds := seconds_left()) > 0:
            self.rounds += 1
            if self._round(solve, self._chosen(int(size)), seconds):
                stalled = 0
            else:
                stalled += 1
                if stalled >= _STALLED:
                    size, stalled = min(size * _GROWTH, _MANY), 0

    def _first(self) -> list[Pattern]:
        """An answer by prices; orders that come off worse than in strict order go first the next time."""
        turns = sorted(range(len(self.cases)), key=lambda n: (-len(self.cases[n].need.lines), n))
        patterns = self._in_turn(turns)
        for _ in range(_ATTEMPTS):
            worse = [n for n in turns if not self.cases[n].kept <= patterns[n].served]
            if not worse:
                break
            for pattern in patterns:
                self.left.take(pattern, -1)
            turns = list(dict.fromkeys(worse + turns))
            patterns = self._in_turn(turns)
        return patterns

    def _in_turn(self, turns: Sequence[int]) -> list[Pattern]:
        """Each order the best under prices that still fits when its turn comes."""
        found = list(self._strict)
        for order in turns:
            fitting = (one.pattern for one in self.near(order) if self.left.fits(one.pattern))
            pattern = next(fitting, None) or choose(self.cases[order], self.left).best
            found[order] = pattern or self.cases[order].nothing
            self.left.take(found[order])
        return found

    def near(self, order: int) -> list[Priced]:
        """The patterns of an order that are worth trying; worked out when first asked for."""
        known = self._near[order]
        if known is None:
            known = near(self.cases[order], self._tables[order], self.prices, self._slack, _PATTERNS)
            self._near[order] = known
        return known

    def _round(self, solve: Solve, orders: Sequence[int], seconds: float) -> bool:
        """One round; True when the answer got better by it."""
        was = {order: self.patterns[order] for order in orders}
        for pattern in was.values():
            self.left.take(pattern, -1)
        candidates = list[Candidate]()
        for order, pattern in was.items():
            candidates.append(Candidate(order, pattern, self.cost(order, pattern)))
            candidates += [
                Candidate(order, other.pattern, other.pattern.cost)
                for other in self.near(order)
                if other.pattern != pattern and self.left.fits(other.pattern)
            ]
        taken = [candidates[place] for place in solve(candidates, self.left, seconds) or ()]
        before = sum(self.cost(order, pattern) for order, pattern in was.items())
        better = bool(taken) and sum(candidate.cost for candidate in taken) < before
        now = {candidate.order: candidate.pattern for candidate in taken} if better else was
        if not self._placed(now.values()):
            # A solver works to a tolerance and with floats; what it says is believed only when it fits.
            better, now = False, was
            self._placed(was.values())
        for order, pattern in now.items() if better else ():
            self.patterns[order] = pattern
            self._excess[order] = self._far(order)
        return better

    def _placed(self, patterns: Iterable[Pattern]) -> bool:
        """Takes all of the patterns when they fit together, else none."""
        done = list[Pattern]()
        for pattern in patterns:
            if not self.left.fits(pattern):
                for earlier in done:
                    self.left.take(earlier, -1)
                return False
            self.left.take(pattern)
            done.append(pattern)
        return True

    def _far(self, order: int) -> float:
        """How far an order is from its best under prices; never nothing, so that each has its chance."""
        patterns = self.near(order)
        best = patterns[0].worth if patterns else 0.0
        pattern = self.patterns[order]
        return max(0.0, self.prices.of(pattern) - best) + self.cost(order, pattern) - pattern.cost + 1.0

    def _chosen(self, size: int) -> list[int]:
        """Orders that want the same units: around one that is far from its best, then around these."""
        (first,) = self._random.choices(range(len(self.cases)), self._excess)
        chosen, fringe = {first: None}, [first]
        while fringe and len(chosen) < size:
            around = sorted(
                {n for order in fringe for cell in self._wanted[order] for n in self._sharing[cell]}
                - chosen.keys()
            )
            fringe = self._random.sample(around, min(len(around), size - len(chosen)))
            chosen.update(dict.fromkeys(fringe))
        return list(chosen)


def _sharing(wanted: Sequence[Sequence[Cell]]) -> dict[Cell, list[int]]:
    found = defaultdict[Cell, list[int]](list)
    for order, cells in enumerate(wanted):
        for cell in cells:
            found[cell].append(order)
    return found
