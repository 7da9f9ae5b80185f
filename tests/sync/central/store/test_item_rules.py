"""What an item asks for beyond its stock is read from its record."""

from __future__ import annotations

from sync.central.store.item_rules import Restricted, item_records, restricted_in
from tests.sync.central.shop import Shop


def test_records_are_read_and_unknown_items_left_out(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "min_remaining_days": 30, "tracking": "lot"})
    found = shop.ask(lambda conn: item_records(conn, ["A", "A", "X"]))
    assert {sku: record.min_remaining_days for sku, record in found.items()} == {"A": 30}


def test_a_restriction_on_a_country_holds_for_its_parts(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "restricted_regions": ["GB", "US-CA"]}, "B")
    records = shop.ask(lambda conn: item_records(conn, ["A", "B"]))
    assert restricted_in(records, "GB-NIR") == [Restricted("A", "GB-NIR", "GB")]
    assert restricted_in(records, "US-CA") == [Restricted("A", "US-CA", "US-CA")]
    assert restricted_in(records, "US") == []
    assert restricted_in(records, None) == []
