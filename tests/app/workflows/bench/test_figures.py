"""The figure a route was chosen by stands beside the rule, on the saved screen and in the event."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.item import Item
from app.workflows.bench.figures import figure_words
from app.workflows.view import AnswerWork, SavedWork
from tests.app.workflows.bench.floor import MUGS, POLICY, TEXTS, Floor


def in_hand(item: Item) -> Floor:
    floor = Floor()
    floor.opens()
    floor.scans(item)
    return floor


def graded(item: Item, word: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What was recorded of it, and the details of the saved screen."""
    floor = in_hand(item)
    floor.says(word)
    work = floor.view().work
    assert isinstance(work, SavedWork)
    return dict(floor.events[-1].body), work.details


@pytest.mark.parametrize(
    ("value", "route", "line"),
    [
        (3_499, "refurbish", "Brings about **14.74 GBP** each, LIQUIDATE 8.99 GBP"),
        (900, "liquidate", "Brings about **1.20 GBP** each, REFURB -2.15 GBP"),
    ],
)
def test_a_worn_unit_goes_where_it_brings_more(value: int, route: str, line: str) -> None:
    body, details = graded(replace(MUGS, value_minor=value), "GRIII")
    assert (body["disposition"], body["rule"]) == (route, "23")
    assert body["route"]["route"] == route
    assert (body["route"]["value_minor"], body["route"]["currency"]) == (value, "GBP")
    assert body["route"]["figures"][0]["route"] == route
    assert line in details


@pytest.mark.parametrize(
    ("item", "why", "line"),
    [
        (MUGS, "no_value", "Not weighed: the item has no value"),
        (
            replace(MUGS, value_minor=900, currency="JPY"),
            "no_cost",
            "Not weighed: no costs in its currency",
        ),
    ],
)
def test_a_unit_that_cannot_be_weighed_takes_the_first_route_and_says_so(
    item: Item, why: str, line: str
) -> None:
    body, details = graded(item, "GRIII")
    assert (body["disposition"], body["route"]["figures"], body["route"]["why_not"]) == ("refurbish", [], why)
    assert line in details


def test_a_rule_with_one_route_says_what_that_brings_where_it_is_known() -> None:
    body, details = graded(replace(MUGS, value_minor=2_000), "GRI")
    assert body["route"]["figures"] == [
        {"route": "restock", "percent": 90, "cost_minor": 120, "expected_minor": 1_680}
    ]
    assert "Brings about **16.80 GBP** each" in details
    body, details = graded(MUGS, "GRI")
    assert "route" not in body
    assert figure_words(None, POLICY, TEXTS) == ()


def test_the_figure_stands_beside_the_rule_before_anything_is_saved() -> None:
    work = in_hand(replace(MUGS, value_minor=2_000)).view().work
    assert isinstance(work, AnswerWork)
    assert work.rule == "rule 12: A, like new, about 16.80 GBP each"


def test_a_held_unit_has_no_figure() -> None:
    floor = Floor()
    floor.says("BLIND")
    floor.scans(replace(MUGS, value_minor=2_000))
    floor.says("GRI")
    assert (floor.events[-1].body["rule"], "route" in floor.events[-1].body) == ("held", False)
