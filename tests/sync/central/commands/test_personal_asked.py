"""What commands about personal values take, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from sync.central.commands.personal_asked import NewPersonal, Subject


@pytest.mark.parametrize(
    "body",
    [
        {"rma": "R-1", "values": {}},
        {"rma": "R-1", "values": {"birthday": "1970"}},
        {"rma": "R-1", "values": {"name": ""}},
        {"rma": "R-1", "values": {"name": "A" * 501}},
        {"rma": "R-1", "values": {"name": "A"}, "days": 0},
    ],
)
def test_values_that_are_none_are_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        NewPersonal.model_validate(body)


def test_a_subject_is_a_customer_or_an_rma() -> None:
    assert Subject(rma="R-1", reason="asked").customer is None
    for body in ({"reason": "asked"}, {"reason": "asked", "rma": "R-1", "customer": "c-1"}):
        with pytest.raises(ValidationError):
            Subject.model_validate(body)
