"""Waves that were planned before: what was found still holds, or is made anew; nothing is doubled or lost."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.refusal import Refused
from tests.sync.central.shop import Shop


@pytest.fixture
def stocked(shop: Shop) -> Shop:
    """Five of A and one of B at WH1; three of A and two of B at WH2."""
    shop.items("A", "B")
    shop.sites(**{"WH2-A": "WH2"})
    shop.receive({"A": 5, "B": 1})
    shop.receive({"A": 3, "B": 2}, place="WH2-A")
    return shop


def sent(answer: Any) -> dict[str, tuple[str, dict[str, int]]]:
    """Site and units by order, of orders that leave in one parcel."""
    parcels = answer["parcels"]
    assert len({parcel["order"] for parcel in parcels}) == len(parcels)
    units = [{line["sku"]: line["qty"] for line in parcel["lines"]} for parcel in parcels]
    return {parcel["order"]: (parcel["site"], mine) for parcel, mine in zip(parcels, units, strict=True)}


def test_others_write_between_the_plan_and_the_wave_and_nothing_is_doubled_or_lost(stocked: Shop) -> None:
    for units in ({"A": 2}, {"B": 1}, {"A": 1}, {"B": 2}):
        stocked.order(units)
    plan = stocked.plan(seconds=1)
    # A cancel, a count that finds fewer, a reservation and an order, while nobody is kept from writing.
    stocked.cancel("o1")
    stocked.count("B", -1, "WH1-A")
    stocked.hold({"A": 5})
    stocked.order({"A": 2})
    answer = stocked.wave_as(plan, method="optimise")
    assert {entry["order"]: entry["why"] for entry in answer["replanned"]} == {
        "o1": "it is none of the orders of this wave any more",
        "o2": "WH1 does not have 1 of B free any more",
        "o4": "the order or what is reserved for it changed",
    }
    assert {order: units for order, (_, units) in sent(answer).items()} == {
        "o2": {"B": 1},
        "o3": {"A": 1},
        "o4": {"B": 1},
        "o5": {"A": 2},
    }
    assert stocked.wave()["parcels"] == []


def test_units_that_left_the_planned_site_are_sent_from_another(stocked: Shop) -> None:
    stocked.order({"A": 2})
    plan = stocked.plan(seconds=1)
    (planned,) = plan.answer.plans
    (there,) = planned.sites
    stocked.count("A", -4 if there == "WH1" else -2, f"{there}-A")
    answer = stocked.wave_as(plan, method="optimise")
    assert answer["replanned"] == [{"order": "o1", "why": f"{there} does not have 2 of A free any more"}]
    assert sent(answer) == {"o1": ({"WH1": "WH2", "WH2": "WH1"}[there], {"A": 2})}


def test_a_plan_is_used_up_by_its_wave(stocked: Shop) -> None:
    stocked.order({"A": 2})
    plan = stocked.plan(seconds=1)
    assert len(stocked.wave_as(plan, method="optimise")["parcels"]) == 1
    assert stocked.wave_as(plan, method="optimise")["parcels"] == []


def test_claims_on_units_that_are_gone_are_not_planned_with(shop: Shop) -> None:
    shop.items({"sku": "L", "name": "L", "tracking": "lot"}, "A")
    shop.receive({"A": 2})
    shop.receive({"L": 5}, lot="x")
    shop.dated("L", x=shop.clock.now().date().isoformat())
    shop.order({"L": 5})
    shop.order({"A": 1})
    shop.clock.pass_by(days=1)
    plan = shop.plan(seconds=1)
    assert [need.order for need in plan.wave.needs] == ["o2"]
    assert sent(shop.wave_as(plan, method="optimise")) == {"o2": ("WH1", {"A": 1})}


def test_a_site_that_nobody_knows_is_refused_before_anything_is_planned(stocked: Shop) -> None:
    with pytest.raises(Refused) as no:
        stocked.plan(sites=["NOWHERE"])
    assert no.value.code == "site.unknown"


def test_a_kit_that_is_put_together_is_sourced_by_the_optimiser(stocked: Shop) -> None:
    stocked.items({"sku": "K", "name": "kit", "kit": [{"sku": "A", "qty": 1}, {"sku": "B", "qty": 1}]})
    stocked.order({"K": 2})
    stocked.order({"A": 1})
    answer = stocked.wave(method="optimise")
    assert {order: units for order, (_, units) in sent(answer).items()} == {"o1": {"K": 2}, "o2": {"A": 1}}
    assert answer["replanned"] == []
