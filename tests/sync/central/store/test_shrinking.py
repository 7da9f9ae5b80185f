"""Units that are claimed no more leave parcels: the last released first, what is in hand last."""

from __future__ import annotations

from sqlalchemy import select

from sync.central.store.tables import exception
from tests.sync.central.shop import Shop


def test_the_parcel_that_was_released_last_loses_first(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "value_minor": 250})
    shop.receive({"A": 4})
    shop.order({"A": 4})
    first, second = (shop.release("o1", lines={1: 2}) for _ in range(2))
    shop.count("A", -1)
    assert [shop.parcel(code)["lines"][0]["qty"] for code in (first, second)] == [2, 1]
    shop.pick(second)
    shop.count("A", -2)
    assert shop.parcel(first)["state"] == "cancelled"
    assert shop.parcel(second)["lines"][0] == {"line": 1, "sku": "A", "qty": 1, "picked": 1}
    keys = shop.ask(lambda conn: list(conn.scalars(select(exception.c.key).order_by(exception.c.key))))
    assert keys == [f"parcel.lost:{first}", f"parcel.lost:{second}", "promise.lost:ACME:A"]


def test_a_lost_component_takes_whole_kits_out(shop: Shop) -> None:
    shop.items(
        "A", "B", {"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]}
    )
    shop.receive({"A": 4, "B": 2})
    shop.order({"KIT": 2})
    code = shop.release("o1")
    shop.count("A", -1)
    assert shop.parcel(code)["lines"][0]["qty"] == 1
    assert shop.line("o1") == (1, 0, 1, 0)


def test_claims_in_no_parcel_touch_none(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 4})
    shop.order({"A": 2}, day=3)
    shop.order({"A": 2}, day=4)
    code = shop.release("o1")
    shop.count("A", -2)
    assert shop.parcel(code)["lines"][0]["qty"] == 2
    assert shop.cases() == ["promise.lost"]
