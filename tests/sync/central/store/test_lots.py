"""A lot has the date that its first receipt said."""

from __future__ import annotations

from sync.central.store.lots import date_of
from tests.sync.central.shop import Shop


def test_the_first_date_stays_and_another_is_told_once(shop: Shop) -> None:
    shop.items("A")
    for date in ("2027-01-31", "2027-01-31", "2027-02-28", "2027-02-28"):
        shop.came([{"line": 1, "sku": "A", "qty": 1, "lot": "L1", "good_until": date}], "PO-1")
    assert shop.ask(lambda conn: date_of(conn, "A", "L1")) == "2027-01-31"
    assert shop.ask(lambda conn: date_of(conn, "A", "L2")) is None
    assert shop.cases() == ["lot.date"]
    assert shop.atp("A") == 4


def test_units_that_are_past_their_date_are_promised_to_nobody(shop: Shop) -> None:
    shop.items("A")
    shop.came([{"line": 1, "sku": "A", "qty": 3, "lot": "OLD", "good_until": "2026-01-31"}], "PO-1")
    assert shop.atp("A") == 0
