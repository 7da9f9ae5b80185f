"""Orders as rows: found by code, shown line by line, closed when nothing is left to ship."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from app.domain.item import Component
from app.domain.reservation import ANY, Scope
from sync.central.rules.outcomes import Missing
from sync.central.rules.promise import Claimed, Grant, Want
from sync.central.store import orders
from sync.central.store.shipping import OrderHead
from tests.sync.central.shop import OWNER, Shop, at

TODAY = "2026-11-22T09:00:00Z"


def test_an_order_shows_everything_it_was_captured_with(shop: Shop) -> None:
    shop.items("A")
    line = {"line": 1, "sku": "A", "qty": 2, "description": "Kettle", "unit_minor": 995, "currency": "GBP"}
    post = {"line": 2, "sku": None, "qty": 1, "description": "Postage"}
    shop.order([line, post], customer="c-1", priority=5)
    found = shop.shown("o1")
    assert {
        name: found[name] for name in ("order", "state", "owner", "channel", "priority", "customer", "ship")
    } == {
        "order": "o1",
        "state": "open",
        "owner": OWNER,
        "channel": "web",
        "priority": 5,
        "customer": "c-1",
        "ship": "later",
    }
    assert found["at"] == at(3).replace("Z", ".000Z")
    assert found["lines"][0]["unit_minor"] == 995
    assert (found["lines"][1]["stock"], found["lines"][1]["backordered"]) == (False, 0)


def test_an_order_nobody_sent_is_missing(shop: Shop) -> None:
    with pytest.raises(Missing):
        shop.shown("o9")


def test_an_order_shows_what_it_asked_for_beyond_its_lines(shop: Shop) -> None:
    shop.items("A")
    line = {"line": 1, "sku": "A", "qty": 2, "lot": "L1", "grade": "B", "min_life_days": 40}
    shop.order([line], site="WH2", region="GB", service_level="next", most_parcels=1, at=TODAY)
    found = shop.shown("o1")
    assert (found["site"], found["region"], found["service_level"], found["most_parcels"]) == (
        "WH2",
        "GB",
        "next",
        1,
    )
    assert {"zone", "wanted_by", "block"}.isdisjoint(found)
    only = found["lines"][0]
    assert (only["lot"], only["grade"], only["fresh"]) == ("L1", "B", "2027-01-01")


def test_a_line_s_scope_is_its_order_s_site_and_its_own_lot_grade_and_date(shop: Shop) -> None:
    shop.items("A")
    line = {"line": 1, "sku": "A", "qty": 2, "lot": "L1", "grade": "B", "min_life_days": 40}
    shop.order([line, {"line": 2, "sku": "A", "qty": 1}], site="WH2", at=TODAY)
    shop.order({"A": 1})

    def scopes(conn: Connection) -> list[Scope]:
        heads = [orders.find(conn, code) for code in ("o1", "o2")]
        return [orders.scope(head, line) for head in heads for line in orders.lines_of(conn, head.id)]

    assert shop.ask(scopes) == [
        Scope(site="WH2", lot="L1", grade="B", fresh="2027-01-01"),
        Scope(site="WH2"),
        ANY,
    ]


def test_a_grant_becomes_one_claim_an_item_and_one_a_serial() -> None:
    head = OrderHead(1, "o1", OWNER, "web", "later", "soft")
    kit = (Component("A", 2), Component("B", 1))
    named = Grant(Want(1, "S", 2, scope=Scope(site="WH1")), own=2, serials={"s1": "WH1", "s2": None})
    parts = (Claimed("A", Scope(site="WH1"), 2, 2), Claimed("B", Scope(site="WH1"), 1, 1))
    made = Grant(Want(3, "KIT", 4, kit), own=1, made=((parts, 2),))
    found = orders.claims_of_grants(head, [named, Grant(Want(2, "A", 3), own=0), made])
    assert [(c.line, c.item, c.scope.serial, c.qty, c.per) for c in found] == [
        (1, "S", "s1", 1, 1),
        (1, "S", "s2", 1, 1),
        (3, "KIT", None, 1, 1),
        (3, "A", None, 4, 2),
        (3, "B", None, 2, 1),
    ]
    assert {(c.owner, c.channel, c.document, str(c.claim), c.expires) for c in found} == {
        (OWNER, "web", "order:o1", "soft", None)
    }
    assert [c.scope.site for c in found] == ["WH1", "WH1", None, "WH1", "WH1"]


def test_an_order_is_shipped_or_cancelled_once_nothing_is_open(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 1})
    shop.order({"A": 2})
    shop.ship("o1")
    assert shop.shown("o1")["state"] == "open"
    shop.cancel("o1")
    assert shop.shown("o1")["state"] == "shipped"
    shop.order({"A": 2})
    shop.cancel("o2")
    assert shop.shown("o2")["state"] == "cancelled"
