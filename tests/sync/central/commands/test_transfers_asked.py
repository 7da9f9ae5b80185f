"""What transfers are asked with is checked at the edge."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from sync.central.commands.transfers_asked import NewTransfer, TransferCame, TransferParts, TransferReceipt


@pytest.mark.parametrize("shape", [NewTransfer, TransferParts, TransferReceipt])
def test_the_examples_can_be_sent(shape: type[Any]) -> None:
    for example in shape.model_json_schema()["examples"]:
        shape.model_validate(example)


@pytest.mark.parametrize(
    "came",
    [
        {"qty": 1},
        {"line": 1, "sku": "A", "qty": 1},
        {"line": 1, "qty": 0},
        {"line": 1, "qty": 2, "serials": ["s1"]},
        {"line": 1, "qty": 2, "serials": ["s1", "s1"]},
    ],
)
def test_what_arrived_is_named_once_and_whole(came: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TransferCame.model_validate(came)
