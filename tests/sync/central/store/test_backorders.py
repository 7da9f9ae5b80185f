"""Stock that comes goes to the oldest backorder; stock that goes takes the youngest claim with it."""

from __future__ import annotations

import pytest

from app.domain.account import Account, Status
from app.domain.event import EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.commands.upkeep import upkeep
from sync.central.store import backorders
from tests.sync.central.shop import FAR, OWNER, PLACE, Shop

KIT = {"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]}


def test_a_receipt_fills_by_priority_then_age(shop: Shop) -> None:
    shop.items("A")
    shop.order({"A": 2}, day=5)
    shop.order({"A": 2}, day=4)
    shop.order({"A": 2}, day=6, priority=1)
    shop.receive({"A": 5})
    assert [shop.line(code)[0] for code in ("o3", "o2", "o1")] == [2, 2, 1]


def test_orders_that_ship_as_stock_comes_are_shipped(shop: Shop) -> None:
    shop.items("A", "B")
    shop.order({"A": 2, "B": 1}, ship="available")
    shop.receive({"A": 1})
    assert (shop.line("o1", 1), shop.line("o1", 2)) == ((0, 1, 1, 0), (0, 0, 1, 0))
    shop.receive({"A": 5, "B": 5})
    assert shop.shown("o1")["state"] == "shipped"
    assert shop.atp("A") == 4


def test_a_restocked_return_fills_a_backorder_and_only_a_disposition_does(shop: Shop) -> None:
    shop.items("A")
    shop.policy()
    shop.receive({"A": 1})
    shop.order({"A": 1}, ship="available", customer="c-1")
    shop.order({"A": 1}, ship="available")
    code = shop.authorize({"A": 1}, customer="c-1")["rma"]
    assert shop.line("o2") == (0, 0, 1, 0)
    shop.at_station(EventKind.RETURN_ARRIVED, rma=code, parcel=None)
    assert shop.line("o2") == (0, 0, 1, 0)
    shop.disposition("A", grade="B", rma=code, line=1)
    assert shop.line("o2") == (0, 0, 1, 0)
    shop.disposition("A", grade="A", label="L07-2-X")
    assert shop.line("o2") == (0, 1, 0, 0)


def test_a_kit_whose_components_were_claimed_on_two_days_loses_whole_kits(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "min_remaining_days": 5}, "B", KIT)
    shop.receive({"A": 4, "B": 9})
    shop.order({"KIT": 3})
    shop.clock.pass_by(days=1)
    shop.receive({"A": 2})
    assert shop.line("o1") == (3, 0, 0, 0)
    shop.count("A", -3)
    assert (shop.line("o1"), shop.atp("A"), shop.atp("B")) == ((1, 0, 2, 0), 1, 8)
    shop.count("B", -9)
    assert (shop.line("o1"), shop.atp("A")) == ((0, 0, 3, 0), 3)


def test_a_component_fills_a_backordered_kit(shop: Shop) -> None:
    shop.items("A", "B", KIT)
    shop.receive({"A": 9})
    shop.order({"KIT": 2})
    shop.receive({"B": 5})
    assert shop.line("o1") == (2, 0, 0, 0)
    assert (shop.atp("A"), shop.atp("B")) == (5, 3)
    shop.ship("o1")
    assert shop.shown("o1")["state"] == "shipped"


def test_freed_claims_go_to_the_next_in_line(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 2})
    shop.order({"A": 2})
    shop.order({"A": 2})
    shop.cancel("o1")
    assert shop.line("o2") == (2, 0, 0, 0)


def test_what_is_gone_is_taken_back_from_who_came_last(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 6})
    shop.order({"A": 2}, day=3)
    shop.order({"A": 2}, day=4)
    shop.order({"A": 2}, day=5, priority=1)
    shop.count("A", -3)
    assert [shop.line(code)[0] for code in ("o1", "o2", "o3")] == [1, 0, 2]
    assert shop.cases() == ["promise.lost"]
    shop.count("A", +3)
    assert [shop.line(code)[0] for code in ("o1", "o2", "o3")] == [2, 2, 2]


def test_a_lost_component_takes_whole_kits_back_and_frees_the_others(shop: Shop) -> None:
    shop.items("A", "B", KIT)
    shop.receive({"A": 4, "B": 2})
    shop.order({"KIT": 2})
    shop.order({"B": 1}, ship="available")
    shop.count("A", -1)
    assert shop.line("o1") == (1, 0, 1, 0)
    assert shop.line("o2") == (0, 1, 0, 0)


