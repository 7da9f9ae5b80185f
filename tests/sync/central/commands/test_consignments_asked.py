"""What is asked of consignments is bounded: a field too long, too many or unknown is refused at the edge."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from sync.central.commands.consignments_asked import (
    Certified,
    HandedOver,
    MoreUnits,
    NewConsignment,
    Settlement,
)
from sync.central.commands.shapes import MAX_LINES, MOST
from tests.sync.central.outward import CERTIFICATE
from tests.sync.central.shop import at

NEW = {"owner": "A", "site": "WH1", "route": "scrap", "counterpart": "P", "at": at(1)}
HANDED = {"at": at(1), "given_by": "Ana", "taken_by": "Meyer", "place": "Dock"}


@pytest.mark.parametrize(
    ("shape", "asked"),
    [
        (NewConsignment, NEW | {"route": "burn"}),
        (NewConsignment, NEW | {"counterpart": ""}),
        (NewConsignment, NEW | {"reference": "x" * 81}),
        (NewConsignment, NEW | {"why": "x"}),
        (MoreUnits, {"units": []}),
        (MoreUnits, {"units": [{"label": "L"}] * (MAX_LINES + 1)}),
        (MoreUnits, {"units": [{"sku": "A", "qty": 0, "location": "B"}]}),
        (HandedOver, HANDED | {"taken_by": "x" * 81}),
        (HandedOver, {name: HANDED[name] for name in ("at", "given_by", "place")}),
        (Certified, CERTIFICATE | {"issued_on": "22.11.2026"}),
        (Certified, CERTIFICATE | {"weight_g": 0}),
        (Certified, CERTIFICATE | {"number": ""}),
        (Settlement, {"net_minor": -1}),
        (Settlement, {"fee_minor": MOST + 1}),
        (Settlement, {"rejected": [{"line": 1, "qty": 1}]}),
    ],
)
def test_what_does_not_fit_is_refused(shape: type[BaseModel], asked: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        shape.model_validate(asked)


@pytest.mark.parametrize("shape", [NewConsignment, HandedOver, Certified, Settlement, MoreUnits])
def test_examples_are_what_they_are_examples_of(shape: type[BaseModel]) -> None:
    (example,) = shape.model_json_schema()["examples"]
    shape.model_validate(example)
