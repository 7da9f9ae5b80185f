"""What work orders are asked with is bounded, and an unknown word refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from sync.central.commands.work_asked import PartUsed, StepDone, WorkFinished

AT = "2026-11-22T10:41:07Z"


@pytest.mark.parametrize(
    "asked",
    [
        {"result": "half done"},
        {"result": "done", "minutes": -1},
        {"result": "done", "minutes": 100_001},
        {"result": "done", "cost_minor": -1},
        {"result": "done", "cost_minor": 1.5},
        {"result": "done", "parts": [{"sku": "BOX", "qty": 0}]},
        {"result": "done", "parts": [{"sku": "BOX", "qty": 1}] * 51},
        {"result": "done", "colour": "red"},
        {"result": "done", "reason": ""},
    ],
)
def test_a_step_is_said_within_bounds(asked: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        StepDone.model_validate({"at": AT} | asked)


def test_what_is_left_out_costs_and_uses_nothing() -> None:
    step = StepDone.model_validate({"result": "done", "at": AT})
    assert (step.step, step.minutes, step.cost_minor, step.parts) == (None, None, 0, ())
    assert PartUsed(sku="BOX", qty=1).model_dump(exclude_none=True) == {"sku": "BOX", "qty": 1}
    assert WorkFinished.model_validate({"grade": "B", "at": AT}).confirm is False
