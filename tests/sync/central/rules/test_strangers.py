"""Guesses from one address are slowed down, each address by itself."""

from __future__ import annotations

import pytest

from sync.central.rules.outcomes import TooMany
from sync.central.rules.strangers import EVERY_S, GUESSES, Strangers, network_of


def waits(strangers: Strangers, source: str, now_ms: float = 0) -> int:
    """The seconds that somebody has to wait who is wrong once more; 0 for none."""
    try:
        strangers.wrong(source, now_ms)
    except TooMany as no:
        return no.after_s
    return 0


def guessed(strangers: Strangers, source: str, times: int, now_ms: float = 0) -> list[int]:
    return [waits(strangers, source, now_ms) for _ in range(times)]


def test_some_at_once_then_one_every_other_second() -> None:
    strangers = Strangers("token")
    assert guessed(strangers, "a", GUESSES + 2) == [0] * GUESSES + [EVERY_S] * 2
    assert waits(strangers, "a", EVERY_S * 500) == EVERY_S // 2
    assert guessed(strangers, "a", 2, EVERY_S * 1000) == [0, EVERY_S]


def test_the_refusal_says_of_what_there_were_too_many() -> None:
    strangers = Strangers("enrol")
    guessed(strangers, "a", GUESSES)
    with pytest.raises(TooMany) as no:
        strangers.wrong("a", 0)
    assert no.value.code == "enrol.too_many_wrong"


def test_a_guess_more_than_is_left_costs_no_more() -> None:
    strangers = Strangers("token")
    guessed(strangers, "a", GUESSES * 3)
    assert waits(strangers, "a", EVERY_S * 1000) == 0


def test_each_address_has_its_own() -> None:
    strangers = Strangers("token")
    guessed(strangers, "a", GUESSES)
    assert waits(strangers, "a") > 0
    assert waits(strangers, "b") == 0


def test_memory_is_bounded_whoever_asks() -> None:
    strangers = Strangers("token", most=3)
    for number in range(50):
        guessed(strangers, f"s{number}", GUESSES)
    assert [waits(strangers, f"s{number}") > 0 for number in (47, 49)] == [True, True]
    # Who was wrong longest ago begins anew, in the place of the next one.
    assert waits(strangers, "s0") == 0
    assert waits(strangers, "s48") == 0


def test_an_address_that_waited_long_enough_is_forgotten() -> None:
    strangers = Strangers("token")
    guessed(strangers, "a", 1)
    assert guessed(strangers, "a", GUESSES + 1, EVERY_S * 1000) == [0] * GUESSES + [EVERY_S]


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        ("a" * 300, "a" * 64),
    ],
)
def test_of_an_address_counts_what_one_computer_cannot_change(host: str, network: str) -> None:
    assert network_of(host) == network
