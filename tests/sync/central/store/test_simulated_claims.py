"""Claims read for a simulation: which are granted anew, which stand, and which serials they name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.item import Component
from app.domain.reservation import Scope
from sync.central.commands.safety import SafetyStock, keep_safe
from sync.central.rules.allocation_policy import NEUTRAL
from sync.central.rules.promise import BASKET, RESERVED, SAFETY
from sync.central.rules.simulation import Fixed
from sync.central.store.simulated_claims import claimed, site_safety_stock, sold
from sync.central.store.simulated_reach import Reach
from tests.sync.central.shop import OWNER, Shop, open_shop

KIT = (Component("A", 2), Component("B", 1))


@pytest.fixture(params=["sqlite", "postgresql"])
def trade(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    with open_shop(tmp_path, url) as shop:
        kit = [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]
        shop.items("A", "B", {"sku": "S", "name": "Serial", "tracking": "serial"})
        shop.items({"sku": "K", "name": "Kit", "kit": kit})
        shop.receive({"A": 9, "B": 5})
        shop.receive({"S": 3}, serials=["x", "y", "z"])
        yield shop


def reach(shop: Shop, *skus: str) -> Reach:
    return Reach(OWNER, NEUTRAL, None, shop.clock.now(), skus, {"K": KIT})


def test_components_of_a_soft_kit_count_once_as_the_kit(trade: Shop) -> None:
    trade.order({"K": 2}, order="kit", claim="soft")
    loose, named, fixed = trade.ask(lambda conn: claimed(conn, reach(trade, "A", "B", "K")))
    assert list(loose.values()) == [2]
    assert (named, fixed) == ({}, [])


def test_components_of_a_hard_kit_stand_as_what_they_are(trade: Shop) -> None:
    trade.order({"K": 2}, order="kit")
    loose, _, fixed = trade.ask(lambda conn: claimed(conn, reach(trade, "A", "B", "K")))
    assert not loose
    assert [(entry.sku, entry.qty) for entry in sorted(fixed, key=lambda entry: entry.sku)] == [
        ("A", 4),
        ("B", 2),
    ]


def test_a_hold_that_ran_out_holds_nothing(trade: Shop) -> None:
    trade.hold({"B": 2}, minutes=1)

    def held() -> list[Fixed]:
        return trade.ask(lambda conn: claimed(conn, reach(trade, "B")))[2]

    assert held() == [Fixed(BASKET, "B", "web", Scope(), 2)]
    trade.clock.at += timedelta(minutes=1)
    assert held() == []


def test_serials_are_named_by_claims_until_they_have_left(trade: Shop) -> None:
    trade.order([{"line": 1, "sku": "S", "qty": 2, "serials": ["x", "y"]}], order="o1")
    _, named, fixed = trade.ask(lambda conn: claimed(conn, reach(trade, "S")))
    assert list(named.values()) == [{"x", "y"}]
    assert {entry.kind for entry in fixed} == {RESERVED}
    trade.ship("o1", lines=[{"line": 1, "qty": 1}])
    gone = trade.ask(lambda conn: sold(conn, reach(trade, "S")))
    (left,) = gone.values()
    assert len(left) == 1
    assert left < {"x", "y"}


def test_the_safety_stock_of_a_site_stands_like_a_claim(trade: Shop) -> None:
    assert trade.ask(lambda conn: site_safety_stock(conn, ["A"])) == []
    trade.act(lambda act: keep_safe(act, SafetyStock(sku="A", site="WH1", qty=3)))
    assert trade.ask(lambda conn: site_safety_stock(conn, ["A", "B"])) == [
        Fixed(SAFETY, "A", "", Scope(site="WH1"), 3)
    ]
