"""Soft claims are granted anew strictly by priority and age; hard ones and blocked orders keep theirs."""

from __future__ import annotations

from collections import Counter

import pytest

from sync.central.store.rebalancing import Shift, rebalance
from tests.sync.central.shop import OWNER, Shop

ALWAYS = "9999"
KIT = {"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]}


@pytest.fixture
def five(shop: Shop) -> Shop:
    shop.items("A", "B", KIT)
    shop.receive({"A": 5})
    return shop


def shifts(shop: Shop, until: str = ALWAYS) -> dict[str, int]:
    found: list[Shift] = shop.act(lambda act: rebalance(act, OWNER, "V-1-M", until))
    units = Counter[str]()
    for shift in found:
        units[shift.order] += shift.units
    return dict(units)


def test_the_higher_rank_wins_and_the_older_among_equals(five: Shop) -> None:
    five.order({"A": 4}, claim="soft", day=5)
    five.order({"A": 3}, claim="soft", day=3)
    five.order({"A": 1}, claim="soft", day=4, priority=1)
    assert shifts(five) == {"o3": 1, "o2": 2, "o1": -3}
    assert [five.line(code)[0] for code in ("o1", "o2", "o3")] == [1, 3, 1]
    assert shifts(five) == {}


def test_without_soft_claims_nothing_is_done(five: Shop) -> None:
    five.order({"A": 4}, day=5)
    five.order({"A": 3}, day=3)
    assert shifts(five) == {}


def test_blocked_and_later_orders_keep_theirs(five: Shop) -> None:
    five.order({"A": 2}, claim="soft", day=6)
    five.order({"A": 2}, claim="soft", day=6, wanted_by="2027-03-01T00:00:00Z")
    five.order({"A": 9}, claim="soft", day=3)
    five.block("o1", "fraud")
    assert shifts(five, "2027-01-01T00:00:00.000Z") == {}
    assert [five.line(code)[0] for code in ("o1", "o2", "o3")] == [2, 2, 1]


def test_an_order_that_ships_as_stock_comes_ships_what_it_wins(five: Shop) -> None:
    five.order({"A": 5}, claim="soft", day=5)
    five.order({"A": 2}, ship="available", day=3)
    assert shifts(five) == {"o2": 2, "o1": -2}
    assert five.shown("o2")["state"] == "shipped"


def test_an_order_that_cannot_be_complete_leaves_its_units_to_others(five: Shop) -> None:
    five.receive({"B": 1})
    five.order({"A": 2}, claim="soft", day=5)
    five.order({"KIT": 1}, claim="soft", day=6)
    five.order({"A": 4, "B": 1}, claim="soft", fill="complete", day=3)
    assert shifts(five) == {"o3": 5, "o1": -1, "o2": -1}
    assert [five.line("o3", line)[0] for line in (1, 2)] == [4, 1]


def test_what_is_in_a_parcel_is_hard(five: Shop) -> None:
    five.order({"A": 4}, claim="soft", day=5)
    five.release("o1", lines={1: 3})
    five.order({"A": 3}, claim="soft", day=3)
    assert shifts(five) == {"o2": 1, "o1": -1}
    assert (five.line("o1")[0], five.line("o2")[0]) == (3, 2)


def soon_too_old(shop: Shop) -> None:
    """Five of A that can be promised today for the last time, and two that last."""
    shop.items({"sku": "A", "name": "A", "tracking": "lot", "min_remaining_days": 30}, "B", KIT)
    shop.receive({"A": 5}, lot="L1")
    shop.receive({"A": 2}, lot="L2")
    shop.dated("A", L1="2026-12-22", L2="2027-03-01")


def test_a_day_that_passes_takes_no_units_from_whoever_was_promised_them(shop: Shop) -> None:
    soon_too_old(shop)
    shop.order({"A": 5}, claim="soft", day=5)
    shop.clock.pass_by(days=1)
    shop.order({"A": 4}, claim="soft", day=6)
    assert (shop.line("o1")[0], shop.line("o2")[0]) == (5, 2)
    assert shifts(shop) == {}
    assert (shop.line("o1")[0], shop.line("o2")[0]) == (5, 2)


def test_what_is_older_than_a_unit_of_one_s_own_is_lost_to_a_higher_rank_alone(shop: Shop) -> None:
    """Who comes later and ranks higher gets what lasts, and no unit that is too close to its date."""
    soon_too_old(shop)
    shop.order({"A": 7}, claim="soft", day=5)
    shop.clock.pass_by(days=1)
    shop.order({"A": 7}, claim="soft", day=3)
    assert shifts(shop) == {"o2": 2, "o1": -2}
    assert (shop.line("o1")[0], shop.line("o2")[0]) == (5, 2)


def test_a_kit_s_components_stay_good_enough(shop: Shop) -> None:
    soon_too_old(shop)
    shop.receive({"B": 9})
    shop.order({"KIT": 3}, claim="soft", day=5)
    shop.clock.pass_by(days=1)
    shop.order({"B": 1}, claim="soft", day=3)
    assert shifts(shop) == {}
    assert shop.line("o1")[0] == 3


def test_an_order_that_is_filled_whole_stays_whole(shop: Shop) -> None:
    soon_too_old(shop)
    shop.receive({"B": 1})
    shop.order({"A": 6, "B": 1}, claim="soft", fill="complete", day=5)
    shop.clock.pass_by(days=1)
    shop.order({"A": 9}, claim="soft", day=6)
    assert shifts(shop) == {}
    assert (shop.line("o1", 1)[0], shop.line("o1", 2)[0], shop.line("o2")[0]) == (6, 1, 1)
