"""An order's claims with its parcels: each unit stands in one of them or in none."""

from __future__ import annotations

import pytest

from sync.central.rules.line_claims import units
from sync.central.rules.outcomes import Conflict
from sync.central.store import order_claims, orders
from sync.central.store.order_claims import Spread, give_back, spread, spreads
from tests.sync.central.shop import Shop


@pytest.fixture
def shop_(shop: Shop) -> Shop:
    """An order of six units: two picked, two released after, two in no parcel."""
    shop.items("A")
    shop.receive({"A": 6})
    shop.order({"A": 6}, site="WH1")
    first, second = (shop.release("o1", lines={1: 2}) for _ in range(2))
    shop.pick(second)
    assert shop.parcel(first)["state"] == "released"
    return shop


def mine(shop: Shop) -> Spread:
    return shop.ask(lambda conn: spread(conn, 1))


def test_each_parcel_has_its_units(shop_: Shop) -> None:
    found = mine(shop_)
    assert units(found.free) == 2
    assert {code: units(claims) for code, claims in found.parcels.items()} == dict.fromkeys(found.parcels, 2)
    assert found.in_hand == {1: 2}
    assert len(found.parcels_of(1)) == 2


def test_many_orders_are_read_page_by_page(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_claims, "_AT_ONCE", 2)
    shop.items("A")
    shop.receive({"A": 9})
    for _ in range(3):
        shop.order({"A": 1})
    found = shop.ask(lambda conn: spreads(conn, [1, 2, 3]))
    assert {order: units(entry.free) for order, entry in found.items()} == {1: 1, 2: 1, 3: 1}


def test_free_units_are_given_back_before_released_ones(shop_: Shop) -> None:
    shop_.act(lambda act: give_back(act, orders.find(act.conn, "o1"), spread(act.conn, 1), {1: 3}))
    found = mine(shop_)
    assert (units(found.free), sorted(part.qty for part in found.parts)) == (0, [1, 2])
    assert shop_.line("o1") == (3, 0, 3, 0)


def test_units_in_hand_are_not_given_back(shop_: Shop) -> None:
    with pytest.raises(Conflict) as no:
        shop_.act(lambda act: give_back(act, orders.find(act.conn, "o1"), spread(act.conn, 1), {1: 5}))
    assert no.value.code == "order.picked"
    assert units(mine(shop_).free) == 2
