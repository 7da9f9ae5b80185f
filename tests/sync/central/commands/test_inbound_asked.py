"""What inbound supply is asked with is checked at the edge."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from sync.central.commands.inbound_asked import Inbound, InboundCancellation, InboundChange, SupplyClaims

LINE = {"line": 1, "sku": "A", "qty": 2, "due": "2026-12-01T09:00:00Z"}
WHOLE = {"code": "PO", "owner": "ACME", "kind": "po", "site": "WH1", "lines": [LINE]}


@pytest.mark.parametrize(
    "more",
    [
        {"kind": "so"},
        {"lines": []},
        {"lines": [LINE | {"qty": 0}]},
        {"lines": [LINE | {"due": "2026-12-01"}]},
        {"lines": [LINE | {"colour": "red"}]},
        {"code": ""},
    ],
)
def test_what_is_no_supply_is_refused(more: dict[str, Any]) -> None:
    assert Inbound.model_validate(WHOLE).lines[0].qty == 2
    with pytest.raises(ValidationError):
        Inbound.model_validate(WHOLE | more)


@pytest.mark.parametrize("shape", [Inbound, InboundChange, InboundCancellation, SupplyClaims])
def test_the_examples_can_be_sent(shape: type[Any]) -> None:
    for example in shape.model_json_schema()["examples"]:
        shape.model_validate(example)
