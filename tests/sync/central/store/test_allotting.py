"""Allotments keep units for a channel until it has taken them; categories ask for safety stock."""

from __future__ import annotations

import pytest

from app.domain.clock import from_text
from sync.central.commands.allocation_policies import publish
from tests.sync.central.shop import Shop, at

POLICY = """
kind = "allocation"
version = "a-{n}"
channels = ["web", "market"]
categories = ["toys"]
{more}
"""
FOUR = """
[[allotment]]
channel = "market"
item = "A"
qty = 4
spill = "never"
{since}
"""


def obey(shop: Shop, more: str, n: int = 1) -> None:
    shop.act(lambda act: publish(act, POLICY.format(n=n, more=more)))


def promised(shop: Shop, channel: str, qty: int, ship: str = "later") -> int:
    answer = shop.order({"A": qty}, channel=channel, ship=ship)
    return int(answer["lines"][0]["reserved"] + answer["lines"][0]["shipped"])


def test_what_is_kept_for_a_channel_is_not_promised_to_another(shop: Shop) -> None:
    shop.items("A")
    obey(shop, FOUR.format(since=""))
    shop.receive({"A": 10})
    assert shop.available("A", channel="web")["atp"] == 6
    assert shop.available("A", channel="web")["breakdown"]["kept"] == 4
    assert shop.available("A", channel="market")["atp"] == 10
    assert promised(shop, "web", 10) == 6
    assert promised(shop, "market", 3) == 3
    assert shop.available("A", channel="web")["atp"] == 0
    assert promised(shop, "market", 3) == 1


def test_what_a_channel_was_sent_since_its_start_is_taken_from_its_allotment(shop: Shop) -> None:
    shop.items("A")
    obey(shop, FOUR.format(since='from = "2026-01-01T00:00:00Z"'))
    shop.receive({"A": 10})
    assert promised(shop, "market", 3, ship="available") == 3
    assert shop.available("A", channel="web")["atp"] == 6


def test_units_sent_are_taken_once_from_the_allotment_of_their_own_item(shop: Shop) -> None:
    shop.items("A", "B")
    since = 'from = "2026-01-01T00:00:00Z"'
    both = FOUR.format(since=since) + FOUR.format(since=since).replace('item = "A"', 'item = "B"')
    obey(shop, both)
    shop.receive({"A": 10, "B": 10})
    assert promised(shop, "market", 3, ship="available") == 3
    # 4 allotted and 3 of them sent: one of A is kept, and all four of B.
    assert shop.available("A", channel="web")["breakdown"]["kept"] == 1
    assert shop.available("B", channel="web")["breakdown"]["kept"] == 4
    # An allotment that began later does not count what was sent before it.
    later = FOUR.format(since='from = "2026-01-05T00:00:00Z"').replace('item = "A"', 'item = "B"')
    obey(shop, FOUR.format(since=since) + later, n=2)
    assert shop.available("A", channel="web")["breakdown"]["kept"] == 1


def kept(shop: Shop, sku: str = "A") -> int:
    """Units that web may not have because they are kept for market; web's number says the same."""
    found = shop.available(sku, channel="web")
    parts = found["breakdown"]
    taken = parts["reserved"] + parts["basket"] + parts["safety"] + parts["kept"]
    assert found["atp"] == parts["sellable"] - taken + parts.get("from_components", 0)
    return int(parts["kept"])


def reach(shop: Shop, day: int) -> None:
    """Lets time pass until a day of January."""
    shop.clock.at = from_text(at(day))


def since(day: int, **more: str) -> str:
    words = {"from": f'"2026-01-{day:02d}T00:00:00Z"', **more}
    return "\n".join(f"{key} = {value}" for key, value in words.items())


KIT: dict[str, object] = {"sku": "KIT", "name": "Set", "kit": [{"sku": "A", "qty": 2}]}


def test_a_kit_that_is_made_up_takes_its_components_from_their_allotment(shop: Shop) -> None:
    shop.items("A", KIT)
    obey(shop, FOUR.format(since=since(1)))
    shop.receive({"A": 10})
    shop.order({"KIT": 1}, channel="market")
    assert kept(shop) == 2
    shop.ship("o1")
    # Two of A left with it: as much is kept as when they were reserved.
    assert kept(shop) == 2
    shop.order({"A": 2}, channel="market", ship="available")
    assert kept(shop) == 0


def test_a_kit_on_the_shelf_is_taken_from_the_kits_own_allotment(shop: Shop) -> None:
    shop.items("A", KIT)
    of_kits = FOUR.replace('item = "A"', 'item = "KIT"').replace("qty = 4", "qty = 3")
    obey(shop, FOUR.format(since=since(1)) + of_kits.format(since=since(1)))
    shop.receive({"A": 10, "KIT": 2})
    assert (kept(shop), kept(shop, "KIT")) == (4, 2)
    # Two are on the shelf, the third is made up of two of A.
    answer = shop.order({"KIT": 3}, channel="market", ship="available")
    assert answer["lines"][0]["shipped"] == 3
    assert kept(shop) == 2
    shop.receive({"KIT": 5})
    # Of the three kits that are allotted two left: the one that was made up is none of them.
    assert kept(shop, "KIT") == 1


