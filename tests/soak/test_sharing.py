from __future__ import annotations

import pytest

from tests.soak.sharing import Shares


class Watch:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def test_who_is_on_time_gets_the_weight_and_the_whole_is_used() -> None:
    watch, used = Watch(), list[float]()
    shares = Shares({"a": 1, "b": 2, "c": 1}, 40, watch)
    for part in ("a", "b", "c"):
        used.append(shares.take(part))
        watch.at += used[-1]
    assert used == [10, 20, 10]


def test_what_one_part_leaves_or_takes_too_much_the_others_get_or_lose() -> None:
    watch = Watch()
    shares = Shares({"a": 1, "b": 2, "c": 1}, 40, watch)
    shares.take("a")
    watch.at += 4
    assert shares.take("b") == 24
    watch.at += 30
    assert shares.take("c") == 6


def test_nothing_is_left_to_those_that_come_after_the_end() -> None:
    watch = Watch()
    shares = Shares({"a": 1, "b": 1}, 10, watch)
    shares.take("b")
    watch.at += 11
    assert shares.take("a") == 0


def test_no_part_has_two_turns() -> None:
    shares = Shares({"a": 1, "b": 1}, 10, Watch())
    shares.take("a")
    with pytest.raises(KeyError):
        shares.take("a")
