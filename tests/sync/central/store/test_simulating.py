"""A candidate policy over a real ledger: open orders and a past period, and nothing is touched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.refusal import Refused
from sync.central.commands.allocation_policies import publish
from sync.central.rules.allocation_policy import read_allocation_policy
from sync.central.store.simulating import Simulation, simulate, sole_owner
from sync.central.store.tables import metadata
from tests.sync.central.shop import OWNER, Shop, open_shop

HEAD = 'kind = "allocation"\nversion = "{version}"\nchannels = ["web", "shop"]\n'
SHOP_FIRST = "[priority.channel]\nshop = -20\n"


@pytest.fixture(params=["sqlite", "postgresql"])
def trade(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    with open_shop(tmp_path, url) as shop:
        shop.items(
            "A", "B", {"sku": "K", "name": "Kit", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]}
        )
        yield shop


def tried(shop: Shop, text: str = SHOP_FIRST, *, batch: int = 2_000, **more: Any) -> Any:
    """What a candidate would change, asked through a connection that can only read."""
    policy = read_allocation_policy(HEAD.format(version="next") + text, "next.toml")
    asked = Simulation(OWNER, policy, **more)
    return shop.ask(lambda conn: simulate(conn, asked, shop.clock.now(), batch))


def rows(shop: Shop) -> dict[str, list[Any]]:
    """Everything that is stored."""
    return shop.ask(
        lambda conn: {
            name: sorted(map(repr, conn.execute(select(table)).all()))
            for name, table in metadata.tables.items()
        }
    )


def changed(found: Any) -> list[tuple[str, int]]:
    return [(entry["order"], entry["units"]) for key in ("gain_most", "lose_most") for entry in found[key]]


def test_open_orders_show_who_gains_and_loses_and_why(trade: Shop) -> None:
    trade.receive({"A": 3})
    trade.order({"A": 3}, order="o1", claim="soft")
    trade.order({"A": 3}, order="o2", channel="shop", day=4)
    before = rows(trade)
    found = tried(trade)
    assert changed(found) == [("o2", 3), ("o1", -3)]
    assert found["gain_most"][0]["why"] == (
        "Order o2 line 1 gets 3 of A that order o1 line 1 loses: its priority would be 80 instead of 100 "
        "(channel shop -20)."
    )
    assert found["lose_most"][0]["why"] == (
        "Order o1 line 1 loses 3 of A that order o2 line 1 gets: order o2's priority would be 80 "
        "instead of 100 (channel shop -20)."
    )
    assert found["gain_most"][0]["after"]["parts"] == [
        {"what": "base", "points": 100},
        {"what": "channel shop", "points": -20},
    ]
    assert found["channels"]["shop"]["units"] == {"better": 3, "worse": 0, "same": 0}
    assert found["all"]["orders"] == {"better": 1, "worse": 1, "same": 0}
    assert rows(trade) == before


def test_hard_claims_stay_where_they_are(trade: Shop) -> None:
    trade.receive({"A": 3})
    trade.order({"A": 3}, order="o1")
    trade.order({"A": 3}, order="o2", channel="shop", day=4)
    assert changed(tried(trade)) == []


def test_kits_and_orders_that_want_everything_are_played_together(trade: Shop) -> None:
    trade.receive({"A": 4, "B": 1})
    trade.order({"K": 1}, order="o1", claim="soft")
    trade.order({"A": 3, "B": 1}, order="o2", channel="shop", day=4, fill="complete")
    for batch in (1, 2_000):
        found = tried(trade, batch=batch)
        assert sorted(changed(found)) == [("o1", -1), ("o2", 1), ("o2", 3)]
        assert found["all"]["orders"] == {"better": 1, "worse": 1, "same": 0}


def test_the_policy_in_force_changes_nothing(trade: Shop) -> None:
    source = (
        HEAD.format(version="1") + SHOP_FIRST + '[channel.shop]\nfill = "complete"\nleast_life_days = 3\n'
    )
    trade.act(lambda act: publish(act, source))
    trade.receive({"A": 3, "B": 1})
    trade.order({"A": 2, "B": 1}, claim="soft")
    trade.order({"A": 2, "B": 1}, claim="soft", channel="shop")
    text = source.partition('"shop"]\n')[2]
    for since in (None, instant(1)):
        assert changed(tried(trade, text, since=since)) == []


def test_only_what_is_asked_for_is_counted(trade: Shop) -> None:
    trade.receive({"A": 3, "B": 3})
    trade.order({"A": 3, "B": 3}, order="o1", claim="soft")
    trade.order({"A": 3, "B": 3}, order="o2", channel="shop", day=4)
    assert changed(tried(trade, skus=("B",))) == [("o2", 3), ("o1", -3)]
    assert changed(tried(trade, channels=("shop",))) == [("o2", 3), ("o2", 3)]
    assert set(tried(trade, channels=("shop",))["channels"]) == {"shop"}
    assert tried(trade, most=0)["gain_most"] == []


def test_supply_of_a_past_period_goes_to_who_ranks_first(trade: Shop) -> None:
    on(trade, 3).order({"B": 2}, order="o3", day=3)
    on(trade, 4).order({"B": 2}, order="o4", day=4, channel="shop")
    on(trade, 6).receive({"B": 2})
    on(trade, 8).receive({"B": 2})
    on(trade, 20)
    found = tried(trade, since=instant(1))
    assert changed(found) == [("o4", 0), ("o3", 0)]
    gains, loses = found["gain_most"][0], found["lose_most"][0]
    assert (gains["sooner_seconds"], loses["sooner_seconds"]) == (2 * 86_400, -2 * 86_400)
    assert gains["why"] == (
        "Order o4 line 1 gets its 2 of B 2.0 days sooner, before order o3 line 1: its priority would be 80 "
        "instead of 100 (channel shop -20)."
    )
    assert found["channels"]["shop"]["average_wait_days"] == {"before": 3.62, "after": 1.62}


def test_a_period_ends_where_it_ends_and_shipped_units_leave(trade: Shop) -> None:
    on(trade, 1).receive({"A": 2})
    on(trade, 3).order({"A": 2}, order="o1", day=3, ship="available")
    on(trade, 4).order({"A": 2}, order="o2", day=4, ship="available")
    on(trade, 5).order({"A": 2}, order="o3", day=5, channel="shop")
    on(trade, 10).receive({"A": 2})
    on(trade, 20)
    assert changed(tried(trade, since=instant(2), until=instant(9))) == []
    assert changed(tried(trade, since=instant(2), until=instant(12))) == [("o3", 2), ("o2", -2)]
    # Those open at the start keep what they had; from then on the candidate rules.
    assert changed(tried(trade, since=instant(6), until=instant(12))) == [("o3", 2), ("o2", -2)]
    assert changed(tried(trade, since=instant(11), until=instant(12))) == []
    assert tried(trade, since=instant(11), until=instant(12))["all"]["lines"]["same"] == 1


def test_losses_returns_and_cancellations_of_a_period_are_played(trade: Shop) -> None:
    on(trade, 1).policy()
    trade.receive({"A": 4})
    on(trade, 2).order({"A": 3}, order="o1", day=2)
    on(trade, 3).order({"A": 3}, order="o2", day=3, channel="shop")
    on(trade, 4).count("A", -2)
    on(trade, 5).disposition("A", 1)
    on(trade, 6).order({"A": 9}, order="o3", day=6)
    trade.cancel("o3")
    on(trade, 20)
    found = tried(trade, since=instant(1))
    # Four came, two were lost, one came back: o1 first had three, under the candidate o2 keeps its own.
    assert found["all"]["units"] == {"better": 2, "worse": 2, "same": 1}
    assert changed(found) == [("o2", 2), ("o1", -2)]
    assert found["all"]["orders"] == {"better": 1, "worse": 1, "same": 0}


def test_kits_that_left_are_counted_by_their_components(trade: Shop) -> None:
    on(trade, 1).receive({"A": 4, "B": 2})
    on(trade, 2).order({"K": 2}, order="o1", day=2)
    on(trade, 3).ship("o1")
    on(trade, 4).order({"A": 1}, order="o2", day=4)
    on(trade, 20)
    found = tried(trade, since=instant(1))
    assert found["all"]["units"] == {"better": 0, "worse": 0, "same": 2}
    assert found["all"]["lines"] == {"better": 0, "worse": 0, "same": 2}


def test_a_period_has_to_be_over_and_an_owner_known(trade: Shop) -> None:
    for since, until in (
        (instant(5), instant(5)),
        (instant(5), instant(4)),
        (datetime(2027, 1, 1, tzinfo=UTC), None),
    ):
        with pytest.raises(Refused, match="period"):
            tried(trade, since=since, until=until)
    with pytest.raises(Refused, match="nobody"):
        trade.ask(sole_owner)
    trade.order({"A": 1})
    assert trade.ask(sole_owner) == OWNER


def instant(day: int) -> datetime:
    return datetime(2026, 1, day, tzinfo=UTC)


def test_more_lines_than_may_be_read_are_refused(trade: Shop) -> None:
    trade.order({"A": 1, "B": 1})
    assert tried(trade, most_read=2)["all"]["lines"]["same"] == 2
    with pytest.raises(Refused, match="more than 1 order lines"):
        tried(trade, most_read=1)


def on(shop: Shop, day: int) -> Shop:
    """The shop on a day of January."""
    shop.clock.at = instant(day)
    return shop
