"""Claims as rows: added up, taken back, read in the order of who is entitled most."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from app.domain.reservation import ANY, Claim, Reservation, Scope
from sync.central.store import claims
from sync.central.store.claims import Standing, claim, ranked_on, standing, unclaim
from sync.central.store.failures import Defective
from sync.central.store.tables import site_safety
from tests.sync.central.shop import OWNER, Shop

WANTED = Reservation(OWNER, "A", "web", "transfer:T-1", 1, 2)


def rows(shop: Shop, document: str = "transfer:T-1") -> list[Any]:
    return list(shop.ask(lambda conn: claims.of_document(conn, document)))


def made(shop: Shop, *wanted: Reservation) -> list[Any]:
    shop.act(lambda act: claim(act.conn, wanted))
    return rows(shop)


def gone(shop: Shop) -> None:
    """Takes them back: they are of no document that is there, and the ledger is proven at the end."""
    found = [{"id": row.id, "qty": row.qty} for row in rows(shop)]
    shop.act(lambda act: unclaim(act.conn, found))


def test_claims_of_one_line_and_scope_add_up_and_others_stand_beside_them(shop: Shop) -> None:
    at_site = replace(WANTED, scope=Scope(site="WH1"))
    found = made(
        shop, WANTED, replace(WANTED, qty=3), at_site, replace(WANTED, line=2), replace(WANTED, item="B")
    )
    assert [(row.line, row.item, row.site, row.qty) for row in found] == [
        (1, "A", "", 5),
        (1, "A", "WH1", 2),
        (1, "B", "", 2),
        (2, "A", "", 2),
    ]
    assert claims.scope_of(found[1]) == Scope(site="WH1")
    assert claims.scope_of(found[0]) == ANY
    gone(shop)


def test_a_claim_is_taken_back_in_part_and_is_gone_at_nothing(shop: Shop) -> None:
    (row,) = made(shop, WANTED)
    shop.act(lambda act: unclaim(act.conn, [{"id": row.id, "qty": 1}]))
    assert [left.qty for left in rows(shop)] == [1]
    shop.act(lambda act: unclaim(act.conn, []))
    shop.act(lambda act: unclaim(act.conn, [{"id": row.id, "qty": 1}]))
    assert rows(shop) == []


def test_more_than_is_claimed_is_not_taken_back(shop: Shop) -> None:
    (row,) = made(shop, WANTED)
    with pytest.raises(Defective):
        shop.act(lambda act: unclaim(act.conn, [{"id": row.id, "qty": 3}]))
    gone(shop)


def test_claims_are_found_by_order_document_and_line(shop: Shop) -> None:
    shop.items("A", "B")
    shop.receive({"A": 2, "B": 2})
    shop.order({"A": 1, "B": 2})

    def found(conn: Connection) -> list[list[str]]:
        (first, *_) = claims.of_document(conn, "order:o1")
        asked = [
            claims.of_order(conn, first.order),
            claims.of_document(conn, "order:o1"),
            claims.of_line(conn, "order:o1", 2),
            claims.of_line(conn, "order:o2", 1),
        ]
        return [[row.item for row in answer] for answer in asked]

    assert shop.ask(found) == [["A", "B"], ["A", "B"], ["B"], []]


def test_what_stands_is_summed_by_kind_channel_and_scope_with_what_sites_keep(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 20})
    shop.order({"A": 1})
    shop.order({"A": 2}, claim="soft")
    shop.order({"A": 3}, channel="shop")
    shop.order({"A": 4}, site="WH1")
    shop.hold({"A": 5}, minutes=10)
    shop.act(lambda act: act.conn.execute(insert(site_safety).values(sku="A", site="WH1", qty=1)))

    def now() -> set[tuple[str, str, str | None, int]]:
        found = shop.ask(lambda conn: standing(conn, OWNER, ["A", "B"], shop.clock.now()))
        assert all(isinstance(entry, Standing) and entry.item == "A" for entry in found)
        return {(entry.kind, entry.channel, entry.scope.site, entry.qty) for entry in found}

    reserved: set[tuple[str, str, str | None, int]]
    reserved = {("reserved", "web", None, 1), ("reserved", "web", None, 2), ("reserved", "shop", None, 3)}
    reserved |= {("reserved", "web", "WH1", 4), ("safety", "", "WH1", 1)}
    assert now() == reserved | {("basket", "web", None, 5)}
    shop.clock.pass_by(minutes=10)
    assert now() == reserved
    assert shop.ask(lambda conn: standing(conn, "another", ["A"], shop.clock.now()))[0].kind == "safety"


def test_who_is_entitled_most_is_first(shop: Shop) -> None:
    shop.items("A", {"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 1}]})
    shop.receive({"A": 20})
    shop.hold({"A": 1}, hold="H-1")
    shop.order({"A": 1}, claim="soft", priority=1)
    shop.order({"A": 1}, day=5)
    shop.order({"KIT": 1}, day=4)
    shop.order({"A": 1}, day=6, priority=50)
    made(shop, WANTED)
    found = shop.ask(lambda conn: ranked_on(conn, OWNER, "A"))
    assert [(row.document, row.sku) for row in found] == [
        ("order:o4", "A"),
        ("transfer:T-1", None),
        ("order:o3", "KIT"),
        ("order:o2", "A"),
        ("order:o1", "A"),
        ("hold:H-1", None),
    ]
    gone(shop)


def test_a_basket_s_claims_get_another_end_together(shop: Shop) -> None:
    shop.items("A", "B")
    shop.receive({"A": 2, "B": 2})
    shop.hold({"A": 1, "B": 1}, hold="H-1")
    shop.rehold("H-1", minutes=30)
    (ends,) = {row.expires for row in rows(shop, "hold:H-1")}
    assert ends == "2026-11-22T10:30:00.000Z"
    assert {Claim(row.claim) for row in rows(shop, "hold:H-1")} == {Claim.BASKET}
