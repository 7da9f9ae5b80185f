"""Percentiles, ratios and targets, on numbers small enough to check by eye."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.figures import Figure, Target, middle, percentile, percentiles, table


def test_percentiles_lie_between_their_neighbours() -> None:
    assert percentile([3, 1, 2], 50) == 2
    assert percentile([1, 2], 50) == 1.5
    assert percentile([7], 99) == 7
    assert percentiles(list(range(101))) == {"p50": 50, "p95": 95, "p99": 99}
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0, 100))
def test_a_percentile_is_never_outside(values: list[float], of: float) -> None:
    assert min(values) <= percentile(values, of) * (1 + 1e-9) + 1e-9
    assert percentile(values, of) <= max(values) * (1 + 1e-9) + 1e-9


def test_the_middle_of_rounds_is_taken_number_by_number() -> None:
    assert middle([{"p50": 1, "p99": 9}, {"p50": 2, "p99": 7}, {"p50": 3, "p99": 8}]) == {"p50": 2, "p99": 8}


def test_targets_bind_ratios_or_the_numbers_themselves() -> None:
    targets = (Target("p50", 2), Target("p99", 20, absolute=True), Target("p95", 3, at_least=True))
    ours, limit = {"p50": 5.0, "p95": 8.0, "p99": 19.0}, {"p50": 2.0, "p95": 4.0, "p99": 1.0}
    figure = Figure("f", "ms", ours, limit, "x", targets)
    assert [(str(target), value, met) for target, value, met in figure.judged()] == [
        ("p50 <= 2x", 2.5, False),
        ("p99 <= 20", 19.0, True),
        ("p95 >= 3x", 2.0, False),
    ]


def test_a_line_is_json_and_the_table_says_what_is_missed() -> None:
    met = Figure("a", "ms", {"p50": 2.0}, {"p50": 1.0}, "raw", (Target("p50", 2.5),), {"units": 3})
    missed = Figure(
        "b", "events/s", {"value": 1.0}, {"value": 10.0}, targets=(Target("value", 0.25, at_least=True),)
    )
    line = json.loads(met.to_line())
    assert (line["figure"], line["ratios"], line["units"]) == ("a", {"p50": 2.0}, 3)
    assert line["targets"] == [{"target": "p50 <= 2.5x", "value": 2.0, "met": True}]
    assert 0 < line["cpu_share"] <= 1.5
    said = table([met, missed, Figure("c", "s", {"value": 4.0})]).splitlines()
    assert said[1].split() == ["a", "p50", "2.0", "ms", "1.0", "2.00x", "p50", "<=", "2.5x", "met"]
    assert said[2].endswith("MISSED")
    assert said[3].split() == ["c", "value", "4.0", "s"]
    assert said[-1] == "a: the limit is raw."
