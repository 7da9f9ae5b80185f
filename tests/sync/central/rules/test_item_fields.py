"""A field or a category that nobody knows is refused with its place, what was read, and what is known."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.refusal import Refused
from sync.central.rules.item_fields import require_known

GOOD: dict[str, Any] = {"sku": "K-17", "name": "Kettle", "category": "kitchen", "safety": 2}
KNOWN = {"default", "kitchen"}


def test_what_is_known_passes_and_what_is_no_object_is_left_to_the_reader() -> None:
    whole = GOOD | {
        "kit": [{"sku": "A", "qty": 1}],
        "packs": [{"code": "BOX", "qty": 6, "gtin": None}],
        "dimensions_mm": {"length": 1, "width": 1, "height": 1},
    }
    for document in (whole, 7, {"sku": "A", "kit": "none", "category": 7}):
        require_known(0, document, KNOWN)
    require_known(0, GOOD | {"category": "rockets"}, None)


@pytest.mark.parametrize(
    ("wrong", "read", "do"),
    [
        ({"catgory": "kitchen"}, "items[1]: read the field 'catgory'.", "Did you mean 'category'?"),
        (
            {"kit": [{"sku": "A", "quantity": 1}]},
            "items[1].kit[0]: read the field 'quantity'.",
            "Correct its",
        ),
        ({"packs": [{"code": "B", "qty": 1, "ean": "1"}]}, "items[1].packs[0]: read the field 'ean'.", ""),
        ({"dimensions_mm": {"depth": 1}}, "items[1].dimensions_mm: read the field 'depth'.", ""),
        ({"category": "kitchens"}, "items[1]: field 'category' holds 'kitchens'.", "Did you mean 'kitchen'?"),
    ],
)
def test_what_nobody_knows_is_refused(wrong: dict[str, Any], read: str, do: str) -> None:
    with pytest.raises(Refused) as no:
        require_known(1, GOOD | wrong, KNOWN)
    assert no.value.read == read
    assert no.value.expected.startswith("Known: ")
    assert do in no.value.do
