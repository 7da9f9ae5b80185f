"""Refund rules of a policy: the first that fits counts, and a mistake names its place."""

from __future__ import annotations

import pytest

from app.bootstrap.resources import policy_source
from app.domain.policy.reader import read_policy
from app.domain.policy.refunds import FULL, Method, Unit, as_offered, decide
from app.domain.refusal import Refused

SHIPPED = policy_source()
RULES = """
[[refund]]
id = "1"
name = "worn: a fee"
grades = ["C"]
reasons = ["changed_mind"]
late = false
percent = 80
fee_minor = 150
approved_up_to_minor = 2000

[[refund]]
id = "2"
name = "late: credit"
late = true
percent = 100
method = "store_credit"
"""


def read(more: str) -> tuple[str, ...]:
    start = SHIPPED.index("[[refund]]")
    without = SHIPPED[:start] + SHIPPED[SHIPPED.index("[[recovery]]") :]
    return tuple(rule.id for rule in read_policy(without + more, "returns.toml").refunds)


def unit(grade: str = "C", reason: str = "changed_mind", *, late: bool = False) -> Unit:
    return Unit("toys", grade, reason, "refurbish", late)


def test_the_first_rule_that_fits_decides() -> None:
    start = SHIPPED.index("[[refund]]")
    source = SHIPPED[:start] + SHIPPED[SHIPPED.index("[[recovery]]") :] + RULES
    rules = read_policy(source, "returns.toml").refunds
    first = decide(rules, unit())
    assert (first.id, first.percent, first.fee_minor, first.approved_up_to) == ("1", 80, 150, 2000)
    late = decide(rules, unit(late=True))
    assert (late.id, late.method, late.approved_up_to) == ("2", Method.STORE_CREDIT, 0)
    assert decide(rules, unit(grade="A")) == FULL
    assert decide(rules, unit(reason="defective")) == FULL


def test_the_policy_that_ships_pays_for_our_faults() -> None:
    rules = read_policy(SHIPPED, "returns.toml").refunds
    assert decide(rules, unit(reason="defective", grade="D")).percent == 100
    assert decide(rules, unit(grade="D")).percent == 50
    assert decide(rules, unit(grade="A")).percent == 100


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (("percent = 80", "percent = 101"), "fields.wrong", "percent"),
        (("fee_minor = 150", "fee = 150"), "fields.wrong", "no such key"),
        (("fee_minor = 150", "fee_minor = { pounds = 150 }"), "fields.wrong", "three capitals"),
        (("fee_minor = 150", "fee_percent = 101"), "fields.wrong", "fee_percent"),
        (('method = "store_credit"', 'method = "gift"'), "fields.wrong", "original, store_credit"),
        (('grades = ["C"]', 'grades = ["Z"]'), "policy.unknown_word", "grades holds 'Z'"),
        (('id = "2"', 'id = "1"'), "policy.refund_twice", "stands twice"),
        (("late = false\n", "late = true\n"), None, ""),
        (
            ('id = "1"\n', 'id = "0"\nname = "all"\npercent = 100\n[[refund]]\nid = "1"\n'),
            "policy.dead_refund",
            "never",
        ),
    ],
)
def test_a_mistake_names_its_place(change: tuple[str, str], code: str | None, said: str) -> None:
    changed = RULES.replace(*change)
    assert changed != RULES
    if code is None:
        assert read(changed)
        return
    with pytest.raises(Refused) as no:
        read(changed)
    assert no.value.code == code
    assert said in str(no.value)
    assert "returns.toml, line" in str(no.value)


def test_a_fee_may_differ_by_currency_and_without_one_somebody_approves() -> None:
    start = SHIPPED.index("[[refund]]")
    told = RULES.replace("fee_minor = 150", "fee_minor = { GBP = 150, EUR = 180 }\nfee_percent = 5")
    source = SHIPPED[:start] + SHIPPED[SHIPPED.index("[[recovery]]") :] + told
    rule = read_policy(source, "returns.toml").refunds[0]
    assert (rule.fee_minor, rule.fees, rule.fee_percent) == (0, (("GBP", 150), ("EUR", 180)), 5)
    assert (rule.in_currency("EUR").fee_minor, rule.in_currency("EUR").approved_up_to) == (180, 2000)
    other = rule.in_currency("USD")
    assert (other.fee_minor, other.approved_up_to, other.name) == (
        0,
        0,
        "worn: a fee; no fee is named in USD",
    )
    assert FULL.in_currency("USD") is FULL


@pytest.mark.parametrize(
    ("offers", "percent", "method"),
    [
        (set(), 100, Method.ORIGINAL),
        ({"refund"}, 100, Method.ORIGINAL),
        ({"refund", "store_credit"}, 100, Method.STORE_CREDIT),
        ({"refuse"}, 0, Method.ORIGINAL),
    ],
)
def test_what_the_window_offers_counts(offers: set[str], percent: int, method: Method) -> None:
    found = as_offered(FULL, offers)
    assert (found.percent, found.method) == (percent, method)
