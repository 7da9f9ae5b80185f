"""What is read of stock before a decision."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select

from app.domain.reservation import ANY, Scope
from sync.central.rules.promise import RESERVED, Claimed, Want
from sync.central.store.stock import CLAIMED_UNIT, as_new_grades, look
from sync.central.store.tables import reservation, site_safety
from tests.sync.central.shop import FAR, OWNER, PLACE, Shop

KIT = {"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]}


def test_pools_add_up_claims_and_leave_other_owners_out(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "safety": 2}, "B")
    shop.receive({"A": 10, "B": 1})
    shop.order({"A": 3})
    pool = shop.ask(lambda conn: look(conn, OWNER, ["A"], shop.clock.now())).pools["A"]
    assert (pool.sellable, pool.reserved, pool.safety) == (10, 3, 2)
    other = shop.ask(lambda conn: look(conn, "another", ["A"], shop.clock.now())).pools["A"]
    assert (other.sellable, other.reserved) == (0, 0)


def test_a_basket_claim_counts_until_it_ends(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 10})
    shop.hold({"A": 4}, minutes=10)
    assert (shop.free("A"), shop.look("A").figures("A")["basket"]) == (6, 4)
    shop.clock.pass_by(minutes=11)
    assert shop.free("A") == 10


def test_components_come_along_with_their_kit(shop: Shop) -> None:
    shop.items("A", "B", KIT)
    shop.receive({"A": 4, "B": 1})
    stock = shop.ask(lambda conn: look(conn, OWNER, ["KIT"], shop.clock.now()))
    assert {sku: pool.sellable for sku, pool in stock.pools.items()} == {"KIT": 0, "A": 4, "B": 1}
    assert stock.offer.promise("KIT", stock.kit("KIT")) == 1
    assert (stock.kit("A"), stock.kit(None)) == ((), ())


def test_an_item_nobody_sent_is_told_as_unknown(shop: Shop) -> None:
    shop.items("A")
    stock = shop.ask(lambda conn: look(conn, OWNER, ["A", "X"], shop.clock.now()))
    assert stock.unknown == ("X",)
    assert stock.pools["X"].sellable == 0


def test_grades_are_as_new_when_the_policy_in_force_says_so(shop: Shop) -> None:
    assert shop.ask(as_new_grades) == {None}
    shop.policy("1")
    assert shop.ask(as_new_grades) == {None, "A"}
    shop.policy("2", b_as_new=True)
    assert shop.ask(as_new_grades) == {None, "A", "B"}


def test_serials_claimed_by_name_are_not_offered_again(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "serial"})
    shop.receive({"A": 2}, serials=["s1", "s2"])
    shop.order([{"line": 1, "sku": "A", "qty": 1, "serials": ["s1"]}])
    stock = shop.look("A")
    assert stock.offer.serials == {"A": {"s2": "WH1"}}
    shop.order({"A": 1})
    stock = shop.look("A")
    assert [pick.account.serial for pick in stock.pick(Claimed("A", ANY, 1))] == ["s2"]
    named = Claimed("A", Scope(site="WH1", serial="s1"), 1)
    assert [pick.account.serial for pick in stock.pick(named)] == ["s1"]


def test_a_serial_that_is_here_twice_is_offered_to_nobody_by_name(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "serial"})
    shop.receive({"A": 1}, serials=["s1"])
    shop.receive({"A": 1}, serials=["s1"], place="WH1-B")
    assert shop.look("A").offer.serials == {}
    assert shop.look("A").barred == {}


def test_claims_that_differ_share_what_may_serve_both(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 5})
    shop.receive({"A": 5}, place=FAR)
    shop.order({"A": 5})
    shop.order({"A": 4}, site="WH1")
    stock = shop.look("A")
    rooms = [stock.offer.room("A", scope) for scope in (Scope(site="WH1"), Scope(site="WH2"), ANY)]
    assert (rooms, stock.short) == ([1, 1, 1], {})
    assert stock.figures("A") == {"sellable": 10, "reserved": 9, "basket": 0, "safety": 0, "kept": 0}


def test_what_is_picked_is_what_the_claim_was_placed_on(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 2})
    shop.receive({"A": 2}, place=FAR)
    shop.order({"A": 2})
    shop.order({"A": 1}, site="WH2")
    stock = shop.look("A")
    assert [p.account.location for p in stock.pick(Claimed("A", Scope(site="WH2"), 1))] == [FAR]
    assert [(p.account.location, p.qty) for p in stock.pick(Claimed("A", ANY, 2))] == [(PLACE, 2)]
    with pytest.raises(RuntimeError, match="holds 0 units"):
        stock.pick(Claimed("A", ANY, 1))
    with pytest.raises(RuntimeError, match="only none found"):
        stock.pick(Claimed("X", ANY, 1))
    assert stock.covers["A"].placed(RESERVED) == 0


def test_what_is_past_its_date_is_not_there_any_more(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "lot"})
    shop.receive({"A": 4}, lot="L1")
    shop.receive({"A": 3}, lot="L2")
    shop.dated("A", L1="2026-11-21", L2="2026-11-22")
    stock = shop.look("A")
    assert (stock.pools["A"].sellable, stock.expired) == (3, {"A": 4})
    shop.clock.pass_by(days=1)
    assert shop.look("A").expired == {"A": 7}


def test_what_a_site_keeps_back_is_claimed_there_before_the_item_s_own_safety(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "safety": 1})
    shop.act(lambda act: act.conn.execute(insert(site_safety).values(sku="A", site="WH1", qty=3)))
    shop.receive({"A": 4})
    shop.receive({"A": 4}, place=FAR)
    stock = shop.look("A")
    assert stock.pools["A"].safety == 4
    rooms = [stock.offer.room("A", scope) for scope in (Scope(site="WH1"), Scope(site="WH2"), ANY)]
    assert rooms == [1, 4, 4]


def test_claims_on_what_is_to_come_leave_what_is_here_alone(shop: Shop) -> None:
    shop.items("A")
    shop.announce({"A": 5})
    shop.order({"A": 5})
    shop.claim_supply("o1", 5)
    shop.receive({"A": 2})
    stock = shop.look("A")
    assert (stock.offer.room("A"), stock.short, stock.pools["A"].reserved) == (2, {}, 0)


def test_a_sellable_unit_answers_a_claim_by_name(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "serial"})
    shop.receive({"A": 1}, serials=["s1"])
    shop.order([{"line": 1, "sku": "A", "qty": 1, "serials": ["s1"]}])
    answered = select(reservation.c.serial).where(CLAIMED_UNIT.exists())
    assert shop.ask(lambda conn: list(conn.scalars(answered))) == ["s1"]


def test_other_items_come_beside_those_that_were_granted_from(shop: Shop) -> None:
    shop.items("A", "B", "C", KIT)
    shop.receive({"A": 4, "B": 3, "C": 2})
    shop.order({"A": 1, "C": 1})
    stock, more = shop.look("A", "B"), shop.look("KIT", "C")
    stock.offer.grant(Want(1, "A", 2))
    both = stock.beside(more)
    assert {sku: both.offer.room(sku) for sku in ("A", "B", "C")} == {"A": 1, "B": 3, "C": 1}
    assert (both.offer.promise("KIT", both.kit("KIT")), len(both.kit("KIT"))) == (0, 2)
    assert [pick.qty for sku in ("A", "C") for pick in both.pick(Claimed(sku, ANY, 1))] == [1, 1]
