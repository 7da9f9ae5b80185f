"""What an item asks for beyond its stock is read from its record."""

from __future__ import annotations

import json

import pytest

from sync.central.rules.eligible import NOTHING, Asks
from sync.central.store.item_rules import asks_of, item_records
from tests.sync.central.shop import Shop


def test_records_are_read_and_unknown_items_left_out(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "min_remaining_days": 30, "tracking": "lot"})
    found = shop.ask(lambda conn: item_records(conn, ["A", "A", "X"]))
    assert {sku: record.min_remaining_days for sku, record in found.items()} == {"A": 30}


def test_what_a_record_asks_of_every_unit_is_read() -> None:
    record = {"sku": "A", "min_remaining_days": 30, "restricted_regions": ["GB", "US-CA"]}
    assert asks_of(json.dumps(record)) == Asks(30, ("GB", "US-CA"))
    assert asks_of('{"sku": "A"}') == NOTHING


@pytest.mark.parametrize(
    "document",
    [
        '{"min_remaining_days": ',
        '["min_remaining_days"]',
        '{"min_remaining_days": "many", "restricted_regions": 7}',
        '{"min_remaining_days": 1000000000000, "restricted_regions": [3]}',
        '{"min_remaining_days": 0}',
    ],
)
def test_a_record_that_cannot_be_read_asks_nothing(document: str) -> None:
    assert asks_of(document) == NOTHING
