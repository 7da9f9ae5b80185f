"""An order that wants all or nothing and loses a unit keeps none, but for what is on its way out."""

from __future__ import annotations

from sync.central.store import orders
from sync.central.store.all_or_nothing import withdraw_partial
from tests.sync.central.shop import Shop


def withdrawn(shop: Shop, *codes: str) -> set[str]:
    return shop.act(lambda act: withdraw_partial(act, [orders.find(act.conn, code).id for code in codes]))


def test_an_order_that_lost_a_unit_waits_whole_and_others_get_the_rest(shop: Shop) -> None:
    shop.items("A", "B")
    shop.receive({"A": 3, "B": 3})
    shop.order({"A": 3, "B": 3}, fill="complete")
    shop.order({"B": 2})
    shop.count("A", -1)
    assert (shop.line("o1", 1), shop.line("o1", 2)) == ((0, 0, 3, 0), (0, 0, 3, 0))
    assert shop.line("o2") == (2, 0, 0, 0)
    assert "Line 2: 3 of B were given back." in shop.why("o1")
    shop.receive({"A": 1, "B": 2})
    assert (shop.line("o1", 1), shop.line("o1", 2)) == ((3, 0, 0, 0), (3, 0, 0, 0))


def test_what_is_whole_or_may_be_filled_in_part_keeps_its_units(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 5})
    shop.order({"A": 2}, fill="complete")
    shop.order({"A": 4})
    assert withdrawn(shop, "o1", "o2") == set()
    assert (shop.line("o1"), shop.line("o2")) == ((2, 0, 0, 0), (3, 0, 1, 0))


def test_what_stands_in_a_parcel_stays(shop: Shop) -> None:
    shop.items("A", "B")
    shop.receive({"A": 3, "B": 3})
    shop.order({"A": 3, "B": 3}, fill="complete")
    code = shop.release("o1", lines={2: 2})
    shop.count("A", -1)
    assert (shop.line("o1", 1), shop.line("o1", 2)) == ((0, 0, 3, 0), (2, 0, 1, 0))
    assert shop.parcel(code)["lines"][0]["qty"] == 2
