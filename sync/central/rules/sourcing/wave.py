"""Sourcing of a whole wave: cheaper than in strict order, and no order worse off for it.

Strict order is worked out first and stays the fallback. **No order comes off worse than it would in strict
order**: each line that strict order serves is served, on no later day. So an order of higher priority never
loses units to a lower one, and the wave only decides which sites ship and what else can be served.

The way: prices for what is scarce; a first answer by them; then, round after round, some dozens of orders
that want the same units are taken out and put back in exactly the best way; at last each order alone is given
the best plan that the others leave it, so that each has its own reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sync.central.rules.sourcing.case import Case, Pattern
from sync.central.rules.sourcing.choice import choose, rank
from sync.central.rules.sourcing.explain import explained
from sync.central.rules.sourcing.rounds import Board
from sync.central.rules.sourcing.shapes import Answer, Explanation, Gain, Wave
from sync.central.rules.sourcing.solver import Solve, SolverError, highs
from sync.central.rules.sourcing.strict import in_strict_order, strict_patterns

_REASONS = 1.5


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to try.

    Attributes:
        rounds: rounds at most; when time allows them all, the same wave always has the same answer.
        seconds: seconds at most, all told, by the clock that is handed in.
        prices: rounds of looking for prices.
        seed: what the choice of orders starts from.
    """

    rounds: int = 1_000
    seconds: float = 30.0
    prices: int = 100
    seed: int = 1


def as_wave(
    wave: Wave, seconds: Callable[[], float], effort: Effort = Effort(), solver: Callable[[], Solve] = highs
) -> tuple[Answer, Gain]:
    """The best answer found and what it gained; never dearer than strict order, which is the fallback.

    Args:
        wave: the orders and what there is.
        seconds: a clock that only runs forward.
        effort: how long to try.
        solver: what to solve rounds with.
    """
    began = seconds()
    strict = strict_patterns(wave)
    total, asked = sum(pattern.cost for _, pattern in strict), seconds()

    def gain(cost: int, status: str, board: Board | None = None, detail: str = "") -> Gain:
        bound = None if board is None or board.prices.bound is None else int(board.prices.bound)
        rounds = board.rounds if board else 0
        return Gain(total, cost, bound, rounds, seconds() - began, status, detail)

    try:
        solve = solver()
    except SolverError as missing:
        return in_strict_order(wave), gain(total, "no_solver", detail=str(missing))
    if not wave.needs:
        return Answer(()), gain(total, "nothing_better")
    board = Board(wave, strict, effort.seed, effort.prices)
    # The reasons at the end take as long as strict order did, and half as much again.
    used_later = _REASONS * (asked - began)
    try:
        _improve(board, solve, effort, lambda: seconds() - began + used_later)
    except SolverError as failed:
        return in_strict_order(wave), gain(total, "failed", board, str(failed))
    answer = _answered(board, strict)
    if board.broken or answer.cost.total >= total:
        return in_strict_order(wave), gain(total, "nothing_better", board)
    return answer, gain(answer.cost.total, "improved", board)


def _improve(board: Board, solve: Solve, effort: Effort, used: Callable[[], float]) -> None:
    """From the answer by prices; from strict order, when most of the effort left some order worse off."""
    begun = used()
    most = begun + (effort.seconds - begun) * 3 / 4
    board.improve(solve, effort.rounds // 2, lambda: most - used(), until=lambda: not board.broken)
    if board.broken:
        board.restart()
    board.improve(solve, effort.rounds, lambda: effort.seconds - used())


def _answered(board: Board, strict: Sequence[tuple[Case, Pattern]]) -> Answer:
    """Each order the best that the others leave it, and why."""
    found = list[Explanation]()
    for order, (case, (_, before)) in enumerate(zip(board.cases, strict, strict=True)):
        now = board.patterns[order]
        board.left.take(now, -1)
        choice = choose(case, board.left)
        if choice.best is None or rank(now) < rank(choice.best):
            choice.best = now
        plan = case.plan(before) if before != choice.best else None
        found.append(explained(case, choice, board.left, plan))
        board.patterns[order] = choice.best
        board.left.take(choice.best)
    return Answer(tuple(found))
