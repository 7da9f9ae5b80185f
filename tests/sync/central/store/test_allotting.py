"""Allotments keep units for a channel until it has taken them; categories ask for safety stock."""

from __future__ import annotations

from sync.central.commands.allocation_policies import publish
from tests.sync.central.shop import Shop

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
