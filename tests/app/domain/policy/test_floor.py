from __future__ import annotations

import pytest

from app.bootstrap import resources
from app.domain.policy import read_policy
from app.domain.policy.changes import changes
from app.domain.policy.floor import NO_RULES, CountLimit, FloorRules, read_floor
from app.domain.policy.text import Text
from app.domain.refusal import Refused


def test_the_shipped_policy_limits_counts_and_names_reasons() -> None:
    rules = resources.policy().floor
    assert rules.count == CountLimit(5000, "GBP")
    assert (rules.trusted, len(rules.reasons)) == ((), 7)
    assert rules.reason_text("fewer_sent") == "Fewer were sent"
    assert rules.reason_text("of_another_policy") == "of_another_policy"


def test_a_policy_that_says_nothing_trusts_nobody() -> None:
    assert read_floor({}, Text("x", "")) == NO_RULES
    assert FloorRules(None, (), ()) == NO_RULES


@pytest.mark.parametrize(
    "document",
    [
        {"counting": {"limit_minor": -1, "currency": "GBP"}},
        {"counting": {"limit_minor": 1, "currency": "GBP", "limit": 2}},
        {"receiving": {"trust": ["WH2"]}},
        {"receiving": {"reasons": {f"r{n}": "x" for n in range(10)}}},
    ],
)
def test_what_means_nothing_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(Refused):
        read_floor(document, Text("x", "[counting]\n[receiving]\n"))


def test_a_changed_limit_is_told() -> None:
    source = resources.policy_source()
    other = read_policy(source.replace("limit_minor = 5000", "limit_minor = 100"), "other")
    assert any("CountLimit(limit_minor=100" in told for told in changes(resources.policy(), other))
