"""Recoveries and limits are read with the rules: no blocked route is led to, no figure is missing."""

from __future__ import annotations

import pytest

from app.domain.policy import read_policy
from app.domain.policy.routes import NO_VALUE, Blocked, Recovery, Worth
from app.domain.policy.scope import ANY, Scope
from tests.app.domain.policy.small import SMALL, refused
from tests.app.domain.policy.test_reader import SHIPPED

# Behind the small policy, whose last line is number 48 with the line of `among`.
SOLD = """\

[disposition.liquidate]
caption = "LIQUIDATE"
status = "damaged"
place = "Q-04"

[[recovery]]
route = "restock"
percent = 90
cost_minor = { GBP = 100 }

[[recovery]]
route = "liquidate"
grades = ["B"]
percent = 60
cost_minor = { GBP = 10 }

[[recovery]]
route = "liquidate"
percent = 20
cost_minor = { GBP = 5 }

[[blocked]]
name = "toys are not sold off"
routes = ["liquidate"]
categories = ["toys"]
hazardous = false
"""
BEST = 'disposition = "best"\namong = ["restock", "liquidate"]'
CHOOSING = SMALL.replace('disposition = "restock"', BEST) + SOLD


def test_recoveries_and_limits_are_read() -> None:
    routes = read_policy(CHOOSING, "own.toml").routes
    assert routes.recoveries[1] == Recovery("liquidate", Scope(("B",)), 60, (("GBP", 10),))
    assert routes.blocks == (
        Blocked("toys are not sold off", ("liquidate",), Scope((ANY,), ("toys",), hazardous=False)),
    )


@pytest.mark.parametrize(
    ("category", "grade", "value", "route"),
    [
        ("default", "B", 299, "liquidate"),
        ("default", "B", 300, "restock"),
        ("default", "A", 100, "liquidate"),
        ("toys", "B", 100, "restock"),
        ("unheard of", "B", 299, "liquidate"),
    ],
)
def test_a_rule_chooses_by_value_and_never_a_blocked_route(
    category: str, grade: str, value: int, route: str
) -> None:
    policy = read_policy(CHOOSING, "own.toml")
    found = policy.decide(category, grade, hazardous=False, worth=Worth(value, "GBP"))
    assert (found.outcome.disposition, found.rule) == (route, "2")
    assert found.weighing is not None
    assert found.weighing.route == route
    unknown = policy.decide(category, grade, hazardous=False).weighing
    assert unknown is not None
    assert (unknown.route, unknown.why_not) == ("restock", NO_VALUE)


def test_a_rule_with_one_disposition_says_what_it_brings() -> None:
    policy = read_policy(SHIPPED, "returns.toml")
    found = policy.decide("kitchen", "A", hazardous=False, worth=Worth(1_000, "GBP")).weighing
    assert found is not None
    assert [(figure.route, figure.expected_minor) for figure in found.figures] == [("restock", 780)]
    assert policy.decide("kitchen", "A", hazardous=False).weighing is None


MISTAKES = [
    ('route = "restock"', 'route = "resell"', "policy.unknown_route", 55, "'resell'.*restock, liquidate"),
    ('route = "restock"', 'route = "hold_blind"', "policy.unknown_route", 55, "'hold_blind'"),
    ("percent = 90", "percent = 101", "fields.wrong", 55, "recovery 1: field 'percent' holds 101"),
    ("percent = 90", "per_cent = 90", "fields.wrong", 55, "'per_cent'.*no such key"),
    ("{ GBP = 100 }", "{ gbp = 100 }", "fields.wrong", 55, "three capitals"),
    ("{ GBP = 100 }", "{ GBP = -1 }", "fields.wrong", 55, "field 'GBP' holds -1"),
    ("cost_minor = { GBP = 100 }\n", "", "fields.wrong", 55, "'cost_minor' holds nothing"),
    ("{ GBP = 100 }", "{}", "policy.currencies", 55, "no currency"),
    ("{ GBP = 10 }", "{ EUR = 10 }", "policy.currencies", 60, "said in EUR.*GBP"),
    ('grades = ["B"]\npercent', 'grades = ["E"]\npercent', "policy.unknown_word", 60, "grades holds 'E'"),
    ('grades = ["B"]\npercent', "percent", "policy.dead_recovery", 65, "recovery 3: it never counts"),
    ('routes = ["liquidate"]', "routes = []", "policy.empty", 71, "routes is empty"),
    ('routes = ["liquidate"]', 'routes = ["x"]', "policy.unknown_route", 71, "'x'"),
    ('"toys"]\nhaz', '"pets"]\nhaz', "policy.unknown_word", 71, "categories holds 'pets'"),
    ('name = "toys are', 'nmae = "toys are', "fields.wrong", 71, "'nmae'.*no such key"),
    ('"restock", "liquidate"]', '"restock"]', "policy.among", 41, "two routes or more"),
    ('"restock", "liquidate"]', '"restock", "restock"]', "policy.among", 41, "each once"),
    ('"restock", "liquidate"]', '"restock", "hold_blind"]', "policy.unknown_route", 41, "'hold_blind'"),
    ('among = ["restock", "liquidate"]\n', "", "policy.empty", 41, "among is empty"),
    ('disposition = "best"', 'disposition = "restock"', "policy.among", 41, "names among and a disposition"),
    ("[disposition.liquidate]", "[disposition.best]", "policy.reserved", 50, "is named 'best'"),
    (
        'routes = ["liquidate"]\ncategories = ["toys"]',
        'routes = ["restock", "liquidate"]\ncategories = ["toys"]',
        "policy.no_route",
        41,
        "every route is blocked for toys, grade A, not hazardous.*toys are not sold off",
    ),
    (
        'categories = ["toys"]\nhazardous = false',
        "hazardous = false",
        "policy.dead_route",
        41,
        "its route liquidate is blocked for every unit",
    ),
    (
        'route = "restock"\n',
        'route = "restock"\ncategories = ["toys"]\n',
        "policy.no_recovery",
        41,
        "what restock brings is not said for default, grade A",
    ),
    (
        'disposition = "best"\namong = ["restock", "liquidate"]',
        'disposition = "liquidate"',
        "policy.blocked_route",
        41,
        "leads to liquidate, which is blocked for toys, grade A.*toys are not sold off",
    ),
]


@pytest.mark.parametrize(("right", "wrong", "code", "line", "says"), MISTAKES, ids=lambda x: str(x)[:30])
def test_a_mistake_is_refused_by_file_line_and_key(
    right: str, wrong: str, code: str, line: int, says: str
) -> None:
    refused(CHOOSING, (right, wrong), code, line, says)
