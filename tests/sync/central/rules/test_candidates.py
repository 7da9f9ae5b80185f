"""Which return or sale a blind unit is likeliest to be, and what is said for and against each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.central.rules.candidates import Came, Option, misfit, rank

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
CAME = Came("K", 1, NOW)


def sale(code: str, days: int = 5, **parts: object) -> Option:
    plain = Option(
        code, 1, 1, rma=False, customer="c-1", unit_minor=900, shipped_at=NOW - timedelta(days=days)
    )
    return replace(plain, **parts)  # type: ignore[arg-type]


def ranked(came: Came, *options: Option, window_days: int = 30) -> list[str]:
    rmas, sales = rank(came, options, window_days)
    return [candidate.option.code for candidate in (*rmas, *sales)]


def reasons(came: Came, option: Option) -> tuple[str, ...]:
    rmas, sales = rank(came, [option])
    return (*rmas, *sales)[0].reasons


def test_open_returns_come_before_every_sale() -> None:
    proven = sale("o-1", serials=frozenset({"SN"}))
    found = ranked(replace(CAME, serial="SN"), proven, Option("R-1", 1, 1, rma=True))
    assert found == ["R-1", "o-1"]


def test_the_serial_goes_before_the_window_the_customer_and_the_price() -> None:
    came = replace(CAME, serial="SN", customer="c-1", price_minor=900)
    old = sale("o-1", 400, customer="c-2", unit_minor=1, serials=frozenset({"SN"}))
    assert ranked(came, sale("o-2"), old) == ["o-1", "o-2"]


def test_the_window_goes_before_the_customer() -> None:
    came = replace(CAME, customer="c-1")
    assert ranked(came, sale("o-1", 31), sale("o-2", 29, customer="c-2")) == ["o-2", "o-1"]
    assert ranked(came, sale("o-1", 31), sale("o-2", 29, customer="c-2"), window_days=60) == ["o-1", "o-2"]


def test_within_the_window_the_customer_then_the_price_then_the_newer_sale() -> None:
    came = replace(CAME, customer="c-1", price_minor=900)
    options = (
        sale("d", 9, customer="c-2", unit_minor=1),
        sale("c", 2, customer="c-2", unit_minor=1),
        sale("b", 9, unit_minor=1),
        sale("a", 9),
    )
    assert ranked(came, *options) == ["a", "b", "c", "d"]


def test_what_does_not_fit_stands_behind_and_says_why() -> None:
    came = replace(CAME, qty=2, customer="c-1")
    assert ranked(came, sale("o-1"), sale("o-2", 400, left=2, customer="c-2")) == ["o-2", "o-1"]
    assert misfit(came, sale("o-1")) == "only 1 of the 2 units is left to come back"
    assert misfit(came, sale("o-1", left=0)) == "only 0 of the 2 units are left to come back"
    other = replace(CAME, serial="SN-9")
    assert misfit(other, sale("o-1", serials=frozenset({"SN-1"}))) == (
        "serial SN-9 is not among those that are still out on it"
    )
    # Where nobody recorded serials, none speaks against it.
    assert misfit(other, sale("o-1")) is None


@pytest.mark.parametrize(
    ("came", "option", "said"),
    [
        (CAME, sale("o", 1), ("shipped 1 day ago", "1 unit left to come back")),
        (CAME, sale("o", 31, left=3), ("shipped 31 days ago, outside 30 days", "3 units left to come back")),
        (
            replace(CAME, customer="c-1"),
            sale("o", shipped_at=None),
            ("the same customer", "1 unit left to come back"),
        ),
        (
            replace(CAME, customer="c-9", price_minor=1),
            sale("o", 0),
            ("another customer", "another price", "shipped 0 days ago", "1 unit left to come back"),
        ),
        (
            replace(CAME, serial="SN", price_minor=900),
            sale("o", 0, serials=frozenset({"SN"})),
            ("serial SN was sold on it", "the same price", "shipped 0 days ago", "1 unit left to come back"),
        ),
    ],
)
def test_each_candidate_says_what_it_has_points_for(
    came: Came, option: Option, said: tuple[str, ...]
) -> None:
    assert reasons(came, option) == said


_OPTIONS = st.builds(
    Option,
    code=st.sampled_from("abcdef"),
    line=st.integers(1, 3),
    left=st.integers(0, 3),
    rma=st.booleans(),
    customer=st.sampled_from([None, "c-1", "c-2"]),
    unit_minor=st.sampled_from([None, 900, 1]),
    shipped_at=st.sampled_from([None, NOW, NOW - timedelta(days=40)]),
    serials=st.sampled_from([frozenset(), frozenset({"SN"}), frozenset({"SX"})]),
)


@given(st.lists(_OPTIONS, max_size=6), st.randoms(use_true_random=False))
def test_a_ranking_loses_nothing_and_does_not_depend_on_the_order_asked(
    options: list[Option], dice: object
) -> None:
    came = Came("K", 1, NOW, "SN", "c-1", 900)
    found = rank(came, options)
    assert sorted(map(repr, options)) == sorted(repr(c.option) for part in found for c in part)
    shuffled = list(options)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    again = rank(came, shuffled)
    keys = [[(c.points, c.fits, c.option.code, c.option.line) for c in part] for part in found]
    assert keys == [[(c.points, c.fits, c.option.code, c.option.line) for c in part] for part in again]
    assert all(c.reasons for part in found for c in part)
