"""Parcels as rows: pages of them, what leaves them, and which count against a day."""

from __future__ import annotations

import pytest

from app.domain.refusal import Refused
from sync.central.rules.outcomes import Missing
from sync.central.store import orders, parcels
from tests.sync.central.shop import Shop

ANY: dict[str, str | None] = {"state": None, "site": None, "order": None}


@pytest.fixture
def some(shop: Shop) -> list[str]:
    """Three parcels of two orders, the last from WH2."""
    shop.items("A")
    shop.sites(**{"WH2-A": "WH2"})
    shop.receive({"A": 4})
    shop.receive({"A": 4}, place="WH2-A")
    shop.order({"A": 4})
    shop.order({"A": 2})
    first, second = (shop.release("o1", lines={1: 2}) for _ in range(2))
    return [first, second, shop.release("o2", "WH2")]


def codes(page: dict[str, object]) -> list[str]:
    found = page["parcels"]
    assert isinstance(found, list)
    return [entry["parcel"] for entry in found]


def test_pages_lead_on(shop: Shop, some: list[str]) -> None:
    first = shop.ask(lambda conn: parcels.page(conn, None, 2, ANY))
    rest = shop.ask(lambda conn: parcels.page(conn, str(first["next"]), 2, ANY))
    assert codes(first) + codes(rest) == sorted(some)
    assert rest["next"] is None
    with pytest.raises(Refused):
        shop.ask(lambda conn: parcels.page(conn, "x", 2, ANY))


def test_pages_of_a_state_a_site_an_order_and_a_token(shop: Shop, some: list[str]) -> None:
    shop.pick(some[0])

    def asked(sites: frozenset[str] | None = None, **which: str) -> list[str]:
        return codes(shop.ask(lambda conn: parcels.page(conn, None, 9, ANY | which, sites)))

    assert asked(state="picked") == [some[0]]
    assert asked(site="WH2") == [some[2]]
    assert asked(order="o1") == sorted(some[:2])
    assert asked(frozenset({"WH2"})) == [some[2]]
    assert asked(frozenset({"WH2"}), order="o1") == []


def test_an_orders_parcels(shop: Shop, some: list[str]) -> None:
    found = shop.ask(lambda conn: parcels.of_order(conn, orders.find(conn, "o1")))
    assert (found["order"], codes(found)) == ("o1", some[:2])
    seen = shop.ask(lambda conn: parcels.of_order(conn, orders.find(conn, "o1"), {"WH2"}))
    assert codes(seen) == []


def test_a_cancelled_parcel_takes_nothing_of_a_day(shop: Shop, some: list[str]) -> None:
    shop.take_apart(some[0])
    since = shop.clock.now().strftime("%Y-%m-%d")
    assert shop.ask(lambda conn: parcels.released_since(conn, since)) == {"WH1": 1, "WH2": 1}
    assert shop.ask(lambda conn: parcels.released_since(conn, "2099")) == {}


def test_open_parts_of_no_order_are_none(shop: Shop, some: list[str]) -> None:
    assert shop.ask(lambda conn: parcels.open_parts(conn, [])) == []
    assert [part.parcel for part in shop.ask(lambda conn: parcels.open_parts(conn, [1]))] == some[:2]


def test_a_parcel_that_nobody_made_is_missing(shop: Shop) -> None:
    with pytest.raises(Missing):
        shop.parcel("P-9-9")
