"""Orders read for a simulation: what a policy may give anew, what stands, and what left when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from app.domain.item import Component
from app.domain.reservation import Scope
from sync.central.commands.allocation_policies import publish
from sync.central.rules.allocation_policy import NEUTRAL, AllocationPolicy, read_allocation_policy
from sync.central.rules.promise import BASKET, RESERVED
from sync.central.rules.simulation import Arrived, Fixed, Left, Line, Shipped
from sync.central.store.simulated_orders import Taken, heads, open_orders, past_orders, shipped_before
from sync.central.store.simulated_reach import Reach
from sync.central.store.tables import customer_order, order_line
from tests.sync.central.shop import OWNER, Shop, open_shop

KIT = (Component("A", 2), Component("B", 1))


@pytest.fixture(params=["sqlite", "postgresql"])
def trade(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    with open_shop(tmp_path, url) as shop:
        kit = [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]
        shop.items("A", "B", {"sku": "K", "name": "Kit", "kit": kit})
        on(shop, 1).receive({"A": 5, "B": 5})
        yield shop


def on(shop: Shop, day: int) -> Shop:
    shop.clock.at = instant(day)
    return shop


def instant(day: int) -> datetime:
    return datetime(2026, 1, day, tzinfo=UTC)


def opened(shop: Shop, policy: AllocationPolicy = NEUTRAL) -> Taken:
    reach = Reach(OWNER, policy, None, shop.clock.now(), ("A", "B", "K"), {"K": KIT})
    return shop.ask(lambda conn: open_orders(conn, reach))


def past(shop: Shop, since: int, until: int) -> Taken:
    reach = Reach(OWNER, NEUTRAL, instant(since), instant(until), ("A", "B", "K"), {"K": KIT})
    return shop.ask(lambda conn: past_orders(conn, reach))


def wanted(lines: list[Line]) -> dict[str, int]:
    return {line.order.code: line.qty for line in lines}


def test_soft_claims_are_wanted_anew_and_hard_ones_stand(trade: Shop) -> None:
    trade.order({"A": 3}, order="soft", claim="soft")
    trade.order({"A": 4}, order="hard")
    trade.order({"K": 1}, order="kit", claim="soft")
    trade.hold({"B": 2})
    found = opened(trade)
    assert wanted(found.lines) == {"soft": 3, "hard": 2, "kit": 1}
    assert sorted(found.fixed, key=lambda entry: entry.sku) == [
        Fixed(RESERVED, "A", "web", Scope(), 2),
        Fixed(BASKET, "B", "web", Scope(), 2),
    ]


def test_a_kit_that_is_put_together_softly_is_wanted_whole(trade: Shop) -> None:
    trade.order({"K": 2}, order="kit", claim="soft")
    assert wanted(opened(trade).lines) == {"kit": 2}
    assert opened(trade).fixed == []


def test_a_blocked_order_keeps_what_it_had_as_its_own(trade: Shop) -> None:
    trade.order({"A": 7}, order="o1")
    block = update(customer_order).values(block="fraud")
    trade.act(lambda act: act.conn.execute(block))
    found = opened(trade)
    assert [(line.qty, line.kept, line.order.block) for line in found.lines] == [(7, 5, "fraud")]
    assert found.fixed == []


def test_what_the_policy_said_counts_as_said_by_the_policy(trade: Shop) -> None:
    source = 'kind = "allocation"\nversion = "1"\nchannels = ["web"]\n[channel.web]\nleast_life_days = 10\n'
    policy = read_allocation_policy(source, "policy")
    on(trade, 3)
    trade.order({"A": 1}, order="own", priority=7, fill="complete", claim="soft", lines=fresh(20))
    found = opened(trade, policy).lines[0]
    assert (found.order.fill, found.order.asked.priority, found.scope.fresh) == ("complete", 7, "2026-01-23")
    trade.order({"A": 1}, order="plain", claim="soft", lines=fresh(10))
    plain = opened(trade, policy).lines[1]
    assert (plain.order.fill, plain.order.asked.priority, plain.scope) == (None, None, Scope())


def test_an_order_that_was_captured_late_has_its_policys_date_and_none_of_its_own(trade: Shop) -> None:
    source = 'kind = "allocation"\nversion = "1"\nchannels = ["web"]\n[channel.web]\nleast_life_days = 10\n'
    on(trade, 3).act(lambda act: publish(act, source))
    on(trade, 6).order({"A": 1}, order="late", claim="soft", day=4)
    policy = read_allocation_policy(source, "policy")
    (found,) = opened(trade, policy).lines
    assert found.scope == Scope()
    assert found.scope_under(policy).fresh == "2026-01-14"
    lines = trade.ask(lambda conn: conn.execute(select(order_line.c.fresh))).all()
    assert [line.fresh for line in lines] == ["2026-01-14"]


def fresh(days: int) -> list[dict[str, Any]]:
    return [{"line": 1, "sku": "A", "qty": 1, "min_life_days": days}]


def test_serials_that_are_sold_or_claimed_for_good_are_not_wanted_again(trade: Shop) -> None:
    trade.items({"sku": "S", "name": "Serial", "tracking": "serial"})
    trade.receive({"S": 2}, serials=["x", "y"])
    trade.order([{"line": 1, "sku": "S", "qty": 3, "serials": ["x", "y", "z"]}], order="o1")
    trade.ship("o1", lines=[{"line": 1, "qty": 1}])
    reach = Reach(OWNER, NEUTRAL, None, trade.clock.now(), ("S",))
    (line,) = trade.ask(lambda conn: open_orders(conn, reach)).lines
    assert (line.qty, line.serials) == (1, ("z",))


def test_a_past_period_has_those_open_at_its_start_and_those_that_came(trade: Shop) -> None:
    on(trade, 2).order({"A": 4}, order="o2", day=2)
    on(trade, 4).order({"A": 4}, order="o4", day=4)
    on(trade, 5).ship("o2")
    on(trade, 8).order({"A": 1}, order="o8", day=8)
    on(trade, 9)
    found = past(trade, 3, 7)
    assert wanted(found.lines) == {"o2": 4}
    (arrived,) = (entry for entry in found.happenings if isinstance(entry, Arrived))
    assert (arrived.at, wanted(list(arrived.lines))) == (instant(4).replace(hour=9), {"o4": 4})
    (left,) = (entry for entry in found.happenings if isinstance(entry, Left))
    assert (left.at, left.qty, left.line) == (instant(5), 4, found.lines[0].key)
    assert wanted(past(trade, 6, 7).lines) == {"o4": 4}


def test_cancelled_units_were_never_asked_for(trade: Shop) -> None:
    on(trade, 2).order({"A": 4}, order="o2", day=2)
    trade.cancel("o2", lines=[{"line": 1, "qty": 3}])
    on(trade, 4).order({"A": 4}, order="o4", day=4)
    trade.cancel("o4")
    assert wanted(past(trade, 3, 7).lines) == {"o2": 1}
    assert past(trade, 3, 7).happenings == []


def test_two_lines_of_one_item_share_its_shipments(trade: Shop) -> None:
    lines = [{"line": n, "sku": "A", "qty": 2} for n in (1, 2)]
    on(trade, 2).order(lines, order="o2", day=2)
    on(trade, 4).ship("o2", lines=[{"line": 1, "qty": 1}])
    on(trade, 5).ship("o2")
    found = past(trade, 3, 7)
    left = [(entry.at.day, entry.line[1], entry.qty) for entry in found.happenings if isinstance(entry, Left)]
    assert left == [(4, 1, 1), (5, 1, 1), (5, 2, 2)]


def test_what_left_before_is_told_by_channel(trade: Shop) -> None:
    on(trade, 2).order({"A": 4}, day=2, ship="available")
    reach = Reach(OWNER, NEUTRAL, instant(5), instant(7), ("A",))
    assert trade.ask(lambda conn: shipped_before(conn, reach, instant(1))) == [
        Shipped("A", "web", instant(2), 4)
    ]
    assert trade.ask(lambda conn: shipped_before(conn, reach, instant(3))) == []


def test_heads_name_each_line_of_the_orders_concerned(trade: Shop) -> None:
    on(trade, 2).order({"A": 4, "B": 1}, day=2, ship="available", fill="complete")
    on(trade, 4).order({"A": 4, "B": 1}, day=4)

    def named(since: int | None) -> list[tuple[str, str]]:
        start = instant(since) if since else None
        reach = Reach(OWNER, NEUTRAL, start, instant(9))

        def ask(conn: Connection) -> list[tuple[str, str]]:
            with heads(conn, reach) as found:
                return [(head.sku, head.fill) for head in found]

        return trade.ask(ask)

    assert named(None) == [("A", "partial"), ("B", "partial")]
    assert named(3) == [("A", "partial"), ("B", "partial")]
    assert named(1)[:2] == [("A", "complete"), ("B", "complete")]
