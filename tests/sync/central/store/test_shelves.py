"""Units where they stand: with their site and date when they are sellable, in any state otherwise."""

from __future__ import annotations

from app.domain.account import Status
from sync.central.store.shelves import inside, last_place, not_found, sellable, sellable_at
from tests.sync.central.shop import FAR, OWNER, PLACE, Shop


def test_sellable_units_come_with_their_site_and_their_lot_s_date(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "lot"}, "B")
    shop.receive({"A": 2}, lot="L1")
    shop.receive({"A": 3}, lot="L2", place=FAR)
    shop.dated("A", L1="2027-01-31")
    shop.dated("B", L2="2026-12-31")
    shop.disposition("A", grade="B", label=None)
    shop.disposition("A", grade="B", status=Status.DAMAGED)
    found = shop.ask(lambda conn: sellable(conn, OWNER, ["A", "B"]))
    assert sorted((s.account.location, s.account.lot, s.qty, s.site, s.good_until) for s in found) == [
        ("R-03", None, 1, None, None),
        (PLACE, "L1", 2, "WH1", "2027-01-31"),
        (FAR, "L2", 3, "WH2", None),
    ]
    assert shop.ask(lambda conn: sellable(conn, "another", ["A", "B"])) == []


def test_places_are_told_apart(shop: Shop) -> None:
    shop.items("A")
    assert shop.ask(lambda conn: last_place(conn, OWNER, "A")) is None
    shop.receive({"A": 2})
    shop.receive({"A": 3}, place="WH1-B")
    shop.disposition("A", status=Status.DAMAGED, grade="B")
    there = shop.ask(lambda conn: sellable_at(conn, OWNER, ["A", "A"], "WH1-B"))
    assert [(shelf.account.location, shelf.qty) for shelf in there] == [("WH1-B", 3)]
    everywhere = shop.ask(lambda conn: inside(conn, OWNER, "A"))
    assert [(shelf.account.location, shelf.qty) for shelf in everywhere] == [
        (PLACE, 2),
        ("WH1-B", 3),
        ("R-03", 1),
    ]
    assert [shelf.qty for shelf in shop.ask(lambda conn: inside(conn, OWNER, "A", PLACE))] == [2]
    assert shop.ask(lambda conn: last_place(conn, OWNER, "A")) == "WH1-B"


def test_what_left_the_building_is_not_inside(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 2})
    shop.order({"A": 2}, ship="available")
    assert shop.ask(lambda conn: inside(conn, OWNER, "A")) == ()
    assert shop.ask(lambda conn: sellable(conn, OWNER, ["A"])) == []


def test_units_that_a_picker_did_not_find_are_told_by_their_place(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 3}, lot="L1")
    shop.disposition("A", grade="B", status=Status.QUARANTINED, reason="blind_return")
    assert shop.ask(lambda conn: not_found(conn, OWNER, "A", PLACE)) == ()
    shop.order({"A": 2})
    shop.pick(shop.release("o1"), {1: 0})
    (found,) = shop.ask(lambda conn: not_found(conn, OWNER, "A", PLACE))
    assert (found.account.lot, found.qty) == ("L1", 2)
    assert shop.ask(lambda conn: not_found(conn, OWNER, "A", "R-03")) == ()
