"""How long something may come back for its money: to the end of a day, by category and channel."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.policy import read_policy
from app.domain.policy.windows import REFUND, REFUSE, STORE_CREDIT, Offer, Window, offered
from tests.app.domain.policy.small import SMALL, refused
from tests.app.domain.policy.test_reader import SHIPPED

SHIPPED_AT = datetime(2026, 11, 3, 15, 0, tzinfo=UTC)
WINDOW = Window(("*",), ("*",), 30, STORE_CREDIT)

# Behind the small policy, whose last line is number 47.
TIMED = (
    SMALL
    + """\

[[window]]
categories = ["toys"]
channels = ["shop"]
days = 0
after = "refuse"

[[window]]
channels = ["web"]
days = 30
after = "store_credit"

[[window]]
days = 14
after = "store_credit"
"""
)


@pytest.mark.parametrize(
    ("asked", "offer"),
    [
        (datetime(2026, 11, 3, 15, 0, tzinfo=UTC), Offer(True, REFUND, date(2026, 12, 3))),
        (datetime(2026, 12, 3, 23, 59, 59, tzinfo=UTC), Offer(True, REFUND, date(2026, 12, 3))),
        (datetime(2026, 12, 4, tzinfo=UTC), Offer(False, STORE_CREDIT, date(2026, 12, 3))),
        # The 4th in Tokyo is still the 3rd in UTC.
        (
            datetime(2026, 12, 4, 8, tzinfo=timezone(timedelta(hours=9))),
            Offer(True, REFUND, date(2026, 12, 3)),
        ),
    ],
)
def test_the_last_day_counts_whole(asked: datetime, offer: Offer) -> None:
    assert offered(WINDOW, SHIPPED_AT, asked) == offer


def test_without_a_window_there_is_no_end() -> None:
    assert offered(None, SHIPPED_AT, SHIPPED_AT + timedelta(days=9_999)) == Offer(True, REFUND, None)


@given(st.integers(0, 400), st.integers(0, 500), st.sampled_from([STORE_CREDIT, REFUSE]))
def test_a_day_more_never_offers_more(days: int, after_days: int, after: str) -> None:
    window = Window(("*",), ("*",), days, after)
    one, next_day = (
        offered(window, SHIPPED_AT, SHIPPED_AT + timedelta(days=n)) for n in (after_days, after_days + 1)
    )
    assert one.within_window or not next_day.within_window
    assert one.within_window == (after_days <= days)
    assert one.offer == (REFUND if one.within_window else after)


def test_the_first_window_that_fits_counts() -> None:
    policy = read_policy(TIMED, "own.toml")
    found = {
        where: window.days if (window := policy.window(*where)) else None
        for where in (("toys", "shop"), ("toys", "web"), ("default", "shop"), ("unheard of", "web"))
    }
    assert list(found.values()) == [0, 30, 14, 30]
    assert read_policy(SMALL, "own.toml").window("toys", "web") is None


def test_the_shipped_windows() -> None:
    policy = read_policy(SHIPPED, "returns.toml")
    told = {
        where: (window.days, window.after)
        for where in (("kitchen", "web"), ("consumables", "web"), ("kitchen", "wholesale"))
        if (window := policy.window(*where)) is not None
    }
    assert told == {
        ("kitchen", "web"): (30, STORE_CREDIT),
        ("consumables", "web"): (14, STORE_CREDIT),
        ("kitchen", "wholesale"): (14, REFUSE),
    }


MISTAKES = [
    (
        'after = "refuse"',
        'after = "shout"',
        "fields.wrong",
        49,
        "'after' holds 'shout'.*store_credit, refuse",
    ),
    ("days = 0", "days = -1", "fields.wrong", 49, "'days' holds -1"),
    ("days = 0\n", "", "fields.wrong", 49, "'days' holds nothing"),
    ("days = 0", "dais = 0", "fields.wrong", 49, "'dais'.*no such key"),
    ('["toys"]\nchannels', '["pets"]\nchannels', "policy.unknown_category", 49, "'pets'.*default, toys"),
    ('channels = ["web"]\n', "", "policy.dead_window", 59, "window 3: it never counts"),
]


@pytest.mark.parametrize(("right", "wrong", "code", "line", "says"), MISTAKES, ids=lambda x: str(x)[:30])
def test_a_mistake_is_refused_by_file_line_and_key(
    right: str, wrong: str, code: str, line: int, says: str
) -> None:
    refused(TIMED, (right, wrong), code, line, says)
