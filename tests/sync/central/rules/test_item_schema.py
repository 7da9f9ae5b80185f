"""What the description says of items is what is read of them."""

from __future__ import annotations

from sync.central.rules.item_fields import FIELDS
from sync.central.rules.item_schema import ITEM_SCHEMA


def test_every_field_is_described_and_no_other() -> None:
    assert set(ITEM_SCHEMA["properties"]) == set(FIELDS)
    assert ITEM_SCHEMA["additionalProperties"] is False
