"""An order's terms are its own where it says so, else its channel's by the policy in force."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.refusal import Refused
from sync.central.commands.allocation_policies import publish
from sync.central.store.told import of_subject
from tests.sync.central.shop import Shop

POLICY = """
kind = "allocation"
version = "t-1"
channels = ["web", "market"]
horizon_days = 10
[priority.service_level]
next_day = -40
[priority.channel]
market = -10
[channel.market]
claim = "soft"
fill = "complete"
regions_not_served = ["FR"]
"""


def furnished(shop: Shop) -> None:
    shop.items("A", "B")
    shop.act(lambda act: publish(act, POLICY))
    shop.receive({"A": 5, "B": 5})


def why(shop: Shop, code: str) -> str:
    found: Any = shop.ask(lambda conn: of_subject(conn, f"order:{code}"))
    return " ".join(sentence for entry in found["decisions"] for sentence in entry["why"])


def test_a_priority_is_scored_and_says_of_what(shop: Shop) -> None:
    furnished(shop)
    shop.order({"A": 1}, channel="market", service_level="next_day")
    assert shop.shown("o1")["priority"] == 50
    assert "priority is 50" in why(shop, "o1")
    assert "-40" in why(shop, "o1")


def test_an_order_s_own_priority_counts(shop: Shop) -> None:
    furnished(shop)
    shop.order({"A": 1}, channel="market", priority=7)
    assert shop.shown("o1")["priority"] == 7


def test_a_channel_s_claim_and_fill_hold_unless_the_order_says_otherwise(shop: Shop) -> None:
    furnished(shop)
    shop.order({"A": 1, "B": 9}, channel="market")
    shop.order({"A": 1}, channel="market", claim="hard")
    shown = shop.shown("o1")
    assert (shown["claim"], shown["fill"], shown["lines"][0]["reserved"]) == ("soft", "complete", 0)
    assert shop.shown("o2")["claim"] == "hard"


def test_a_region_that_a_channel_does_not_serve_is_refused(shop: Shop) -> None:
    furnished(shop)
    with pytest.raises(Refused) as no:
        shop.order({"A": 1}, channel="market", region="FR")
    assert no.value.code == "order.region"


def test_an_order_for_later_takes_nothing_until_it_comes_near(shop: Shop) -> None:
    furnished(shop)
    shop.order({"A": 2}, wanted_by="2026-12-20T00:00:00Z")
    assert (shop.line("o1"), shop.atp("A")) == ((0, 0, 2, 0), 5)
    assert "more than 10 days ahead" in why(shop, "o1")
    shop.receive({"A": 1})
    assert shop.line("o1") == (0, 0, 2, 0)
    shop.clock.pass_by(days=25)
    shop.expire()
    assert shop.line("o1") == (2, 0, 0, 0)