def test_a_unit_claimed_by_name_that_is_gone_frees_its_own_claim(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "serial"})
    shop.receive({"A": 3}, serials=["s1", "s2", "s3"])
    shop.order([{"line": 1, "sku": "A", "qty": 1, "serials": ["s1"]}], day=3)
    shop.order({"A": 1}, day=5)
    here = Account(OWNER, "A", PLACE, Status.SELLABLE, serial="s1")
    there = Account(OWNER, "A", PLACE, Status.DAMAGED, serial="s1")
    shop.at_station("stock.moved", [Move(1, here, there, MoveKind.ADJUST)])
    assert (shop.line("o1"), shop.line("o2")) == ((0, 0, 1, 0), (1, 0, 0, 0))
    shop.at_station("stock.moved", [Move(1, there, here, MoveKind.ADJUST)])
    assert shop.line("o1") == (1, 0, 0, 0)


def test_a_named_serial_waits_for_its_own_unit(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "serial"})
    shop.receive({"A": 1}, serials=["s1"])
    shop.order([{"line": 1, "sku": "A", "qty": 2, "serials": ["s1", "s2"]}], ship="available")
    assert shop.line("o1") == (0, 1, 1, 0)
    shop.receive({"A": 1}, serials=["s3"])
    assert shop.line("o1") == (0, 1, 1, 0)
    shop.receive({"A": 1}, serials=["s2"])
    assert shop.line("o1") == (0, 2, 0, 0)


def test_a_policy_that_sells_another_grade_as_new_fills_backorders_and_takes_them_back(shop: Shop) -> None:
    shop.items("A")
    shop.policy("1")
    shop.disposition("A", grade="B")
    shop.order({"A": 1})
    assert shop.line("o1") == (0, 0, 1, 0)
    shop.policy("2", b_as_new=True)
    assert shop.line("o1") == (1, 0, 0, 0)
    shop.policy("3")
    assert shop.line("o1") == (0, 0, 1, 0)


def test_safety_stock_is_kept_from_backorders_too(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "safety": 2})
    shop.order({"A": 3})
    shop.receive({"A": 4})
    assert shop.line("o1") == (2, 0, 1, 0)
    shop.items({"sku": "A", "name": "A", "safety": 0})
    assert shop.line("o1") == (3, 0, 0, 0)


def test_a_long_queue_is_served_page_by_page(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backorders, "_PAGE", 2)
    monkeypatch.setattr(backorders, "_LINES_AN_ITEM", 0)
    shop.items("A", "B", KIT)
    # The kits in front cannot be filled and must not hold up those behind them.
    for _ in range(3):
        shop.order({"KIT": 1})
    for _ in range(3):
        shop.order({"A": 1})
    shop.receive({"A": 9})
    assert [shop.line(f"o{number}")[0] for number in range(1, 7)] == [0, 0, 0, 1, 1, 1]


def two_of_one_serial(shop: Shop) -> None:
    """The serial s1 is claimed by name by o1, and comes a second time."""
    shop.items({"sku": "S", "name": "S", "value_minor": 5, "tracking": "serial"})
    shop.policy()
    shop.receive({"S": 1}, serials=["s1"])
    shop.order([{"line": 1, "sku": "S", "qty": 1, "serials": ["s1"]}])
    shop.order({"S": 1}, ship="available")
    shop.disposition("S", serial="s1", label=None)


def test_the_second_unit_of_a_claimed_serial_goes_to_nobody_until_a_person_looked(shop: Shop) -> None:
    two_of_one_serial(shop)
    assert "serial.twice" in shop.cases()
    assert (shop.line("o1")[0], shop.line("o2")[2], shop.atp("S")) == (1, 1, 0)
    assert shop.order({"S": 1}, ship="available")["lines"][0]["backordered"] == 1
    assert shop.order([{"line": 1, "sku": "S", "qty": 1, "serials": ["s1"]}])["lines"][0]["reserved"] == 0
    shop.receive({"S": 1}, serials=["s2"])
    assert shop.line("o2")[1] == 1
    shop.ship("o1")
    assert shop.line("o1")[1] == 1


