"""What is usual, and from when on a number is not."""

from __future__ import annotations

from sync.central.rules.unusual import times_usual, usual


def test_usual_is_what_nineteen_of_twenty_stay_within() -> None:
    assert usual([7]) == 7
    assert usual([*range(1, 20), 999]) == 19
    assert usual([*range(1, 40), 999]) == 38


def test_a_number_is_unusual_from_fifty_times_on_and_never_below_a_thousand() -> None:
    lines = [20] * 20
    assert times_usual(1_000, lines, []) == 50
    assert times_usual(999, [1] * 20, []) is None
    assert times_usual(1_050, [21] * 20, []) == 50
    assert times_usual(1_049, [21] * 20, []) is None


def test_an_item_with_few_lines_is_judged_by_all_of_its_owner() -> None:
    assert times_usual(74_215, [74_215], [24] * 30) == 3092
    assert times_usual(74_215, [10_000] * 20, [24] * 30) is None
    assert times_usual(74_215, [], []) is None


def test_a_line_of_nothing_usual_counts_as_one() -> None:
    assert times_usual(1_000, [0] * 20, []) == 1_000
