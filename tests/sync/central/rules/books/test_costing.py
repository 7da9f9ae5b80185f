"""What units are worth, worked out by hand and held against laws that any method keeps."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.central.rules.books.costing import Fifo, Method, MovingAverage, Worth, opened, restored

BOTH = pytest.mark.parametrize("method", list(Method))


def state(worth: Worth) -> tuple[int, int]:
    return worth.qty, worth.value


# --- by hand -----------------------------------------------------------------------------------------------


def test_the_average_moves_with_each_receipt() -> None:
    """10 at 1.00 and 10 at 1.60 are 20 at 1.30; 5 leave for 6.50; 5 more at 2.00 make 20 at 1.475."""
    worth = MovingAverage()
    assert (worth.put(10, 1000), worth.put(10, 1600), worth.take(5, 0)) == (0, 0, 650)
    worth.put(5, 1000)
    assert state(worth) == (20, 2950)
    assert [worth.take(1, 0) for _ in range(3)] == [148, 147, 148]
    assert worth.take(17, 0) == 2950 - 443
    assert state(worth) == (0, 0)


def test_what_came_first_leaves_first() -> None:
    worth = Fifo()
    worth.put(10, 1000)
    worth.put(10, 1600)
    assert worth.take(5, 0) == 500
    assert worth.take(7, 0) == 500 + 320
    assert state(worth) == (8, 1280)


def test_a_layer_that_does_not_divide_loses_no_cent() -> None:
    worth = Fifo()
    worth.put(3, 1000)
    assert sum(worth.take(1, 0) for _ in range(3)) == 1000
    assert state(worth) == (0, 0)


def test_what_left_before_it_came_leaves_at_the_last_cost_and_the_rest_is_variance() -> None:
    """Two at 5.00; five leave, three of them not there. They come at 6.00: 3.00 more than was booked."""
    for worth in (MovingAverage(), Fifo()):
        worth.put(2, 1000)
        assert worth.take(5, 0) == 2500
        assert state(worth) == (-3, -1500)
        assert worth.put(4, 2400) == 300
        assert state(worth) == (1, 600)


def test_part_of_what_was_missing_comes() -> None:
    for worth in (MovingAverage(), Fifo()):
        worth.put(1, 500)
        worth.take(4, 0)
        assert worth.put(1, 800) == 300
        assert state(worth) == (-2, -1000)


def test_what_nobody_ever_bought_leaves_at_its_standard() -> None:
    for worth in (MovingAverage(), Fifo()):
        assert worth.take(3, 250) == 750
        assert state(worth) == (-3, -750)


def test_a_shipment_that_never_was_leaves_no_trace() -> None:
    for worth in (MovingAverage(), Fifo()):
        worth.put(10, 1000)
        worth.put(2, 900)
        before = state(worth)
        cost = worth.take(4, 0)
        assert worth.put_back(4, cost) == 0
        assert state(worth) == before


def test_a_receipt_that_never_was_takes_its_own_cost_away() -> None:
    for worth in (MovingAverage(), Fifo()):
        worth.put(10, 1000)
        worth.put(2, 900)
        assert worth.take_back(2, 900) == 0
        assert state(worth) == (10, 1000)


def test_a_receipt_whose_units_left_already_is_taken_back_as_what_is_left() -> None:
    """By the average the last unit cannot keep a worth when there is none; by layers the oldest goes."""
    average = MovingAverage()
    average.put(2, 1000)
    average.put(2, 2000)
    average.take(2, 0)
    assert state(average) == (2, 1500)
    assert average.take_back(2, 2000) == -500
    assert state(average) == (0, 0)
    layers = Fifo()
    layers.put(2, 1000)
    layers.put(2, 2000)
    layers.take(3, 0)
    assert layers.take_back(1, 600) == 400
    assert state(layers) == (0, 0)


def test_units_on_hand_are_never_worth_less_than_nothing() -> None:
    """One dear unit and nine cheap ones; seven leave, and the dear one never came."""
    worth = MovingAverage()
    worth.put(1, 1000)
    worth.put(9, 9)
    worth.take(7, 0)
    variance = worth.take_back(1, 1000)
    assert (worth.qty, worth.value) == (2, 0)
    assert variance < 0


# --- laws --------------------------------------------------------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(1, 9), st.integers(0, 5000)),
        st.tuples(st.just("take"), st.integers(1, 9), st.just(0)),
    ),
    max_size=25,
)


@BOTH
@given(steps=STEPS)
def test_the_value_is_what_was_booked_and_nothing_left_is_worth_nothing(
    method: Method, steps: list[tuple[str, int, int]]
) -> None:
    worth, booked, units = opened(method), 0, 0
    for what, qty, value in steps:
        if what == "put":
            booked += value - worth.put(qty, value)
            units += qty
        else:
            booked -= worth.take(qty, 100)
            units -= qty
        assert state(worth) == (units, booked)
        assert worth.qty or not worth.value
        kept = json.loads(json.dumps(worth.to_json()))
        assert restored(method, worth.qty, worth.value, kept) == worth


@BOTH
@given(steps=STEPS, more=st.integers(1, 9))
def test_what_is_taken_back_was_never_there(
    method: Method, steps: list[tuple[str, int, int]], more: int
) -> None:
    worth = opened(method)
    for what, qty, value in steps:
        _ = worth.put(qty, value) if what == "put" else worth.take(qty, 100)
    before = state(worth)
    cost = worth.take(more, 100)
    variance = worth.put_back(more, cost)
    assert worth.qty == before[0]
    assert worth.value == before[1] - variance
    value = 100 * more
    come = value - worth.put(more, value)
    qty, held = state(worth)
    gone = worth.take_back(more, come)
    assert state(worth) == (qty - more, held - come - gone)
    assert worth.qty or not worth.value


@given(STEPS)
def test_another_method_goes_on_with_what_is_there(steps: list[tuple[str, int, int]]) -> None:
    worth = opened(Method.MOVING_AVERAGE)
    for what, qty, value in steps:
        _ = worth.put(qty, value) if what == "put" else worth.take(qty, 100)
    layers = restored(Method.FIFO, worth.qty, worth.value, worth.to_json())
    assert state(layers) == state(worth)
    again = restored(Method.MOVING_AVERAGE, layers.qty, layers.value, layers.to_json())
    assert state(again) == state(worth)
