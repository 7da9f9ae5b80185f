"""Amounts are written with the decimal places of their currency."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.money import amount_text, minor_digits, written


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (1234, "GBP", "12.34"),
        (-5, "EUR", "-0.05"),
        (0, "USD", "0.00"),
        (1234, "JPY", "1234"),
        (1234, "KWD", "1.234"),
        (7, "CLF", "0.0007"),
    ],
)
def test_an_amount_is_written_exactly(minor: int, currency: str, text: str) -> None:
    assert written(minor, currency) == text
    assert amount_text(minor, currency) == f"{text} {currency}"


@given(st.integers(-(10**12), 10**12), st.sampled_from(["GBP", "JPY", "BHD", "CLF", "XXX"]))
def test_what_is_written_is_the_amount(minor: int, currency: str) -> None:
    assert Decimal(written(minor, currency)).scaleb(minor_digits(currency)) == minor
