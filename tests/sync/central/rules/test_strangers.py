"""Guesses from one address are slowed down; whoever was let in from there is not."""

from __future__ import annotations

import pytest

from sync.central.rules.outcomes import TooMany
from sync.central.rules.strangers import EVERY_S, GUESSES, Strangers, network_of


def guessed(strangers: Strangers, source: str, times: int, now_ms: float = 0) -> None:
    for _ in range(times):
        strangers.wrong(source, now_ms)


def waits(strangers: Strangers, source: str, said: str = "x", now_ms: float = 0) -> int:
    """The seconds that a stranger has to wait; 0 for none."""
    try:
        strangers.require_patience(source, said, now_ms)
    except TooMany as no:
        return no.after_s
    return 0


def test_some_at_once_then_one_every_other_second() -> None:
    strangers = Strangers("token")
    guessed(strangers, "a", GUESSES - 1)
    assert waits(strangers, "a") == 0
    guessed(strangers, "a", 1)
    assert waits(strangers, "a") == EVERY_S
    assert waits(strangers, "a", now_ms=EVERY_S * 500) == EVERY_S // 2
    assert waits(strangers, "a", now_ms=EVERY_S * 1000) == 0
    strangers.wrong("a", EVERY_S * 1000)
    assert waits(strangers, "a", now_ms=EVERY_S * 1000) == EVERY_S


def test_the_refusal_says_of_what_there_were_too_many() -> None:
    strangers = Strangers("enrol")
    guessed(strangers, "a", GUESSES)
    with pytest.raises(TooMany) as no:
        strangers.require_patience("a", "x", 0)
    assert no.value.code == "enrol.too_many_wrong"


def test_a_guess_more_than_is_left_costs_no_more() -> None:
    strangers = Strangers("token")
    guessed(strangers, "a", GUESSES * 3)
    assert waits(strangers, "a", now_ms=EVERY_S * 1000) == 0


def test_neighbours_are_not_kept_waiting() -> None:
    strangers = Strangers("token")
    strangers.right("a", "good")
    guessed(strangers, "a", GUESSES)
    assert waits(strangers, "a", "good") == 0
    assert waits(strangers, "a", "bad") > 0
    # Known from there, it is a stranger from elsewhere.
    guessed(strangers, "b", GUESSES)
    assert waits(strangers, "b", "good") > 0
    assert waits(strangers, "c", "bad") == 0


def test_memory_is_bounded_whoever_asks() -> None:
    strangers = Strangers("token", most=3)
    for number in range(50):
        guessed(strangers, f"s{number}", GUESSES)
        strangers.right(f"s{number}", "good")
    assert [waits(strangers, f"s{number}") > 0 for number in (0, 46, 47, 49)] == [False, False, True, True]
    # Who was let in longest ago is a stranger again.
    assert [waits(strangers, f"s{number}", "good") for number in (47, 49)] == [0, 0]
    strangers.right("other", "good")
    assert waits(strangers, "s47", "good") > 0


def test_an_address_that_waited_long_enough_is_forgotten() -> None:
    strangers = Strangers("token")
    guessed(strangers, "a", 1)
    assert waits(strangers, "a", now_ms=EVERY_S * 1000) == 0
    guessed(strangers, "a", GUESSES, EVERY_S * 1000)
    assert waits(strangers, "a", now_ms=EVERY_S * 1000) == EVERY_S


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
