"""What is read of stock before a decision."""

from __future__ import annotations

from sqlalchemy import insert

from app.domain.account import Status
from app.domain.clock import to_text
from sync.central.store.stock import as_new_grades, components, inside, kits_of, last_place, look, sellable_at
from sync.central.store.tables import reservation
from tests.sync.central.shop import OWNER, PLACE, Shop

KIT = {"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]}


def basket(shop: Shop, qty: int, minutes: int) -> None:
    """A shopper's claim that ends in so many minutes."""
    shop.clock.pass_by(minutes=minutes)
    ends = to_text(shop.clock.now())
    shop.clock.pass_by(minutes=-minutes)
    row = {"owner": OWNER, "item": "A", "channel": "web", "claim": "basket", "qty": qty, "expires": ends}
    shop.act(lambda act: act.conn.execute(insert(reservation).values(row)))


def test_pools_add_up_claims_and_leave_other_owners_out(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "safety": 2}, "B")
    shop.receive({"A": 10, "B": 1})
    shop.order({"A": 3})
    pool = shop.ask(lambda conn: look(conn, OWNER, ["A"], shop.clock.now())).pools["A"]
    assert (pool.sellable, pool.reserved, pool.safety, pool.free) == (10, 3, 2, 5)
    other = shop.ask(lambda conn: look(conn, "another", ["A"], shop.clock.now())).pools["A"]
    assert (other.sellable, other.reserved) == (0, 0)


def test_a_basket_claim_counts_until_it_ends(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 10})
    basket(shop, 4, minutes=10)
    assert shop.free("A") == 6
    shop.clock.pass_by(minutes=11)
    assert shop.free("A") == 10


def test_components_come_along_with_their_kit(shop: Shop) -> None:
    shop.items("A", "B", KIT)
    shop.receive({"A": 4, "B": 1})
    stock = shop.ask(lambda conn: look(conn, OWNER, ["KIT"], shop.clock.now()))
    assert {sku: pool.free for sku, pool in stock.pools.items()} == {"KIT": 0, "A": 4, "B": 1}
    assert stock.offer().promise("KIT", stock.kit("KIT")) == 1
    assert shop.ask(lambda conn: kits_of(conn, ["B"])) == ("KIT",)
    assert shop.ask(lambda conn: components(conn, [])) == {}


def test_an_item_nobody_sent_is_told_as_unknown(shop: Shop) -> None:
    shop.items("A")
    stock = shop.ask(lambda conn: look(conn, OWNER, ["A", "X"], shop.clock.now()))
    assert stock.unknown == ("X",)
    assert stock.pools["X"].free == 0


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
    stock = shop.ask(lambda conn: look(conn, OWNER, ["A"], shop.clock.now()))
    assert stock.claimed == {("A", "s1")}
    assert stock.offer().serials == {"A": {"s2"}}
    assert [pick.account.serial for pick in stock.picker().take("A", 2)] == ["s2"]


def test_places_are_told_apart(shop: Shop) -> None:
    shop.items("A")
    assert shop.ask(lambda conn: last_place(conn, OWNER, "A")) is None
    shop.receive({"A": 2})
    shop.receive({"A": 3}, place="WH1-B")
    shop.disposition("A", status=Status.DAMAGED, grade="B")
    there = shop.ask(lambda conn: sellable_at(conn, OWNER, ["A"], "WH1-B"))
    assert [(shelf.account.location, shelf.qty) for shelf in there] == [("WH1-B", 3)]
    everywhere = shop.ask(lambda conn: inside(conn, OWNER, "A"))
    assert [(shelf.account.location, shelf.qty) for shelf in everywhere] == [
        (PLACE, 2),
        ("WH1-B", 3),
        ("R-03", 1),
    ]
    assert [shelf.qty for shelf in shop.ask(lambda conn: inside(conn, OWNER, "A", PLACE))] == [2]
    assert shop.ask(lambda conn: last_place(conn, OWNER, "A")) == "WH1-B"
