"""What is to come is read as it stands: less what is claimed, and returns only while they are expected."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.domain.account import Status
from app.domain.reservation import ANY, Scope
from sync.central.commands.safety import SafetyStock, keep_safe
from sync.central.rules.allocation_policy import NEUTRAL, AllocationPolicy, CategoryRule, Supply
from sync.central.rules.cover import Cell, Cover
from sync.central.rules.dated import Coming, Waiting
from sync.central.store.coming import Kept, coming, kept, waiting
from tests.sync.central.shop import OWNER, Shop, at, open_shop


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_shop(tmp_path, url) as found:
        found.items("A", {"sku": "T", "name": "T", "category": "toys"})
        found.policy()
        found.sites(**{"WH2-A": "WH2"})
        yield found


def to_come(shop: Shop, sku: str = "A") -> list[Coming]:
    now = shop.clock.now()
    return shop.ask(lambda conn: coming(conn, OWNER, [sku, "X"], now)).get(sku, [])


def test_inbound_supply_less_what_is_claimed_received_and_cancelled(shop: Shop) -> None:
    shop.announce([{"line": n, "sku": "A", "qty": 9, "due": at(20 + n)} for n in (1, 2)])
    shop.order({"A": 4})
    shop.claim_supply("o1", 4)
    shop.came({"A": 2})
    shop.cancel_supply(2)
    assert to_come(shop) == [Coming(Supply.INBOUND, "PO-7:1", 9 - 2 - 2, date(2026, 1, 21), "WH1")]
    assert shop.ask(lambda conn: coming(conn, "OTHER", ["A"], shop.clock.now())) == {}


def test_transfers_count_once_they_left_at_their_target(shop: Shop) -> None:
    shop.receive({"A": 9}, lot="L1")
    shop.draft([{"line": 1, "sku": "A", "qty": 5, "lot": "L1"}], due=at(30))
    for step in ("approve", "pick"):
        shop.step(step)
        assert to_come(shop) == []
    shop.step("ship")
    shop.take_in({"line": 1, "qty": 2})
    assert to_come(shop) == [Coming(Supply.TRANSFERS, "T-A:1", 3, date(2026, 1, 30), "WH2", "L1")]
    shop.step("close")
    assert to_come(shop) == []


def test_returns_are_expected_for_a_while_and_until_they_are_here(shop: Shop) -> None:
    shop.receive({"A": 5})
    shop.order({"A": 5}, ship="available", customer="c-1")
    rma = shop.authorize({"A": 3}, customer="c-1", site="WH1")["rma"]
    (found,) = to_come(shop)
    assert (found.supply, found.units, found.site) == (Supply.EXPECTED_RETURNS, 3, "WH1")
    assert found.due is not None
    shop.clock.pass_by(days=400)
    assert to_come(shop)[0].due is None
    shop.disposition("A", 3, status=Status.DAMAGED, rma=rma, line=1)
    assert to_come(shop) == []


def test_lines_wait_in_the_order_in_which_they_are_served(shop: Shop) -> None:
    shop.order({"A": 3}, priority=9)
    shop.order([{"line": 1, "sku": "A", "qty": 2, "lot": "L1"}], priority=1, site="WH2")
    found = shop.ask(lambda conn: waiting(conn, OWNER, ["A"]))
    assert found == {"A": [Waiting(Scope("WH2", "L1"), 2), Waiting(Scope(), 3)]}


def test_items_have_their_category_and_what_is_kept_of_them(shop: Shop) -> None:
    shop.items({"sku": "T", "name": "T", "category": "toys", "safety": 3})
    shop.act(lambda act: keep_safe(act, SafetyStock(sku="T", site="WH2", qty=2)))
    found = shop.ask(lambda conn: kept(conn, ["A", "T", "X"], NEUTRAL))
    assert found == {"A": Kept("default", 0, {}), "T": Kept("toys", 3, {"WH2": 2})}


def test_an_item_without_safety_stock_has_that_of_its_category(shop: Shop) -> None:
    shop.items({"sku": "T", "name": "T", "category": "toys"})
    careful = AllocationPolicy(
        "1", category_rules={"default": CategoryRule("default"), "toys": CategoryRule("toys", 3)}
    )
    found = shop.ask(lambda conn: kept(conn, ["A", "T"], careful))
    assert (found["A"].safety, found["T"].safety) == (0, 3)


def test_what_is_owed_and_not_here_of_safety_is_missing() -> None:
    toys = Kept("toys", 3, {"WH2": 2})
    short = Cover((Cell(2, "WH1"), Cell(-5, "WH1")))
    assert toys.missing(short) == [
        Waiting(ANY, 3, "owed"),
        Waiting(ANY, 3, "safety"),
        Waiting(Scope(site="WH2"), 2, "safety"),
    ]
    enough = Cover((Cell(4, "WH1"), Cell(2, "WH2")))
    enough.place("safety", Scope(site="WH2"), 2)
    enough.place("safety", ANY, 3)
    assert toys.missing(enough) == []
