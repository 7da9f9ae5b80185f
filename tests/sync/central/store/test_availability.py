"""A promise shows its proof: every claim and a reason for every unit left out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.domain.account import Status
from app.domain.reservation import ANY, Scope
from sync.central.commands.allocation_policies import publish
from sync.central.store.availability import Asked, availability
from tests.sync.central.shop import FAR, OWNER, Shop
from tests.sync.central.store.test_allotting import FOUR, obey


def entry(shop: Shop, sku: str) -> Any:
    found: Any = shop.ask(lambda conn: availability(conn, OWNER, [sku, sku], shop.clock.now()))
    (only,) = found["items"]
    return only


def test_every_unit_is_accounted_for(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "safety": 1})
    shop.policy()
    shop.receive({"A": 10})
    shop.order({"A": 4})
    shop.order({"A": 20})
    shop.disposition("A", 2, grade="B")
    shop.disposition("A", 1, grade="C", status=Status.DAMAGED)
    shop.disposition("A", 3, grade=None, status=Status.QUARANTINED, reason="blind_return")
    found = entry(shop, "A")
    assert (found["sku"], found["owner"], found["atp"]) == ("A", OWNER, 0)
    proof = found["breakdown"]
    assert (proof["sellable"], proof["reserved"], proof["basket"], proof["safety"]) == (10, 9, 0, 1)
    assert proof["backordered"] == 15
    assert [(e["status"], e["reason"], e["grade"], e["qty"], e["why"]) for e in proof["excluded"]] == [
        ("damaged", "", "C", 1, "damaged"),
        ("quarantined", "blind_return", None, 3, "blind_return"),
        ("sellable", "", "B", 2, "grade B is not sold as new"),
    ]


def test_a_kit_shows_what_its_components_allow(shop: Shop) -> None:
    shop.items(
        "A", "B", {"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]}
    )
    shop.receive({"A": 5, "B": 9, "KIT": 1})
    found = entry(shop, "KIT")
    assert found["atp"] == 3
    assert found["breakdown"]["from_components"] == 2
    assert found["breakdown"]["components"] == [
        {"sku": "A", "qty": 2, "atp": 5},
        {"sku": "B", "qty": 1, "atp": 9},
    ]


def test_what_is_too_close_to_its_date_is_not_promised_and_named(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "lot", "min_remaining_days": 30, "safety": 1})
    shop.receive({"A": 4}, lot="L1")
    shop.receive({"A": 3}, lot="L2")
    shop.dated("A", L1="2026-12-01", L2="2027-03-01")
    found = entry(shop, "A")
    proof = found["breakdown"]
    # Safety stock is units that could be promised.
    assert (found["atp"], proof["sellable"], proof["safety"]) == (2, 3, 1)
    assert proof["excluded"] == [
        {
            "status": "sellable",
            "reason": "",
            "grade": None,
            "qty": 4,
            "why": "too close to its date",
        }
    ]
    assert (proof["limited_by"]["units"], proof["limited_by"]["room"]) == (3, 2)
    assert found["why"][1] == (
        "Of A there are 3 sellable, of which 1 kept as safety stock, leaving 2. "
        "4 more are left out: too close to its date."
    )
    assert shop.atp("A", Scope(fresh="2026-11-30")) == 2
    shop.order({"A": 9})
    assert (shop.line("o1")[0], shop.atp("A")) == (2, 0)


def test_units_claimed_before_they_came_too_close_are_counted_as_claimed(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "lot", "min_remaining_days": 5})
    shop.receive({"A": 4}, lot="L1")
    shop.dated("A", L1="2026-12-01")
    shop.order({"A": 3})
    shop.clock.pass_by(days=6)
    found = entry(shop, "A")
    proof = found["breakdown"]
    assert (found["atp"], proof["sellable"], proof["reserved"]) == (0, 3, 3)
    assert [left["qty"] for left in proof["excluded"]] == [1]


def test_an_item_nobody_has_is_promised_to_nobody(shop: Shop) -> None:
    assert entry(shop, "X")["atp"] == 0


def test_what_is_past_its_date_is_not_promised_and_named(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "lot"})
    shop.receive({"A": 4}, lot="L1")
    shop.receive({"A": 3}, lot="L2")
    shop.dated("A", L1="2026-11-21")
    found = entry(shop, "A")
    assert (found["atp"], found["breakdown"]["sellable"]) == (3, 3)
    assert found["breakdown"]["excluded"] == [
        {"status": "sellable", "reason": "", "grade": None, "qty": 4, "why": "past its date"}
    ]


def test_a_number_names_the_pool_that_limits_it(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 5})
    shop.receive({"A": 5}, place=FAR)
    shop.order({"A": 4}, site="WH1")
    shop.order({"A": 3})
    shop.hold({"A": 1}, line={"site": "WH2"})
    here = shop.available("A", Scope(site="WH1"), "web")
    assert (here["atp"], here["scope"], here["channel"]) == (1, {"site": "WH1"}, "web")
    assert here["breakdown"]["limited_by"] == {
        "units": 5,
        "claimed": {"reserved": 4},
        "room": 1,
        "sites": ["WH1"],
    }
    everywhere = shop.available("A")
    assert "scope" not in everywhere
    assert everywhere["breakdown"]["limited_by"] == {
        "units": 10,
        "claimed": {"reserved": 7, "basket": 1},
        "room": 2,
        "sites": ["WH1", "WH2"],
    }


def test_a_kit_is_promised_at_a_site_of_what_is_there(shop: Shop) -> None:
    kit = {"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]}
    shop.items("A", "B", kit)
    shop.receive({"A": 5, "B": 1})
    shop.receive({"A": 1, "B": 9, "KIT": 2}, place=FAR)
    kits = [shop.available("KIT", Scope(site=site)) for site in ("WH1", "WH2", None)]
    assert [(kit["atp"], kit["breakdown"]["from_components"]) for kit in kits] == [(1, 1), (2, 0), (3, 1)]
    # Components that stand at different sites make no kit; the sites that could put some together are named.
    assert kits[2]["breakdown"]["assembled_at"] == [{"site": "WH1", "kits": 1}]
    assert [part["atp"] for part in kits[0]["breakdown"]["components"]] == [5, 1]


def test_units_between_sites_are_in_no_number_and_told(shop: Shop) -> None:
    shop.items("A")
    shop.sites(**{"WH2-A": "WH2"})
    shop.receive({"A": 9})
    shop.sent({"A": 4})
    found = entry(shop, "A")
    assert (found["atp"], found["breakdown"]["in_transit"]) == (5, 4)
    assert found["breakdown"]["excluded"] == []


def promised(shop: Shop, *days: int, scope: Scope = ANY) -> Any:
    asked = Asked(scope, buckets=tuple(shop.clock.now().date() + timedelta(days=n) for n in days))
    found: Any = shop.ask(lambda conn: availability(conn, OWNER, ["A"], shop.clock.now(), asked))
    return found["items"][0]["buckets"]


EXPOSED = """
kind = "allocation"
version = "2027.1"
categories = ["toys"]
[priority]
base = 100
[category.toys.exposure]
horizon_days = 30
inbound = true
inbound_confidence_percent = 90
transfers = true
expected_returns = true
pass_rate_percent = 50
"""


def test_what_is_to_come_counts_for_the_categories_that_the_policy_names(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "category": "toys"})
    shop.sites(**{"WH2-A": "WH2"})
    shop.receive({"A": 10})
    due = "2026-11-25T09:00:00Z"
    shop.announce([{"line": 1, "sku": "A", "qty": 11, "due": due}])
    shop.sent({"A": 4}, due="2026-12-10T09:00:00Z")
    shop.order({"A": 3}, ship="available", customer="c-1")
    shop.authorize({"A": 2}, customer="c-1")
    before = promised(shop, 0, 30)
    assert [bucket["atp"] for bucket in before] == [3, 3]
    assert "not promised for this category" in before[1]["parts"][1]["why"]
    shop.act(lambda act: publish(act, EXPOSED))
    assert [bucket["atp"] for bucket in promised(shop, 0, 3, 20)] == [3, 12, 17]
    assert [bucket["atp"] for bucket in promised(shop, 20, scope=Scope(site="WH2"))] == [4]
    # Nothing of it is promised to anybody: what an order gets is what is here.
    shop.order({"A": 20})
    assert shop.line("o2") == (3, 0, 17, 0)
    (last,) = promised(shop, 20)
    assert (last["atp"], last["parts"][-1]["what"]) == (0, "waiting")
    assert last["why"].endswith("less 14 that waiting orders get first.")


KEPT = """
kind = "allocation"
version = "a-1"
channels = ["web", "market"]
[[allotment]]
channel = "market"
item = "A"
qty = 4
"""


def test_the_number_is_told_in_sentences_that_add_up(shop: Shop) -> None:
    shop.items("A", {"sku": "KIT", "name": "Set", "kit": [{"sku": "A", "qty": 2}]})
    shop.policy()
    shop.act(lambda act: publish(act, KEPT))
    shop.receive({"A": 10})
    shop.receive({"A": 3}, place=FAR)
    shop.disposition("A", 2, grade="B")
    shop.order({"A": 2})
    assert shop.available("A", channel="web")["why"] == [
        "7 of A can be promised to web.",
        "Of A there are 13 sellable, of which 2 reserved, 4 kept for market, leaving 7.",
        "2 more are left out: grade B is not sold as new.",
    ]
    assert shop.available("A", Scope(site="WH2"), channel="market")["why"][:2] == [
        "3 of A (from site WH2) can be promised to market.",
        "Of A there are 13 sellable, of which 2 reserved, leaving 11; 3 of them can be had (from site WH2).",
    ]
    assert shop.available("KIT", channel="web")["why"] == [
        "3 of KIT can be promised to web.",
        "Of KIT there are none sellable.",
        "Each can be put together from 2 of A (7 free) at one site, which makes 3 more.",
    ]
    shop.order({"A": 20})
    assert shop.available("A", channel="web")["why"] == [
        "None of A can be promised to web.",
        "Of A there are 13 sellable, of which 9 reserved, 4 kept for market, leaving none.",
        "2 more are left out: grade B is not sold as new.",
        "Orders wait for 13.",
    ]


def test_what_limits_a_site_is_the_site_unless_what_is_kept_does(shop: Shop) -> None:
    shop.items("A")
    shop.act(lambda act: publish(act, KEPT))
    shop.receive({"A": 10})
    shop.receive({"A": 2}, place=FAR)
    for site, limit in (("WH2", 2), ("WH1", 8)):
        found = shop.available("A", Scope(site=site), channel="web")
        assert (found["atp"], found["breakdown"]["limited_by"]["room"]) == (limit, limit)


def test_nobody_keeps_units_that_others_have_claimed(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 6})
    shop.order({"A": 5})
    shop.act(lambda act: publish(act, KEPT))
    found = shop.available("A", channel="web")
    assert (found["atp"], found["breakdown"]["kept"], found["breakdown"]["limited_by"]["room"]) == (0, 1, 0)


def test_what_does_not_last_as_long_as_a_channel_wants_is_not_promised_to_it(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "lot", "min_remaining_days": 5})
    shop.receive({"A": 4}, lot="L1")
    shop.receive({"A": 3}, lot="L2")
    shop.dated("A", L1="2026-12-01", L2="2027-03-01")
    obey(shop, "[channel.market]\nleast_life_days = 60")
    assert (shop.atp("A"), shop.atp("A", channel="web"), shop.atp("A", channel="market")) == (7, 7, 3)
    found = shop.available("A", channel="market")
    assert found["why"] == [
        "3 of A can be promised to market.",
        "Of A there are 3 sellable. 4 more are left out: too close to its date.",
    ]
    assert (found["breakdown"]["limited_by"]["units"], found["breakdown"]["limited_by"]["room"]) == (3, 3)
    assert shop.order({"A": 9}, channel="market", at="2026-11-22T10:00:00Z")["lines"][0]["reserved"] == 3


def test_a_channel_is_kept_those_first_that_are_no_use_to_the_one_that_asks(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "lot"})
    shop.receive({"A": 3}, lot="L1")
    shop.receive({"A": 3}, lot="L2")
    shop.dated("A", L1="2026-12-01", L2="2027-03-01")
    obey(shop, "[channel.web]\nleast_life_days = 60" + FOUR.format(since=""))
    found = shop.available("A", channel="web")
    assert (found["atp"], found["breakdown"]["kept"]) == (2, 1)
    assert found["why"][1] == (
        "Of A there are 3 sellable, of which 1 kept for market, leaving 2. "
        "3 more are left out: too close to its date."
    )
    assert found["breakdown"]["limited_by"]["room"] == 2


def test_of_one_grade_the_sum_and_the_lines_say_the_same(shop: Shop) -> None:
    shop.items("A")
    shop.policy()
    shop.receive({"A": 5})
    shop.disposition("A", 2, grade="B")
    found = shop.available("A", Scope(grade="B"))
    assert (found["atp"], found["breakdown"]["sellable"]) == (2, 2)
    assert found["why"] == [
        "2 of A (of grade B) can be promised.",
        "Of A (of grade B) 2 are free.",
        "5 more are left out: no grade, and grade B is asked for.",
    ]
