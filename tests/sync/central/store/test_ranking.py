"""Orders that the policy ranks follow it as time goes by; what an order says of itself stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sync.central.commands.allocation_policies import publish
from sync.central.store.ranking import rescore
from tests.sync.central.shop import OWNER, Shop, open_shop

AGEING = "[priority]\nbase = 100\n[priority.age]\npoints_per_day = -10\ncap = -90\n"
WINDOW = "[priority]\nbase = 100\n[[priority.ship_window]]\nhours_left = 24\npoints = -50\n"
CHANNEL = 'channels = ["web"]\n[priority]\nbase = 100\n[priority.channel]\nweb = -30\n'


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_shop(tmp_path, url) as found:
        found.items("A")
        yield found


def policy(shop: Shop, text: str, version: str = "1") -> None:
    source = f'kind = "allocation"\nversion = "{version}"\n{text}'
    shop.act(lambda act: publish(act, source))


def scored(shop: Shop, owner: str | None = OWNER, *, anew: bool = False) -> int:
    return shop.act(lambda act: rescore(act, owner, anew=anew))


def priority(shop: Shop, code: str) -> int:
    return int(shop.shown(code)["priority"])


def test_an_order_that_waits_long_goes_before_a_newer_one_in_the_next_wave(shop: Shop) -> None:
    policy(shop, AGEING)
    shop.receive({"A": 1})
    shop.order({"A": 1}, at="2026-11-21T09:00:00Z", claim="soft")
    shop.clock.pass_by(days=7)
    shop.order({"A": 1}, at="2026-11-28T09:00:00Z", claim="soft", priority=95)
    assert shop.wave()["parcels"][0]["order"] == "o1"
    assert (priority(shop, "o1"), priority(shop, "o2")) == (20, 95)
    assert any("from 90 to 20" in said for said in shop.why("o1"))
    assert scored(shop) == 0


def test_an_order_that_has_to_ship_soon_is_scored_again(shop: Shop) -> None:
    policy(shop, WINDOW)
    shop.order({"A": 1}, wanted_by="2026-12-01T00:00:00Z")
    shop.clock.pass_by(days=8)
    assert scored(shop, "another") == 0
    assert scored(shop, None) == 1
    assert priority(shop, "o1") == 50


def test_a_new_policy_ranks_open_orders_by_its_own_rules(shop: Shop) -> None:
    shop.order({"A": 1})
    shop.order({"A": 1}, priority=7)
    policy(shop, CHANNEL)
    # Publishing may have done it already.
    scored(shop, None, anew=True)
    assert (priority(shop, "o1"), priority(shop, "o2")) == (70, 7)
    assert scored(shop) == 0
