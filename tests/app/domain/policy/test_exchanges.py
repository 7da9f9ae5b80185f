"""How long a replacement waits is policy; a policy that says nothing of it is as usual."""

from __future__ import annotations

import pytest

from app.domain.policy import read_policy
from app.domain.policy.exchanges import USUAL, ExchangeTerms
from app.domain.refusal import Refused
from tests.app.domain.policy.small import SMALL
from tests.app.domain.policy.test_reader import SHIPPED


def test_both_numbers_are_read_and_what_is_left_out_is_as_usual() -> None:
    both = read_policy(f"{SMALL}\n[exchange]\nadvance_days = 7\nhold_days = 60\n", "p")
    assert both.exchange == ExchangeTerms(7, 60)
    assert read_policy(f"{SMALL}\n[exchange]\nadvance_days = 7\n", "p").exchange == ExchangeTerms(7)
    assert read_policy(SMALL, "p").exchange == USUAL


def test_the_shipped_policy_says_it() -> None:
    assert "[exchange]" in SHIPPED
    assert read_policy(SHIPPED, "returns.toml").exchange == ExchangeTerms(14, 30)


@pytest.mark.parametrize("wrong", ["advance_days = 0", "hold_days = 4000", 'hold_days = "30"', "days = 3"])
def test_what_makes_no_sense_is_refused_with_its_place(wrong: str) -> None:
    with pytest.raises(Refused) as no:
        read_policy(f"{SMALL}\n[exchange]\n{wrong}\n", "p")
    assert no.value.code == "fields.wrong"
    assert "exchange" in str(no.value)