def test_only_what_left_since_the_start_counts_of_a_line_that_left_in_parts(shop: Shop) -> None:
    shop.items("A")
    obey(shop, FOUR.format(since=since(5)))
    shop.receive({"A": 10})
    reach(shop, 3)
    shop.order({"A": 6}, channel="market")
    shop.ship("o1", lines=[{"line": 1, "qty": 3}])
    reach(shop, 6)
    # Three are still reserved for it, one of the four allotted is kept besides.
    assert kept(shop) == 1
    shop.ship("o1", lines=[{"line": 1, "qty": 2}])
    assert kept(shop) == 1
    # What it gives up is kept for its channel again.
    shop.cancel("o1")
    assert kept(shop) == 2
    # With a start before both parts all five count.
    obey(shop, FOUR.format(since=since(2)), n=2)
    assert kept(shop) == 0
    obey(shop, FOUR.format(since=since(7)), n=3)
    assert kept(shop) == 0
    reach(shop, 8)
    assert kept(shop) == 4


def test_a_unit_that_comes_back_is_stock_for_all(shop: Shop) -> None:
    shop.items("A")
    shop.policy()
    obey(shop, FOUR.format(since=since(1)))
    shop.receive({"A": 10})
    assert promised(shop, "market", 3, ship="available") == 3
    assert shop.available("A", channel="web")["atp"] == 6
    shop.disposition("A", 1, grade="A")
    assert shop.available("A", channel="web")["atp"] == 7
    assert kept(shop) == 1


def test_the_last_unit_is_kept_for_a_channel_that_was_sent_the_others(shop: Shop) -> None:
    shop.items("A")
    obey(shop, FOUR.format(since=since(1)))
    shop.receive({"A": 8})
    assert promised(shop, "market", 3, ship="available") == 3
    assert promised(shop, "web", 5, ship="available") == 4
    assert (kept(shop), shop.available("A", channel="market")["atp"]) == (1, 1)


@pytest.mark.parametrize("grade", ["A", "B"])
def test_graded_units_are_beside_an_allotment(shop: Shop, grade: str) -> None:
    """Also those of a grade that is sold as new: asked for by name they were never part of it."""
    shop.items("A")
    shop.policy()
    obey(shop, FOUR.format(since=since(1)))
    shop.receive({"A": 10})
    shop.disposition("A", 2, grade=grade)
    graded = [{"line": 1, "sku": "A", "qty": 2, "grade": grade}]
    assert shop.order(graded, channel="market", ship="available")["lines"][0]["shipped"] == 2
    assert kept(shop) == 4


def test_unused_units_spill_over_some_hours_after_the_start(shop: Shop) -> None:
    shop.items("A")
    spilling = FOUR.replace('spill = "never"', "spill.unused_after_hours = 48")
    obey(shop, spilling.format(since=since(5)))
    shop.receive({"A": 10})
    reach(shop, 4)
    assert kept(shop) == 0
    reach(shop, 5)
    assert promised(shop, "market", 1) == 1
    assert kept(shop) == 3
    reach(shop, 7)
    assert kept(shop) == 0


def test_waiting_orders_of_another_channel_leave_what_is_kept(shop: Shop) -> None:
    shop.items("A")
    obey(shop, FOUR.format(since=""))
    shop.order({"A": 5}, channel="web", day=1)
    shop.order({"A": 3}, channel="market", day=2)
    shop.receive({"A": 6})
    assert shop.line("o1")[0] == 2
    assert shop.line("o2")[0] == 3


def test_a_category_asks_for_safety_stock_where_an_item_has_none(shop: Shop) -> None:
    shop.items(
        {"sku": "A", "name": "A", "category": "toys"},
        {"sku": "B", "name": "B", "category": "toys", "safety": 1},
    )
    obey(shop, "[category.toys]\nsafety = 3")
    shop.receive({"A": 10, "B": 10})
    assert (shop.atp("A"), shop.atp("B")) == (7, 9)


def test_a_policy_that_frees_units_gives_them_to_whoever_waits(shop: Shop) -> None:
    shop.items("A")
    obey(shop, FOUR.format(since=""))
    shop.receive({"A": 6})
    assert promised(shop, "web", 6) == 2
    obey(shop, "", n=2)
    assert shop.line("o1") == (6, 0, 0, 0)


def test_units_that_are_all_kept_for_a_channel_still_go_to_its_waiting_orders(shop: Shop) -> None:
    shop.items("A")
    obey(shop, FOUR.format(since=""))
    shop.order({"A": 3}, channel="market")
    shop.receive({"A": 2})
    assert shop.line("o1")[0] == 2