def test_a_claim_that_only_a_barred_unit_could_fill_is_taken_back(shop: Shop) -> None:
    shop.items({"sku": "S", "name": "S", "value_minor": 5, "tracking": "serial"})
    shop.receive({"S": 2}, serials=["s1", "s2"])
    shop.order([{"line": 1, "sku": "S", "qty": 1, "serials": ["s1"]}])
    shop.order({"S": 1})
    here, gone = (
        Account(OWNER, "S", place, status, serial=serial)
        for place, status, serial in ((PLACE, Status.SELLABLE, "s2"), (Virtual.COUNT, None, "s2"))
    )
    shop.receive({"S": 1}, serials=["s1"], place="WH1-B")
    shop.at_station("stock.moved", [Move(1, here, gone, MoveKind.ADJUST)])
    assert (shop.line("o1")[0], shop.line("o2")[0]) == (1, 0)
    assert shop.cases() == ["serial.twice", "promise.lost"]
    shop.ship("o1")


def test_a_serial_may_leave_on_one_order_twice(shop: Shop) -> None:
    shop.items({"sku": "S", "name": "S", "value_minor": 5, "tracking": "serial"})
    shop.policy()
    shop.receive({"S": 1}, serials=["s1"])
    shop.order({"S": 2}, ship="available")
    shop.disposition("S", serial="s1", label=None)
    assert shop.shown("o1")["state"] == "shipped"


def test_what_is_gone_at_a_site_is_taken_back_from_who_cannot_go_elsewhere(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 2})
    shop.receive({"A": 2}, place=FAR)
    shop.order({"A": 2}, day=5)
    shop.order({"A": 2}, site="WH1", day=4)
    shop.count("A", -1)
    # The younger one is open: it goes where there is a unit, the older one has its site's only unit.
    assert [shop.line(code)[0] for code in ("o1", "o2")] == [2, 1]


def test_who_waits_for_a_site_lets_others_have_what_is_elsewhere(shop: Shop) -> None:
    shop.items("A")
    shop.order({"A": 2}, site="WH2", priority=1)
    shop.order({"A": 2}, priority=2)
    shop.receive({"A": 3})
    assert (shop.line("o1")[0], shop.line("o2")[0]) == (0, 2)
    shop.receive({"A": 1}, place=FAR)
    assert shop.line("o1")[0] == 1


def dated(shop: Shop) -> None:
    """Three units each of L1 and L2, of which L1 is good until the next day; six are claimed."""
    shop.items({"sku": "A", "name": "A", "tracking": "lot"})
    shop.receive({"A": 3}, lot="L1")
    shop.receive({"A": 3}, lot="L2")
    shop.dated("A", L1="2026-11-23")
    shop.order({"A": 4}, day=3)
    shop.order({"A": 2}, day=4)


def test_claims_on_units_past_their_date_are_taken_back_as_time_goes_by(shop: Shop) -> None:
    dated(shop)
    shop.clock.pass_by(days=1)
    assert "items" not in shop.act(upkeep)
    shop.clock.pass_by(days=1)
    assert shop.act(upkeep)["items"] == 1
    assert (shop.line("o1"), shop.line("o2"), shop.cases()) == (
        (3, 0, 1, 0),
        (0, 0, 2, 0),
        ["promise.lost"],
    )
    assert "items" not in shop.act(upkeep)
    shop.ship("o1")
    assert shop.line("o1") == (0, 3, 1, 0)


def test_an_order_that_wants_all_or_nothing_waits_until_there_is_all(shop: Shop) -> None:
    shop.items("A", "B", "C", KIT)
    shop.order({"A": 3, "C": 1}, fill="complete")
    shop.order({"A": 1}, priority=900)
    shop.receive({"A": 2})
    assert (shop.line("o1", 1), shop.line("o2")) == ((0, 0, 3, 0), (1, 0, 0, 0))
    shop.receive({"A": 2})
    assert shop.line("o1", 1) == (0, 0, 3, 0)
    shop.receive({"C": 1})
    assert (shop.line("o1", 1), shop.line("o1", 2)) == ((3, 0, 0, 0), (1, 0, 0, 0))
    shop.order({"KIT": 1, "A": 1}, fill="complete", ship="available")
    shop.receive({"B": 1, "A": 2})
    assert shop.shown("o3")["state"] == "open"
    shop.receive({"A": 1})
    assert shop.shown("o3")["state"] == "shipped"
