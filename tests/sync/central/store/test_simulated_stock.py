"""Units read for a simulation: what was there at an instant is what is there less what moved since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sync.central.rules.allocation_policy import NEUTRAL
from sync.central.rules.cover import Cell
from sync.central.store.simulated_reach import Reach
from sync.central.store.simulated_stock import units_now, units_since
from tests.sync.central.shop import OWNER, Shop, open_shop

HERE = Cell(0, "WH1")


@pytest.fixture(params=["sqlite", "postgresql"])
def trade(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    with open_shop(tmp_path, url) as shop:
        shop.items("A", {"sku": "S", "name": "Serial", "tracking": "serial"})
        yield shop


def on(shop: Shop, day: int) -> Shop:
    shop.clock.at = datetime(2026, 1, day, tzinfo=UTC)
    return shop


def since(shop: Shop, start: int, end: int) -> tuple[dict[Cell, int], list[tuple[int, Any]]]:
    """What was there of A, and the day and changes of each happening."""
    begin, until = (datetime(2026, 1, day, tzinfo=UTC) for day in (start, end))
    reach = Reach(OWNER, NEUTRAL, begin, until, ("A",))
    units, supplied = shop.ask(lambda conn: units_since(conn, reach, {}))
    there = {cell: qty for cell, qty in units["A"].items() if qty}
    return there, [(entry.at.day, entry.changes) for entry in supplied]


def test_units_are_told_apart_by_what_a_claim_may_ask_for(trade: Shop) -> None:
    trade.policy()
    on(trade, 1).receive({"A": 2}, lot="L1")
    trade.receive({"S": 2}, serials=["x", "y"])
    trade.disposition("A", 1, grade="A")
    trade.disposition("A", 1, grade="B", label="L07-2-X")
    reach = Reach(OWNER, NEUTRAL, None, trade.clock.now(), ("A", "S"))
    found = trade.ask(lambda conn: units_now(conn, reach, {"S": {"x"}}))
    assert found["A"] == {
        Cell(0, "WH1", "L1"): 2,
        Cell(0): 1,
        Cell(0, grade="B", as_new=False): 1,
    }
    assert found["S"] == {Cell(0, "WH1", serial="x"): 1, HERE: 1}


def test_shipments_are_part_of_what_was_there_and_no_supply(trade: Shop) -> None:
    on(trade, 1).receive({"A": 5})
    on(trade, 3).order({"A": 2}, day=3, ship="available")
    on(trade, 4).receive({"A": 1})
    on(trade, 6).count("A", -3)
    on(trade, 9)
    assert since(trade, 2, 5) == ({HERE: 5}, [(4, (("A", HERE, 1),))])
    assert since(trade, 4, 8) == ({HERE: 3}, [(4, (("A", HERE, 1),)), (6, (("A", HERE, -3),))])
    assert since(trade, 7, 8) == ({HERE: 1}, [])


def test_events_of_one_instant_stay_apart_and_those_that_change_nothing_are_left_out(trade: Shop) -> None:
    on(trade, 1).receive({"A": 5})
    on(trade, 3).count("A", 1)
    trade.count("A", 2, place="WH1-B")
    found = since(trade, 2, 5)[1]
    assert [changes for _, changes in found] == [(("A", HERE, 1),), (("A", HERE, 2),)]
    assert since(trade, 1, 2) == ({}, [(1, (("A", HERE, 5),))])
