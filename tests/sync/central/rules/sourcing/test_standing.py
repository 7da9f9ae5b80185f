"""Plans that were made earlier: what holds is kept as it was, nothing is used twice, the rest says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.central.rules.sourcing.parts import as_sent
from sync.central.rules.sourcing.shapes import Answer, Departure, Gain, Policy, Wave
from sync.central.rules.sourcing.standing import Planned, standing
from sync.central.rules.sourcing.strict import in_strict_order
from tests.sync.central.rules.sourcing.waves import TODAY, line, need, site, violations, wave, waves

SITES = [site("S1", 300), site("S2", 400)]
ORDERS = [need("1", line("A", 2)), need("2", line("A", 2), priority=200)]
STOCK = {("S1", "A"): 4, ("S2", "A"): 4}
ASKED = wave(SITES, ORDERS, STOCK)


def plan(asked: Wave) -> Planned:
    return Planned(asked, in_strict_order(as_sent(asked)), Gain(0, 0, None, 0, 0.0, "improved"))


def test_what_nobody_touched_holds_whole() -> None:
    found = standing(plan(ASKED), ASKED)
    assert found.kept == plan(ASKED).answer.explanations
    assert not found.fallen
    assert found.rest.needs == ()
    assert found.rest.stock == {("S1", "A"): 0, ("S2", "A"): 4}


def test_another_rank_alone_changes_no_plan() -> None:
    again = replace(ASKED, needs=tuple(replace(order, priority=7) for order in ASKED.needs))
    assert not standing(plan(ASKED), again).fallen


@pytest.mark.parametrize(
    ("change", "fallen"),
    [
        ({"stock": {("S1", "A"): 3, ("S2", "A"): 4}}, {"2": "S1 does not have 2 of A free any more"}),
        ({"needs": tuple(ORDERS[1:])}, {"1": "it is none of the orders of this wave any more"}),
        (
            {"needs": (need("1", line("A", 1)), ORDERS[1])},
            {"1": "the order or what is reserved for it changed"},
        ),
        ({"policy": Policy(late_minor=1)}, dict.fromkeys("12", "another allocation policy is in force")),
        ({"sites": (site("S1", 200), SITES[1])}, dict.fromkeys("12", "S1 ships on other terms now")),
        ({"sites": (SITES[1],)}, dict.fromkeys("12", "S1 ships on other terms now")),
        (
            {"sites": (replace(SITES[0], parcels_left=1), SITES[1])},
            {"2": "the people at S1 have no time left today"},
        ),
        (
            {"sites": (replace(SITES[0], departures=(Departure(TODAY + timedelta(days=1)),)), SITES[1])},
            dict.fromkeys("12", "S1 ships on other terms now"),
        ),
    ],
)
def test_what_does_not_hold_says_why_and_is_left_to_be_sourced(change: Any, fallen: dict[str, str]) -> None:
    now = replace(ASKED, **change)
    found = standing(plan(ASKED), now)
    assert found.fallen == fallen
    kept = {explained.plan.order for explained in found.kept}
    assert kept == {"1", "2"} - set(fallen)
    assert {order.order for order in found.rest.needs} == {order.order for order in now.needs} - kept


@given(asked=waves(), other=waves(), data=st.data())
def test_what_is_kept_and_what_is_sourced_anew_fit_together(
    asked: Wave, other: Wave, data: st.DataObject
) -> None:
    """Any part of the wave becomes another one while it is planned."""
    parts = data.draw(st.sets(st.sampled_from(["sites", "needs", "stock", "policy"])))
    now = replace(asked, **{part: getattr(other, part) for part in parts})
    now = replace(now, stock={**dict.fromkeys(asked.stock, 0), **now.stock})
    found = standing(plan(asked), now)
    rest = in_strict_order(found.rest)
    assert violations(now, Answer((*found.kept, *rest.explanations))) == []
