"""Rounds: the answer stays feasible and only gets better, whatever the solver says."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings

from sync.central.rules.sourcing.case import Left
from sync.central.rules.sourcing.rounds import Board
from sync.central.rules.sourcing.shapes import Wave
from sync.central.rules.sourcing.solver import Candidate, Solve, highs
from sync.central.rules.sourcing.strict import strict_patterns
from tests.bench.sourcing_instance import generated
from tests.sync.central.rules.sourcing.waves import waves


def board_of(asked: Wave, seed: int = 1) -> Board:
    return Board(asked, strict_patterns(asked), seed, 30)


def total(board: Board) -> float:
    return sum(board.cost(order, pattern) for order, pattern in enumerate(board.patterns))


def assert_left_adds_up(asked: Wave, board: Board) -> None:
    left = Left(asked)
    for pattern in board.patterns:
        assert left.fits(pattern)
        left.take(pattern)
    assert (left.stock, left.parcels) == (board.left.stock, board.left.parcels)


@settings(max_examples=25)
@given(waves())
def test_every_round_keeps_what_is_left_and_costs_no_more(asked: Wave) -> None:
    board = board_of(asked)
    assert_left_adds_up(asked, board)
    for rounds in range(1, 4):
        before = total(board)
        board.improve(highs(), rounds, lambda: 9.0)
        assert total(board) <= before
        assert_left_adds_up(asked, board)


def test_a_restart_begins_from_strict_order() -> None:
    asked = generated(orders=60).wave
    board = board_of(asked)
    board.restart()
    assert board.patterns == [pattern for _, pattern in strict_patterns(asked)]
    assert not board.broken
    assert_left_adds_up(asked, board)


def test_an_answer_of_the_solver_that_does_not_fit_is_not_believed() -> None:
    asked = generated(orders=60).wave
    board = board_of(asked)
    board.restart()

    def cheap(candidates: Sequence[Candidate], _left: Left, _seconds: float) -> list[int]:
        """The cheapest for each order, whatever the others take."""
        first = dict[int, int]()
        for place, candidate in enumerate(candidates):
            if candidate.order not in first or candidate.cost < candidates[first[candidate.order]].cost:
                first[candidate.order] = place
        return list(first.values())

    before = total(board)
    board.improve(cheap, 30, lambda: 9.0)
    assert total(board) <= before
    assert_left_adds_up(asked, board)


def test_a_round_without_an_answer_changes_nothing() -> None:
    asked = generated(orders=60).wave
    board = board_of(asked)
    before = list(board.patterns)
    none: Solve = lambda _candidates, _left, _seconds: None  # noqa: E731 - typed as what it stands for
    board.improve(none, 5, lambda: 9.0)
    assert (board.patterns, board.rounds) == (before, 5)
    assert_left_adds_up(asked, board)


def test_rounds_end_with_the_time_or_when_enough_is_reached() -> None:
    board = board_of(generated(orders=30).wave)
    board.improve(highs(), 5, lambda: 0.0)
    board.improve(highs(), 5, lambda: 9.0, until=lambda: True)
    assert board.rounds == 0
