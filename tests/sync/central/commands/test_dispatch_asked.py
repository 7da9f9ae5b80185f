"""What is asked of orders on their way is read strictly, and told apart from what is left out."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ValidationError

from sync.central.commands.dispatch_asked import Blocking, Change, Despatch, Picking, WaveAsked


@pytest.mark.parametrize(
    ("shape", "given"),
    [
        (Blocking, {}),
        (Blocking, {"kind": ""}),
        (Change, {"lines": [{"line": 1, "qty": 0}]}),
        (Change, {"short": "later"}),
        (Picking, {"lines": [{"line": 1, "qty": -1}]}),
        (Despatch, {"tracking": "a\nb"}),
        (WaveAsked, {"owner": "ACME", "seconds": 61}),
        (WaveAsked, {"owner": "ACME", "sites": []}),
        (WaveAsked, {"owner": "ACME", "method": "luck"}),
        (WaveAsked, {"owner": "ACME", "colour": "red"}),
    ],
)
def test_what_does_not_fit_is_refused(shape: type[BaseModel], given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        shape.model_validate(given)


def test_a_site_set_free_is_not_a_site_left_out() -> None:
    assert "site" in Change.model_validate({"site": None}).model_fields_set
    assert "site" not in Change.model_validate({}).model_fields_set


def test_every_shape_has_an_example_that_fits() -> None:
    for shape in (Blocking, Change, Picking, Despatch, WaveAsked):
        (example,) = shape.model_json_schema()["examples"]
        shape.model_validate(example)
